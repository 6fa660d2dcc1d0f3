"""Attention from the last token by marks, against the model's own eager attention."""

import numpy as np
import pytest
import torch

from neuroglot.measure.attention import last_attention


def texts(n):
    return np.random.default_rng(0).integers(4, 101, (2, n))


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt2"])
def test_marks_hold_the_weights_that_eager_attention_gives(make_lm, family):
    lm = make_lm(family)
    ids = texts(21)
    found = last_attention(lm, ids, range(lm.n_layers))
    lm.hf.set_attn_implementation("eager")
    with torch.no_grad():
        given = lm.hf(torch.from_numpy(ids), output_attentions=True, use_cache=False).attentions
    for layer in range(lm.n_layers):
        wanted = given[layer][:, :, -1].numpy()
        assert found[layer].shape == wanted.shape
        assert np.abs(found[layer] - wanted).max() < 1e-5
        assert np.abs(found[layer].sum(axis=-1) - 1).max() < 1e-5


def test_weights_times_values_are_what_the_heads_give(make_lm, family):
    lm, ids = make_lm(family), texts(21)
    sizes = lm.body.sizes
    with lm.taps("v", "head") as seen, torch.no_grad():
        lm.backbone(torch.from_numpy(ids))
    found = last_attention(lm, ids, range(lm.n_layers))
    for layer, weights in found.items():
        assert np.abs(weights.sum(axis=-1) - 1).max() < 1e-5
        values = seen["v", layer].view(2, 21, sizes.kv_heads, -1).numpy()
        values = values.repeat(sizes.heads // sizes.kv_heads, axis=2)
        given = np.einsum("rht,rthd->rhd", weights, values)
        assert np.abs(given - seen["head", layer][:, -1].numpy()).max() < 1e-4


def test_open_edits_below_a_layer_count(make_lm):
    import neuroglot as ng

    lm = make_lm("llama")
    ids = texts(9)
    plain = last_attention(lm, ids, [0, 2])
    with lm.edit(ng.zero(lm.stream("mlp_out", 1))):
        edited = last_attention(lm, ids, [0, 2])
    assert np.array_equal(plain[0], edited[0])
    assert np.abs(plain[2] - edited[2]).max() > 1e-4
