"""The logit lens: against every prefix run on its own through the model itself."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.lm.prefixes import read_prefix, shared_length
from neuroglot.measure import lens
from neuroglot.measure.lens import EMBED, logit_lens
from neuroglot.text.prompts import Prompt

TEXTS = ("def add(a, b):\n    return a + b\n", "x = f(1)\n", "while (i < 10) { i++; } // more")


def by_hand(lm, ids, place, levels):
    """Log-probabilities of what follows a prefix, which is run alone, by transformers, [level]."""
    with torch.no_grad():
        out = lm.hf(torch.from_numpy(ids[None, :place]), output_hidden_states=True, use_cache=False)
        logits = [
            # The tuple's last states have been through the final norm already.
            out.logits[0, -1]
            if level == lm.n_layers - 1
            else lm.unembed(out.hidden_states[level + 1][0, -1])
            for level in levels
        ]
    return torch.stack(logits).double().log_softmax(dim=-1).numpy()


def assert_as_by_hand(lm, found, tolerance):
    """Log-probabilities agree to a share of the largest of them; ranks where that decides them."""
    for number, place in enumerate(found.places.tolist()):
        for row, logs in enumerate(by_hand(lm, found.ids, place, found.levels)):
            near = tolerance * np.abs(logs).max()
            top = np.log(found.top_probability[number, row])
            assert np.abs(top - logs[found.top_ids[number, row]]).max() <= near
            assert np.abs(top - np.sort(logs)[::-1][: len(top)]).max() <= near
            for n, target in enumerate(found.targets[number].tolist()):
                assert abs(np.log(found.target_probability[number, row, n]) - logs[target]) <= near
                least = 1 + np.sum(logs > logs[target] + 2 * near)
                most = 1 + np.sum(logs > logs[target] - 2 * near)
                assert least <= found.target_rank[number, row, n] <= most
            entropy = -(np.exp(logs) * logs).sum()
            assert abs(found.entropy[number, row] - entropy) <= near


def test_equals_every_prefix_on_its_own(make_lm, any_family):
    lm = make_lm(any_family)
    for found in logit_lens(lm, TEXTS, top_tokens=5):
        assert_as_by_hand(lm, found, 1e-4)


def test_equals_it_in_bfloat16(make_lm, family):
    lm = make_lm(family, dtype=torch.bfloat16)
    for found in logit_lens(lm, TEXTS[:1], top_tokens=3):
        assert_as_by_hand(lm, found, 3e-2)


SHOWN = "int a = 1; int b = 22;\nlet c = f(3)\n"


def test_a_shared_beginning_is_read_once(make_lm, any_family, monkeypatch):
    lm = make_lm(any_family)
    prompts = [Prompt(SHOWN + text, len(SHOWN) + 3) for text in TEXTS]
    lengths = []
    monkeypatch.setattr(
        lens, "read_prefix", lambda *a, **b: lengths.append(len(a[1])) or read_prefix(*a, **b)
    )
    for found in logit_lens(lm, prompts, top_tokens=5, batch_tokens=10_000):
        assert_as_by_hand(lm, found, 1e-4)
    assert lengths and lengths[0] > 8


@pytest.mark.parametrize(("most", "wanted"), [(20, 12), (12, 12), (9, 9), (7, 0)])
def test_how_far_rows_are_alike(most, wanted):
    rows = [torch.tensor([*range(12), end, 5, 5]) for end in (90, 91, 92)]
    assert shared_length(rows, most=most) == wanted
    assert shared_length(rows[:1], most=most) == 0


def test_the_answer_s_tokens_are_read_from_the_token_before(make_lm):
    lm = make_lm("llama")
    prompt = Prompt("a = 1\nb = 2", 6)
    found = logit_lens(lm, [prompt])[0]
    text = lm.tokenizer.encode(prompt.text)
    first = int(np.argmax(text.offsets[:, 1] > 6)) + (lm.tokenizer.bos is not None)
    assert found.places.tolist() == list(range(first, len(found.ids)))
    assert (found.targets[:, 0] == found.ids[found.places]).all()


def test_rows_are_not_changed_by_longer_ones_beside_them(make_lm):
    lm = make_lm("llama")
    together = logit_lens(lm, TEXTS, batch_tokens=10_000)
    for text, found in zip(TEXTS, together, strict=True):
        alone = logit_lens(lm, [text])[0]
        np.testing.assert_allclose(
            found.target_probability, alone.target_probability, rtol=1e-4, atol=1e-7
        )


def test_places_layers_and_targets_can_be_chosen(make_lm):
    lm = make_lm("gpt2")
    every = logit_lens(lm, TEXTS[:2])
    targets = [np.array([[3, 7], [5, 9]]), np.array([[1, 2]])]
    chosen = logit_lens(lm, TEXTS[:2], positions=[[4, 2], [3]], targets=targets, layers=[2, EMBED])
    assert chosen[0].levels == (EMBED, 2)
    at = every[0].places.tolist().index(4)
    np.testing.assert_allclose(
        chosen[0].top_probability[0], every[0].top_probability[at][[0, 3]], rtol=1e-4
    )
    assert chosen[0].target_rank.shape == (2, 2, 2)
    assert chosen[1].target_rank.shape == (1, 2, 2)
    same = [int(every[0].ids[4])]
    followed = logit_lens(lm, TEXTS[:1], positions=[[4]], targets=[np.array([same])])[0]
    np.testing.assert_allclose(
        followed.target_probability[0], every[0].target_probability[at], rtol=1e-5
    )


def test_few_logits_are_held_at_a_time(make_lm, monkeypatch):
    lm = make_lm("llama")
    whole = logit_lens(lm, TEXTS)
    monkeypatch.setattr(lens, "HELD", 3 * lm.vocabulary)
    for one, other in zip(whole, logit_lens(lm, TEXTS), strict=True):
        np.testing.assert_allclose(one.target_probability, other.target_probability, rtol=1e-4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layers": [9]}, "no layer 9: layers are -1"),
        ({"layers": []}, "no layer is given"),
        ({"positions": [[0]]}, "has no token 0 to predict"),
        ({"positions": [[1], [2]]}, "positions has 2 entries for 1 prompts"),
        ({"top_tokens": 0}, "top_tokens is 0"),
        ({"targets": [np.array([1])]}, "targets of prompt 1 have shape"),
    ],
)
def test_what_is_not_there_is_named(make_lm, options, said):
    with pytest.raises(ConfigError, match=said):
        logit_lens(make_lm("llama"), TEXTS[:1], **options)


def test_a_prompt_that_is_too_long_is_named(make_lm):
    with pytest.raises(ConfigError, match=r"prompt 1 has [\d,]+ tokens, the model has positions"):
        logit_lens(make_lm("llama"), ["x = 1\n" * 400])
