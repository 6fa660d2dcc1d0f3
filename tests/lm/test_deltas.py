"""Changed weights put into a model: for good, for a while, and never into another one."""

import pytest
import torch

from neuroglot.base.errors import ModelError
from neuroglot.lm.deltas import Delta, LowRank, changed, merged
from neuroglot.lm.entries import Entry

NAME = "model.layers.0.mlp.down_proj.weight"


def weights(lm):
    return {name: each.detach().clone() for name, each in lm.hf.named_parameters()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def lm(make_lm):
    return make_lm("llama")


@pytest.fixture
def delta(lm):
    """Row 1 of a matrix doubled; the model is as it was."""
    weight = dict(lm.hf.named_parameters())[NAME]
    with torch.no_grad():
        weight[1] *= 2
        found = changed(lm, [Entry(NAME, 0, torch.tensor([1]))])
        weight[1] /= 2
    return found


@pytest.fixture
def low_rank(lm):
    weight = dict(lm.hf.named_parameters())[NAME]
    draw = torch.Generator().manual_seed(0)
    a = torch.randn(2, weight.shape[1], generator=draw)
    b = torch.randn(weight.shape[0], 2, generator=draw)
    return merged(lm, [LowRank(NAME, 0, a, b, 0.5)])


@pytest.mark.parametrize("kind", ["delta", "low_rank"])
def test_inside_a_context_the_model_is_the_changed_one(lm, kind, request):
    delta = request.getfixturevalue(kind)
    before = weights(lm)
    with delta.inside(lm) as other:
        assert other.fingerprint == delta.made != lm.fingerprint
        now = weights(lm)
    assert {name for name in now if not torch.equal(now[name], before[name])} == {NAME}
    assert same(weights(lm), before)


def test_what_fails_inside_leaves_the_model_as_it_was(lm, delta):
    before = weights(lm)
    with pytest.raises(KeyError), delta.inside(lm):
        raise KeyError
    assert same(weights(lm), before)


@pytest.mark.parametrize("use", [lambda d, lm: d.apply(lm), lambda d, lm: d.inside(lm).__enter__()])
@pytest.mark.parametrize(
    ("family", "dtype"),
    [
        pytest.param("llama", torch.bfloat16, id="other numbers"),
        pytest.param("gpt2", torch.float32, id="no such parameter"),
    ],
)
def test_another_model_is_refused_and_left_alone(make_lm, delta, use, family, dtype):
    other = make_lm(family, dtype=dtype)
    before = weights(other)
    with pytest.raises(ModelError, match="belongs to another model"):
        use(delta, other)
    assert same(weights(other), before)


def test_a_file_gives_the_same_delta(lm, delta, low_rank, tmp_path):
    for name, each in (("rows", delta), ("ranks", low_rank)):
        file = tmp_path / f"{name}.safetensors"
        each.save(file)
        with Delta.load(file).inside(lm) as loaded, torch.no_grad():
            assert loaded.fingerprint == each.made
