"""Embeddings of texts: against a loop over single texts, in bands, and taken up when stopped."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.lm.resuming import ending
from neuroglot.measure import embeddings
from neuroglot.measure.embeddings import band_embeddings, layer_embeddings

TEXTS = [
    "def f(a):\n    return a + 1\n",
    "x",
    "int g(int b) { return b * 2; }",
    "ab",
    "a = 1\n" * 9,
]


def naive(lm, text):
    """Mean over the text's own tokens, the text alone in its row: float64 [level, width]."""
    own = lm.tokenizer.encode(text).ids.tolist()
    ids = [lm.tokenizer.bos, *own]
    with torch.no_grad(), lm.taps("embed", "resid_post") as seen:
        lm.backbone(torch.tensor([ids]))
    levels = [seen["embed", -1], *(seen["resid_post", layer] for layer in range(lm.n_layers))]
    total = np.zeros((len(levels), lm.width))
    counted = 0
    for token, id in enumerate(ids):
        if id not in lm.tokenizer.special_ids:
            total += np.stack([level[0, token].double().numpy() for level in levels])
            counted += 1
    return total / counted, counted


def assert_as_one_by_one(lm, tolerance):
    # All in one batch, so that every text but the longest is padded.
    found = layer_embeddings(lm, TEXTS, batch_tokens=10_000)
    assert found.levels == (-1, *range(lm.n_layers))
    assert found.vectors.dtype == np.float32 and not found.cut.any()
    for number, text in enumerate(TEXTS):
        expected, counted = naive(lm, text)
        assert found.tokens[number] == counted == len(text)
        apart = np.abs(found.vectors[number] - expected).max(axis=1)
        assert (apart <= tolerance * np.abs(expected).max(axis=1)).all()


def test_each_text_is_the_mean_over_its_own_tokens(make_lm, family):
    assert_as_one_by_one(make_lm(family), 1e-4)


@pytest.mark.parametrize("name", ["llama", "gpt2", "gemma2"])
def test_the_same_in_bfloat16(make_lm, name):
    assert_as_one_by_one(make_lm(name, torch.bfloat16), 3e-2)


def test_a_band_is_the_mean_of_its_levels_and_runs_no_block_above(make_lm, family, monkeypatch):
    lm = make_lm(family)
    each = layer_embeddings(lm, TEXTS).vectors.astype(np.float64)
    for first, last in ((-1, -1), (-1, 1), (0, 0), (1, lm.n_layers - 1)):
        found = band_embeddings(lm, TEXTS, (first, last))
        expected = each[:, first + 1 : last + 2].mean(axis=1)
        assert found.levels == (first,) and found.vectors.shape == (len(TEXTS), 1, lm.width)
        assert np.abs(found.vectors[:, 0] - expected).max() <= 1e-5 * np.abs(expected).max()
    above = lm.body.blocks[1].o
    monkeypatch.setattr(above, "forward", lambda *_: pytest.fail("block 1 was run"))
    band_embeddings(lm, TEXTS, (-1, 0))


def test_a_pass_that_ends_early_leaves_the_model_as_it_was(make_lm, any_family):
    lm, ids = make_lm(any_family), torch.arange(4, 24).reshape(2, 10)
    plain = lm.backbone(ids)
    with lm.taps("resid_post") as seen:
        lm.backbone(ids)
    with lm.taps("resid_post", layers=[0, 1]) as early, ending(lm.body, 1):
        lm.backbone(ids)
    assert torch.equal(early["resid_post", 1], seen["resid_post", 1])
    assert torch.equal(lm.backbone(ids), plain)


@pytest.mark.parametrize("stop", [1, 3])
def test_a_stopped_pass_goes_on_and_ends_with_the_same_bits(make_lm, tmp_path, monkeypatch, stop):
    lm = make_lm("llama", torch.bfloat16)
    whole = layer_embeddings(lm, TEXTS, batch_tokens=30).vectors
    monkeypatch.setattr(embeddings, "CHECKPOINT_SECONDS", 0)
    passes = []

    def counted(ids, *, run=lm.backbone):
        if len(passes) == stop:
            raise KeyboardInterrupt
        passes.append(ids)
        return run(ids)

    with monkeypatch.context() as patched:
        patched.setattr(type(lm), "backbone", lambda _, ids: counted(ids))
        with pytest.raises(KeyboardInterrupt):
            layer_embeddings(lm, TEXTS, batch_tokens=30, checkpoint=tmp_path)
    seen = []
    again = layer_embeddings(
        lm, TEXTS, batch_tokens=30, checkpoint=tmp_path, on_progress=lambda *at: seen.append(at)
    )
    assert np.array_equal(again.vectors, whole)
    assert [done for done, _ in seen][-1] == len(TEXTS) and len(seen) == 4 - stop
    # A third time everything is there already, and other texts take up nothing.
    seen.clear()
    layer_embeddings(
        lm, TEXTS, batch_tokens=30, checkpoint=tmp_path, on_progress=lambda *at: seen.append(at)
    )
    assert not seen
    other = layer_embeddings(lm, TEXTS[::-1], batch_tokens=30, checkpoint=tmp_path)
    assert np.array_equal(other.vectors, whole[::-1])


def test_what_is_too_long_is_cut_and_named(make_lm):
    lm = make_lm("llama")
    long = "x = 1\n" * 400
    found = layer_embeddings(lm, ["a", long, long[: lm.max_positions - 1]])
    assert found.cut.tolist() == [False, True, False]
    assert np.allclose(found.vectors[1], found.vectors[2], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("band", [(2, 1), (-2, 0), (0, 99)])
def test_a_band_that_is_not_there_is_refused(make_lm, band):
    with pytest.raises(ConfigError, match="-1 \\(the embedding\\) to"):
        band_embeddings(make_lm("llama"), ["a"], band)


def test_a_text_without_tokens_is_refused(make_lm):
    with pytest.raises(ConfigError, match="text 2 has no tokens"):
        layer_embeddings(make_lm("llama"), ["a", ""])
