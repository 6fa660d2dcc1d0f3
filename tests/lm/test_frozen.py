"""Frozen norms and heads as directions, against the modules themselves."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import SiteError
from neuroglot.lm.frozen import (
    attention_added,
    directions_of,
    final_norm,
    frozen,
    head_rows,
    mean_head_row,
    mlp_added,
)

POST_NORM = ("gemma2", "gemma3_text", "olmo2")


def drawn(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def uncapped(lm, logits):
    """Logits as they are before the family's soft-cap."""
    cap = lm.body.logit_cap
    return logits.double() if cap is None else cap * torch.atanh(logits.double() / cap)


def assert_linear(norm, module, rows):
    """Three parts of each row go through one by one, and come to what the module makes of it."""
    first, second = drawn(2, *rows.shape, seed=2).double()
    parts = torch.stack([first, second, rows.double() - first - second])
    asked = drawn(*rows.shape, seed=3).double()
    through = (parts * norm.in_front(asked)).sum(dim=-1) * norm.scale(rows)
    total = through.sum(dim=0) + asked @ norm.bias
    wanted = (module(rows).double() * asked).sum(dim=-1)
    size = through.abs().sum(dim=0)
    assert float(((total - wanted).abs() / size).max()) < 1e-5


def asked_rows():
    """Rows whose mean is far from 0, large and small: what a norm's kind and epsilon decide."""
    return torch.cat([drawn(4, 32) * 3 + 1, drawn(4, 32) * 1e-3 - 2e-3])


def test_a_frozen_norm_is_linear_and_adds_up_to_the_module(any_family, make_lm):
    lm = make_lm(any_family)
    rows = asked_rows()
    for row in rows:
        assert_linear(final_norm(lm.body), lm.body.final_norm, row[None])


@pytest.mark.parametrize("family", POST_NORM)
def test_so_is_a_norm_behind_a_sub_layer(family, make_lm):
    lm = make_lm(family)
    for block in lm.body.blocks:
        for module in (block.attn_added, block.mlp_added):
            assert_linear(frozen(module, lm.width), module, asked_rows())


def test_only_families_with_a_norm_behind_have_one(any_family, make_lm):
    lm = make_lm(any_family)
    added = [attention_added(lm.body, layer) for layer in range(lm.n_layers)]
    if lm.n_neurons is not None:
        added += [mlp_added(lm.body, layer) for layer in range(lm.n_layers)]
    assert all((each.norm is not None) == (any_family in POST_NORM) for each in added)
    assert all(each.factor == (0.3 if any_family == "granite" else 1.0) for each in added)


def test_a_norm_that_has_no_gain_lets_nothing_through():
    norm = torch.nn.LayerNorm(8)
    torch.nn.init.zeros_(norm.weight)
    found = frozen(norm, 8)
    assert not found.in_front(drawn(3, 8)).any()
    assert found.scale(drawn(3, 8)).tolist() == [0.0, 0.0, 0.0]


def test_a_norm_of_the_model_is_left_as_it_was(make_lm):
    lm = make_lm("llama", torch.bfloat16)
    before = lm.body.final_norm.weight
    final_norm(lm.body).scale(drawn(2, 32))
    assert lm.body.final_norm.weight is before
    assert before.dtype is torch.bfloat16


def test_an_edit_behind_a_norm_is_no_part_of_it(make_lm):
    lm = make_lm("gemma2")
    norm = lm.body.blocks[1].attn_added
    before = frozen(norm, lm.width)
    with lm.edit(ng.set(lm.stream("attn_out", 1), np.full(lm.width, 7.0))):
        inside = frozen(norm, lm.width)
    rows = asked_rows()
    assert torch.equal(inside.gain, before.gain)
    assert torch.equal(inside.scale(rows), before.scale(rows))


def test_head_rows_are_the_logits_before_a_cap(any_family, make_lm, ids):
    lm = make_lm(any_family)
    states = lm.backbone(ids)[:, -1].double()
    logits = uncapped(lm, lm.logits(ids)[:, -1])
    wanted = torch.arange(lm.vocabulary)
    rows, bias = head_rows(lm.body, wanted)
    assert rows.shape == (101, 32)
    assert bias.shape == (101,)
    torch.testing.assert_close(states @ rows.T + bias, logits, rtol=1e-4, atol=1e-4)
    mean, mean_bias = mean_head_row(lm.body)
    torch.testing.assert_close(states @ mean + mean_bias, logits.mean(dim=1), rtol=1e-4, atol=1e-4)


def test_directions_keep_what_biases_add_apart(make_lm):
    lm = make_lm("phi")
    norm = final_norm(lm.body)
    rows, bias = head_rows(lm.body, torch.tensor([7, 20]))
    found = directions_of(norm, rows, bias)
    stream = drawn(1, 32) * 2
    value = (found.rows @ stream[0].double()) * norm.scale(stream)
    logits = lm.unembed(stream)[0, [7, 20]].double()
    torch.testing.assert_close(
        value + found.norm_bias + found.head_bias, logits, rtol=1e-4, atol=1e-4
    )
    assert found.norm_bias.abs().min() > 0
    assert found.head_bias.abs().min() > 0


def test_experts_have_no_neurons_that_write(make_lm):
    with pytest.raises(SiteError, match="experts"):
        mlp_added(make_lm("mixtral").body, 0)
