"""Edits: equal to surgery on the weights, in plain passes and in cached generation alike."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.base.units import NeuronSet
from neuroglot.lm import edits
from neuroglot.lm.hooks import watching

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["f32", "bf16"])
UNITS = NeuronSet.of([(0, 3), (2, 0), (0, 47), (1, 20), (2, 21)])


def clear(module, units, *, inputs: bool) -> None:
    """Zero what the weights of a projection read from, or write to, these coordinates."""
    transposed = hasattr(module, "nf")
    for unit in units:
        if inputs != transposed:
            module.weight[:, unit] = 0
        else:
            module.weight[unit] = 0
        if not inputs and module.bias is not None:
            module.bias[unit] = 0


@BOTH
def test_zeroed_neurons_equal_zeroed_columns_of_the_down_projection(family, dtype, make_lm, ids):
    lm, operated = make_lm(family, dtype), make_lm(family, dtype)
    for layer in range(3):
        clear(operated.body.blocks[layer].down, UNITS.in_layer(layer), inputs=True)
    with lm.edit(edits.zero(UNITS)):
        edited = lm.logits(ids)
    assert torch.equal(edited, operated.logits(ids))
    assert not torch.equal(edited, lm.logits(ids))


def test_zeroed_heads_equal_zeroed_columns_of_the_output_projection(family, make_lm, ids):
    lm, operated = make_lm(family), make_lm(family)
    units = NeuronSet.of([(0, 1), (1, 3)], "head")
    d = lm.body.sizes.head_width
    for layer, head in units:
        clear(operated.body.blocks[layer].o, range(head * d, (head + 1) * d), inputs=True)
    with lm.edit(edits.zero(units)):
        assert torch.equal(lm.logits(ids), operated.logits(ids))


@pytest.mark.parametrize("site", ["q", "k", "v", "o", "gate", "up", "down"])
def test_zeroed_coordinates_equal_zeroed_rows_of_the_projection(site, make_lm, ids):
    for family in ("llama", "gpt2"):
        lm, operated = make_lm(family), make_lm(family)
        if site == "gate" and family == "gpt2":
            continue
        units = NeuronSet.of([(0, 5), (1, 2)], site)
        # Of GPT-2's fused projection q, k and v are thirds, one after another.
        shift = 32 * "qkv".find(site) if family == "gpt2" and site in "qkv" else 0
        for layer, unit in units:
            module = getattr(operated.body.blocks[layer], site)
            clear(module, [unit + shift], inputs=False)
        with lm.edit(edits.zero(units)):
            assert torch.equal(lm.logits(ids), operated.logits(ids))


def greedy(lm, ids: torch.Tensor, *, n: int) -> torch.Tensor:
    """Greedy continuation by whole forward passes, without a cache."""
    for _ in range(n):
        ids = torch.cat([ids, lm.logits(ids)[:, -1:].argmax(-1)], dim=1)
    return ids


@BOTH
def test_edits_hold_in_cached_generation(any_family, dtype, make_lm, ids):
    """Step by step with a cache, the logits are those of one pass over all of the text."""
    lm = make_lm(any_family, dtype)
    units = NeuronSet.of([(0, 1), (2, 2)], "head") if lm.n_neurons is None else UNITS
    steps = []
    with lm.edit(edits.scale(units, -2.0)):
        written = lm.hf.generate(
            ids[:1],
            attention_mask=torch.ones_like(ids[:1]),
            max_new_tokens=6,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
        whole = lm.logits(written.sequences)[0, ids.shape[1] - 1 : -1].float()
    steps = torch.cat(written.logits).float()
    bound = 1e-4 if dtype is torch.float32 else 6e-2
    assert (steps - whole).abs().max() <= bound * whole.abs().max()
    with torch.no_grad():
        clean = lm.logits(written.sequences)[0, ids.shape[1] - 1 : -1].float()
    assert (whole - clean).abs().max() > 10 * (steps - whole).abs().max()


def test_edits_at_positions_mean_the_same_tokens_in_cached_generation(make_lm, ids):
    for family in ("llama", "gpt2", "mistral", "codegen"):
        lm = make_lm(family)
        at = range(8, 12)
        with lm.edit(edits.set(UNITS, 3.0, positions=at)):
            written = lm.hf.generate(
                ids[:1],
                attention_mask=torch.ones_like(ids[:1]),
                max_new_tokens=6,
                do_sample=False,
                output_logits=True,
                return_dict_in_generate=True,
            )
            with lm.taps("neuron", layers=[0]) as seen:
                whole = lm.logits(written.sequences)[0, ids.shape[1] - 1 : -1]
        torch.testing.assert_close(torch.cat(written.logits), whole, rtol=1e-4, atol=1e-4)
        edited = (seen["neuron", 0][0, :, [3, 47]] == 3.0).all(dim=1)
        assert edited.nonzero().flatten().tolist() == list(at)


def test_generation_writes_other_text_when_edited(make_lm):
    lm = make_lm("llama")
    clean = lm.generate("def f(x):", max_new_tokens=12)
    units = NeuronSet.of([(layer, n) for layer in range(3) for n in range(48)])
    with lm.edit(edits.zero(units)):
        edited = lm.generate("def f(x):", max_new_tokens=12)
    assert edited != clean
    assert lm.generate("def f(x):", max_new_tokens=12) == clean


def neurons(lm, ids) -> torch.Tensor:
    """Values of UNITS [row, token, unit] as the down projections' inputs were made from."""
    with lm.taps("neuron") as seen:
        lm.backbone(ids)
    return torch.stack([seen["neuron", layer][..., index] for layer, index in UNITS], dim=-1)


def test_mean_set_and_scale_give_the_values_they_say(make_lm, ids):
    lm = make_lm("llama")
    clean = neurons(lm, ids)
    each = np.arange(5, dtype=np.float64) - 2
    table = np.random.default_rng(0).normal(size=(3, 48))
    of_table = torch.tensor([table[layer, index] for layer, index in UNITS], dtype=torch.float32)
    with lm.edit(edits.set(UNITS, each)):
        assert torch.equal(neurons(lm, ids)[0, 0], torch.tensor(each, dtype=torch.float32))
    with lm.edit(edits.set(UNITS, 0.5)):
        assert (neurons(lm, ids) == 0.5).all()
    with lm.edit(edits.mean(UNITS, table)):
        assert torch.equal(neurons(lm, ids)[2, 9], of_table)
    with lm.edit(edits.mean(UNITS, each)):
        assert torch.equal(neurons(lm, ids)[1, 4], torch.tensor(each, dtype=torch.float32))
    first = NeuronSet.of([(0, 3), (0, 47)])
    with lm.edit(edits.scale(first, 3.0)):
        torch.testing.assert_close(neurons(lm, ids)[..., [0, 2]], 3 * clean[..., [0, 2]])
    assert torch.equal(neurons(lm, ids), clean)


def test_means_of_heads_may_be_vectors(make_lm, ids):
    lm = make_lm("llama")
    table = np.random.default_rng(0).normal(size=(3, 4, 8))
    units = NeuronSet.of([(1, 2), (0, 0)], "head")
    with lm.edit(edits.mean(units, table)), lm.taps("head") as seen:
        lm.backbone(ids)
    torch.testing.assert_close(
        seen["head", 1][0, 0, 2], torch.tensor(table[1, 2], dtype=torch.float32)
    )


def test_edits_nest_and_the_outer_acts_first(make_lm, ids):
    lm = make_lm("llama")
    clean = lm.logits(ids)
    with lm.edit(edits.set(UNITS, 1.0)):
        with lm.edit(edits.scale(UNITS, 4.0)):
            assert (neurons(lm, ids) == 4.0).all()
        assert (neurons(lm, ids) == 1.0).all()
    with lm.edit(edits.scale(UNITS, 4.0), edits.set(UNITS, 1.0)):
        assert (neurons(lm, ids) == 1.0).all()
    assert torch.equal(lm.logits(ids), clean)


def test_an_exception_inside_leaves_the_model_clean(make_lm, ids, n_hooks):
    lm = make_lm("llama")
    clean = lm.logits(ids)
    with (
        pytest.raises(KeyError),
        lm.edit(edits.zero(UNITS)),
        lm.edit(edits.scale(UNITS, 2)),
    ):
        raise KeyError
    assert n_hooks(lm.hf) == 0
    assert torch.equal(lm.logits(ids), clean)


def test_what_is_read_inside_an_edit_is_edited_and_before_it_is_not(make_lm, ids):
    lm = make_lm("llama")
    read = {}
    with (
        watching(lm.body, [("neuron", 0, lambda x: read.update(outer=x[..., 3].clone()))]),
        lm.edit(edits.zero(UNITS)),
        watching(lm.body, [("neuron", 0, lambda x: read.update(inner=x[..., 3].clone()))]),
    ):
        lm.backbone(ids)
    assert read["outer"].any()
    assert not read["inner"].any()


def test_an_edit_does_not_touch_the_weights(make_lm, ids):
    lm = make_lm("llama")
    before = {name: tensor.clone() for name, tensor in lm.hf.state_dict().items()}
    with lm.edit(edits.zero(UNITS), edits.zero(NeuronSet.of([(0, 0)], "v"))):
        lm.logits(ids)
    assert all(torch.equal(tensor, before[name]) for name, tensor in lm.hf.state_dict().items())


def test_an_empty_set_edits_nothing(make_lm, ids):
    lm = make_lm("llama")
    clean = lm.logits(ids)
    with lm.edit(edits.zero(NeuronSet.of([])), edits.mean(NeuronSet.of([]), np.zeros((3, 48)))):
        assert torch.equal(lm.logits(ids), clean)


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (NeuronSet.of([(3, 0)]), "no layer 3"),
        (NeuronSet.of([(0, 48)]), "no neuron 48.*each layer has 48"),
        (NeuronSet.of([(0, 4)], "head"), "no head 4"),
        (NeuronSet.of([(0, 16)], "k"), "no k 16"),
    ],
)
def test_units_that_do_not_exist_are_refused(units, words, make_lm):
    with pytest.raises(SiteError, match=words), make_lm("llama").edit(edits.zero(units)):
        pass


def test_neurons_of_a_model_of_experts_are_refused(make_lm):
    with pytest.raises(SiteError, match="experts"), make_lm("mixtral").edit(edits.zero(UNITS)):
        pass


def test_wrong_values_are_refused():
    with pytest.raises(ConfigError, match="one number, or one each"):
        edits.set(UNITS, [1.0, 2.0])
    with pytest.raises(ConfigError, match="does not reach"):
        edits.mean(UNITS, np.zeros((2, 48)))
    with pytest.raises(ConfigError, match="first token"):
        edits.zero(UNITS, positions=[3, -1])
    with pytest.raises(ConfigError, match="first token"):
        edits.zero(UNITS, positions=range(-1, 10**9))
