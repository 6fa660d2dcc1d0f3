"""Pooled vectors: the closed form on each text alone, padded or not."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.measure.pooling import LAST, WEIGHTED, pooled_states, site_means

TEXTS = ("a = 1\n", "def add(a, b):\n    return a + b\n", "x", "while (i < 10) { i++; }")


def by_hand(lm, text):
    """States of a text alone by taps, [level, token, width] in float64."""
    ids = lm.tokenizer.encode(text).ids.tolist()
    whole = [lm.tokenizer.bos, *ids] if lm.tokenizer.bos is not None else ids
    with torch.no_grad(), lm.taps("embed", "resid_post") as seen:
        lm.backbone(torch.tensor([whole]))
    levels = [seen["embed", -1], *(seen["resid_post", layer] for layer in range(lm.n_layers))]
    return torch.stack(levels)[:, 0].double().numpy()


def assert_as_by_hand(lm, tolerance):
    found = pooled_states(lm, TEXTS)
    for number, text in enumerate(TEXTS):
        states = by_hand(lm, text)
        n = states.shape[1]
        assert found.tokens[number] == n
        weights = np.arange(1, n + 1) / (n * (n + 1) / 2)
        mean = np.einsum("t,ltw->lw", weights, states)
        for pooling, expected in ((WEIGHTED, mean), (LAST, states[:, -1])):
            difference = np.abs(found.vectors[pooling][number] - expected).max()
            assert difference <= tolerance * np.abs(expected).max()


def test_closed_form(make_lm, any_family):
    assert_as_by_hand(make_lm(any_family), 1e-4)


def test_closed_form_in_bfloat16(make_lm, family):
    assert_as_by_hand(make_lm(family, dtype=torch.bfloat16), 3e-2)


def test_levels_are_the_embedding_and_the_layers(make_lm):
    lm = make_lm("llama")
    found = pooled_states(lm, TEXTS)
    assert found.levels == (-1, *range(lm.n_layers))
    assert found.vectors[LAST].shape == (len(TEXTS), lm.n_layers + 1, lm.width)
    assert found.vectors[LAST].dtype == np.float32


def test_a_text_alone_and_among_others_is_the_same(make_lm):
    lm = make_lm("gpt_neox")
    alone = pooled_states(lm, TEXTS, batch_tokens=1)
    together = pooled_states(lm, TEXTS, batch_tokens=10_000)
    for pooling in (WEIGHTED, LAST):
        one, other = alone.vectors[pooling], together.vectors[pooling]
        assert np.abs(one - other).max() <= 1e-4 * np.abs(one).max()


@pytest.mark.parametrize(
    ("text", "said"), [("", "text 2 has no tokens"), ("x = 1\n" * 400, "positions for 512")]
)
def test_what_cannot_be_read_is_named(make_lm, text, said):
    with pytest.raises(ConfigError, match=said):
        pooled_states(make_lm("llama"), ["a", text])


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2", "falcon"])
def test_means_of_sites_leave_special_tokens_out(family, make_lm):
    lm = make_lm(family)
    found = site_means(lm, TEXTS, ["resid_post", "mlp_out"])
    for number, text in enumerate(TEXTS):
        ids = torch.tensor([[lm.tokenizer.bos, *lm.tokenizer.encode(text).ids.tolist()]])
        content = ~torch.isin(ids[0], torch.tensor(sorted(lm.tokenizer.special_ids)))
        assert not content[0] and content.any()
        with torch.no_grad(), lm.taps("embed", "resid_post", "mlp_out") as seen:
            lm.backbone(ids)
        for layer in range(-1, lm.n_layers):
            stream = seen["embed", -1] if layer < 0 else seen["resid_post", layer]
            expected = {"resid_post": stream}
            if layer >= 0:
                expected["mlp_out"] = seen["mlp_out", layer]
            for site, tensor in expected.items():
                mean = tensor[0, content].double().mean(dim=0).numpy()
                apart = np.abs(found.vectors[site][number, layer + 1] - mean).max()
                assert apart <= 1e-4 * np.abs(mean).max()
        assert not found.vectors["mlp_out"][number, 0].any()
