"""Contributions of sub-layers over whole texts, given or written by the model itself."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.measure.attribution import direct_logit_attribution
from neuroglot.measure.completions import before_first, completions
from neuroglot.measure.contributions import sublayer_contributions, written
from neuroglot.text.prompts import Prompt, PromptTokens

TEXTS = ("a = 1\n", "def add(a, b):\n    return a + b\n", "x", "while (i < 10) { i++; }")


def ids_of(lm, text):
    return np.array([lm.tokenizer.bos, *lm.tokenizer.encode(text).ids.tolist()])


def size_of(found):
    sublayers = np.abs(found.attention).sum(axis=1) + np.abs(found.mlp).sum(axis=1)
    return np.abs(found.embedding) + sublayers + np.abs(found.biases)


def logits_less_mean(lm, ids):
    """Sum over the tokens of a row from the second on, run by transformers, before a soft-cap."""
    with torch.no_grad():
        logits = lm.hf(torch.from_numpy(ids)[None], use_cache=False).logits[0].double()
    cap = lm.body.logit_cap
    logits = logits if cap is None else cap * torch.atanh(logits / cap)
    following = logits[np.arange(len(ids) - 1), ids[1:]]
    return float((following - logits[:-1].mean(dim=-1)).sum())


def assert_adds_up(lm, tolerance):
    found = sublayer_contributions(lm, TEXTS)
    rows = [ids_of(lm, text) for text in TEXTS]
    wanted = np.array([logits_less_mean(lm, row) for row in rows])
    total = found.embedding + found.attention.sum(axis=1) + found.mlp.sum(axis=1) + found.biases
    most = tolerance * size_of(found)
    assert (np.abs(total - wanted) <= most).all()
    assert (np.abs(found.logit - wanted) <= most).all()
    assert found.tokens.tolist() == [len(row) - 1 for row in rows]
    assert found.attention.shape == found.mlp.shape == (4, 3)


def test_sub_layers_add_up_to_the_model_s_own_logits(make_lm, any_family):
    assert_adds_up(make_lm(any_family), 1e-4)


def test_they_do_in_bfloat16(make_lm, family):
    assert_adds_up(make_lm(family, dtype=torch.bfloat16), 3e-2)


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt_neox", "granite", "mixtral"])
def test_they_are_the_sum_over_places_attributed_one_by_one(family, make_lm):
    lm = make_lm(family)
    found = sublayer_contributions(lm, TEXTS)
    for number, text in enumerate(TEXTS):
        ids = ids_of(lm, text)
        places = range(len(ids) - 1)
        each = direct_logit_attribution(
            lm, [ids] * len(places), targets=ids[1:], others=None, positions=places, heads=False
        )
        for name in ("attention", "mlp", "embedding"):
            wanted = getattr(each, name).sum(axis=0)
            near = 1e-5 * np.abs(getattr(each, name)).sum(axis=0).max()
            np.testing.assert_allclose(getattr(found, name)[number], wanted, rtol=0, atol=near)


def by_hand(lm, seen, followers):
    """(attention, mlp) [layer] of a Llama from states [token, width] before each follower."""
    weight = lm.hf.lm_head.weight.detach().double()
    gain = lm.hf.model.norm.weight.detach().double()
    final = seen["resid_post", lm.n_layers - 1].double()
    rms = torch.sqrt((final**2).mean(dim=-1, keepdim=True) + lm.hf.config.rms_norm_eps)
    sums = {}
    for site in ("attn_out", "mlp_out"):
        layers = []
        for layer in range(lm.n_layers):
            logits = (seen[site, layer].double() / rms * gain) @ weight.T
            own = logits[torch.arange(len(followers)), torch.tensor(followers)]
            layers.append(float((own - logits.mean(dim=-1)).sum()))
        sums[site] = np.array(layers)
    return sums["attn_out"], sums["mlp_out"]


def test_a_llama_by_hand(make_lm):
    lm = make_lm("llama")
    ids = ids_of(lm, TEXTS[1])
    with torch.no_grad(), lm.taps("attn_out", "mlp_out", "resid_post") as seen:
        lm.backbone(torch.from_numpy(ids)[None])
    before = {key: tensor[0, :-1] for key, tensor in seen.items()}
    attention, mlp = by_hand(lm, before, ids[1:].tolist())
    found = sublayer_contributions(lm, TEXTS)
    np.testing.assert_allclose(found.attention[1], attention, rtol=1e-4)
    np.testing.assert_allclose(found.mlp[1], mlp, rtol=1e-4)


def test_what_a_text_is_told_while_it_is_written(make_lm):
    """What taps see in cached generation, step by step, is what one pass afterwards gives."""
    lm = make_lm("llama")
    prompts = ["int f(", "for i in range", "x"]
    found = completions(lm, prompts, max_new_tokens=12)
    read = sublayer_contributions(lm, written(lm, prompts, found))
    assert read.tokens.tolist() == [len(each.ids) for each in found]
    for number, prompt in enumerate(prompts):
        steps = {}

        def keeper(site, layer, steps=steps):
            def keep(tensor):
                steps.setdefault((site, layer), []).append(tensor[0, -1].clone())

            return site, layer, keep

        sites = ("attn_out", "mlp_out", "resid_post")
        with lm.watch([keeper(site, layer) for site in sites for layer in range(lm.n_layers)]):
            (again,) = completions(lm, [prompt], max_new_tokens=12)
        assert again.ids == found[number].ids
        # The step that wrote an end of text counts for nothing.
        n = len(again.ids)
        seen = {key: torch.stack(each[:n]) for key, each in steps.items()}
        attention, mlp = by_hand(lm, seen, list(again.ids))
        near = 1e-4 * np.abs([attention, mlp]).max()
        np.testing.assert_allclose(read.attention[number], attention, rtol=0, atol=near)
        np.testing.assert_allclose(read.mlp[number], mlp, rtol=0, atol=near)


def test_only_what_was_written_before_the_stop_counts(make_lm):
    lm = make_lm("gpt2")
    (whole,) = completions(lm, ["while"], max_new_tokens=12)
    mark = whole.text[7:9]
    found = completions(lm, ["while"], max_new_tokens=12, stop=before_first(mark))
    n = whole.text.index(mark)
    (row,) = written(lm, ["while"], found)
    assert len(row.ids) - row.first == n
    assert sublayer_contributions(lm, [row]).tokens.tolist() == [n]


def test_a_prompt_s_answer_counts_and_special_tokens_do_not(make_lm):
    lm = make_lm("gpt_neox")
    text = "a = 1\nb = 2"
    ids = ids_of(lm, text)
    answer = sublayer_contributions(lm, [Prompt(text, 6), PromptTokens(ids, 7), text])
    assert answer.tokens.tolist() == [5, 5, 11]
    np.testing.assert_allclose(answer.mlp[0], answer.mlp[1])
    assert np.abs(answer.mlp[0] - answer.mlp[2]).min() > 1e-3
    end = lm.hf_tokenizer.eos_token_id
    joined = np.array([*ids, end, *ids[1:]])
    both, first, second = (
        sublayer_contributions(lm, [PromptTokens(row, start)])
        for row, start in ((joined, 1), (ids, 1), (joined, len(ids) + 1))
    )
    assert both.tokens[0] == 22
    np.testing.assert_allclose(
        both.attention, first.attention + second.attention, rtol=1e-4, atol=1e-4
    )


def test_a_text_of_one_token_counts_nothing(make_lm):
    lm = make_lm("llama")
    alone = sublayer_contributions(lm, [PromptTokens(np.array([5]), 0)])
    beside = sublayer_contributions(lm, [PromptTokens(np.array([5]), 0), "ab"])
    for found in (alone, beside):
        assert found.tokens[0] == 0
        assert not found.attention[0].any()
    assert beside.tokens[1] == 2


def test_what_stands_beside_a_text_changes_nothing(make_lm, monkeypatch):
    lm, told = make_lm("gemma3_text"), []
    together = sublayer_contributions(
        lm, TEXTS, on_progress=lambda done, total: told.append((done, total))
    )
    assert told == [(4, 4)]
    monkeypatch.setattr("neuroglot.measure.direct_parts._PLACES", 5)
    alone = sublayer_contributions(lm, TEXTS, batch_tokens=1)
    for name, values in vars(together).items():
        near = 1e-4 * max(1.0, float(np.abs(values).max()))
        np.testing.assert_allclose(getattr(alone, name), values, rtol=0, atol=near)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "no texts to read"),
        ([PromptTokens(np.array([], dtype=np.int64), 0)], "text 1 has no tokens"),
        (["a", PromptTokens(np.array([5, 101]), 0)], "text 2 holds what is no id of the model"),
        (["a", "x = 1\n" * 400], "text 2 has 2,401 tokens, the model has positions for 512"),
    ],
)
def test_what_cannot_be_read_is_named(make_lm, texts, said):
    with pytest.raises(ConfigError, match=said):
        sublayer_contributions(make_lm("llama"), texts)


def test_a_completion_for_each_prompt(make_lm):
    with pytest.raises(ConfigError, match="0 completions for 1 prompts"):
        written(make_lm("llama"), ["a"], [])
