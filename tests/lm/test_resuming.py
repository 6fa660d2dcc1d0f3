"""A pass that starts in the middle equals a whole one, bit for bit, in every family."""

import pytest
import torch

from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import zero
from neuroglot.lm.resuming import Part, Start, keeping, last_token_only, resuming, start_of

MLP = Part.MLP


def every_start(lm):
    return [Start(layer, part) for layer in range(lm.n_layers) for part in Part]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_resumed_pass_equals_a_whole_one(make_lm, family, dtype, ids):
    lm = make_lm(family, dtype)
    plain = lm.backbone(ids)
    with keeping(lm.body, every_start(lm)) as past:
        assert torch.equal(lm.backbone(ids), plain)
    sites = {Part.ATTENTION: "v", Part.PROJECTION: "head", Part.MLP: "neuron"}
    for layer, part in every_start(lm):
        edited = NeuronSet.of([(layer, 1), (layer, 3)], sites[part])
        assert start_of([(edited.site, layer)]) == (layer, part)
        with lm.edit(zero(edited), zero(NeuronSet.of([(lm.n_layers - 1, 5)]))):
            whole = lm.backbone(ids)
            with resuming(lm.body, past, Start(layer, part)):
                assert torch.equal(lm.backbone(ids), whole)
        assert not torch.equal(whole, plain)
    assert torch.equal(lm.backbone(ids), plain)


def test_rows_may_be_repeated(make_lm, ids):
    lm = make_lm("llama")
    rows = torch.tensor([2, 0, 0, 1, 2])
    with keeping(lm.body, every_start(lm)) as past:
        plain = lm.backbone(ids)
    for start in every_start(lm):
        with resuming(lm.body, past, start, rows=rows):
            again = lm.backbone(ids[rows])
        assert torch.allclose(again, plain[rows], atol=1e-5)


def test_blocks_below_are_not_run(make_lm, ids, monkeypatch):
    lm = make_lm("llama")
    with keeping(lm.body, [Start(2, MLP)]) as past:
        plain = lm.backbone(ids)
    down = lm.body.blocks[0].down
    monkeypatch.setattr(down, "forward", lambda *_: pytest.fail("block 0 was run"))
    attention = lm.body.blocks[2].attention
    monkeypatch.setattr(attention.o_proj, "forward", lambda *_: pytest.fail("attention was run"))
    with resuming(lm.body, past, Start(2, MLP)):
        assert torch.equal(lm.backbone(ids), plain)


def test_the_last_token_may_be_all_that_is_right(make_lm, any_family, ids):
    lm = make_lm(any_family)
    plain = lm.backbone(ids)
    with last_token_only(lm.body):
        found = lm.backbone(ids)
    assert torch.allclose(found[:, -1], plain[:, -1], atol=1e-5)
    assert not torch.allclose(found[:, 0], plain[:, 0], atol=1e-2)


def test_the_earliest_place_is_where_a_pass_starts():
    assert start_of([("neuron", 1), ("head", 1), ("q", 2)]) == Start(1, Part.PROJECTION)
    assert start_of([("resid_pre", 1), ("head", 1)]) == Start(1, Part.ATTENTION)
    assert start_of([("resid_post", 0), ("resid_pre", 1)]) == Start(0, MLP)


def test_the_model_is_left_as_it_was_even_after_an_error(make_lm, ids):
    lm = make_lm("llama")
    plain = lm.backbone(ids)
    start = Start(1, Part.PROJECTION)
    with keeping(lm.body, [start]) as past:
        lm.backbone(ids)
    with pytest.raises(RuntimeError, match="on purpose"), resuming(lm.body, past, start):
        raise RuntimeError("on purpose")
    assert torch.equal(lm.backbone(ids), plain)
    assert not any("forward" in module.__dict__ for module in lm.hf.modules())
