"""Checks at load: the figures they give, and that they can fail."""

import pytest
import torch

from neuroglot.base.errors import AnatomyError
from neuroglot.lm.checks import largest_difference, prove, rounding, tolerance
from neuroglot.lm.loading import wrap

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["f32", "bf16"])


@BOTH
def test_every_sum_closes(any_family, dtype, make_lm):
    lm = make_lm(any_family, dtype)
    assert len({check.name for check in lm.checks}) == len(lm.checks)
    by_name = {c.name: c for c in lm.checks if not c.name.startswith("counts: ")}
    assert len(lm.checks) - len(by_name) >= 4
    expected = {"weights", "vocabulary", "residual", "heads", "read_out", "causal"}
    expected |= {"neurons", "activation"} if lm.n_neurons else set()
    expected |= set() if lm.body.parallel else {"resid_mid"}
    assert set(by_name) == expected
    # The same operations on the same shapes: nothing is left to rounding.
    for name in {"heads", "neurons", "activation", "read_out"} & expected:
        assert by_name[name].value == 0
    assert by_name["residual"].value <= rounding(dtype)
    assert by_name["causal"].value <= tolerance(dtype)


def test_checks_leave_no_hook_no_gradient_and_no_cache(make_model, tiny_tokenizer, n_hooks):
    model = make_model("llama")
    with torch.enable_grad():
        wrap(model, tiny_tokenizer)
    assert n_hooks(model) == 0
    assert all(parameter.grad is None for parameter in model.parameters())


def test_one_small_error_beside_huge_coordinates_is_seen(make_model, tiny_tokenizer):
    """Trained streams have coordinates a thousand times the others: they must not set the scale."""
    model = make_model("llama")
    with torch.no_grad():
        model.model.embed_tokens.weight[:, 0] = 1e4
    layer = model.model.layers[1]
    forward = layer.forward

    def leaky(*args, **kwargs):
        states = forward(*args, **kwargs).clone()
        states[..., 5] += 1e-3
        return states

    layer.forward = leaky
    with pytest.raises(AnatomyError, match=r"resid_post \(worst layer 1"):
        wrap(model, tiny_tokenizer)


def test_a_configuration_of_another_size_is_noticed(make_model, tiny_tokenizer):
    model = make_model("llama")
    model.config.intermediate_size = 64
    with pytest.raises(AnatomyError, match="neurons: 48 in the modules, 64 in the config"):
        wrap(model, tiny_tokenizer)


def test_checks_do_not_need_the_whole_context(make_model, tiny_tokenizer):
    lm = wrap(make_model("gpt2", n_positions=12), tiny_tokenizer)
    assert prove(lm.body, lm.tokenizer)


def test_differences_are_shares_of_each_rows_largest_value():
    wanted = torch.tensor([[1.0, -4.0], [100.0, 0.0]])
    found = torch.tensor([[1.0, -4.0], [100.0, 0.0]])
    assert largest_difference(found, wanted) == 0
    found[0, 0] += 1
    assert largest_difference(found, wanted) == 0.25
    found[1, 1] += 50
    assert largest_difference(found, wanted) == 0.5
