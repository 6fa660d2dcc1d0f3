"""A pass that starts in the middle equals a whole one, bit for bit, in every family."""

import pytest
import torch

from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import zero
from neuroglot.lm.resuming import keeping, resuming


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_resumed_pass_equals_a_whole_one(make_lm, family, dtype, ids):
    lm = make_lm(family, dtype)
    plain = lm.backbone(ids)
    with keeping(lm.body, range(lm.n_layers)) as past:
        assert torch.equal(lm.backbone(ids), plain)
    for layer in range(lm.n_layers):
        edit = zero(NeuronSet.of([(layer, 1), (layer, 3), (lm.n_layers - 1, 5)]))
        with lm.edit(edit):
            whole = lm.backbone(ids)
            with resuming(lm.body, past, layer):
                assert torch.equal(lm.backbone(ids), whole)
        assert not torch.equal(whole, plain)
    assert torch.equal(lm.backbone(ids), plain)


def test_rows_may_be_repeated(make_lm, ids):
    lm = make_lm("llama")
    rows = torch.tensor([2, 0, 0, 1, 2])
    with keeping(lm.body, [1]) as past:
        plain = lm.backbone(ids)
    with resuming(lm.body, past, 1, rows=rows):
        again = lm.backbone(ids[rows])
    assert torch.allclose(again, plain[rows], atol=1e-5)


def test_blocks_below_are_not_run(make_lm, ids, monkeypatch):
    lm = make_lm("llama")
    with keeping(lm.body, [2]) as past:
        plain = lm.backbone(ids)
    down = lm.body.blocks[0].down
    monkeypatch.setattr(down, "forward", lambda *_: pytest.fail("block 0 was run"))
    attention = lm.body.blocks[2].attention
    monkeypatch.setattr(attention.o_proj, "forward", lambda *_: pytest.fail("attention was run"))
    with resuming(lm.body, past, 2):
        assert torch.equal(lm.backbone(ids), plain)


def test_the_attention_may_be_run_anew(make_lm, ids):
    lm = make_lm("llama")
    with keeping(lm.body, [1]) as past:
        lm.backbone(ids)
    heads = zero(NeuronSet.of([(1, 0)], "head"))
    with lm.edit(heads):
        whole = lm.backbone(ids)
        with resuming(lm.body, past, 1, attention=False):
            assert torch.equal(lm.backbone(ids), whole)


def test_the_model_is_left_as_it_was_even_after_an_error(make_lm, ids):
    lm = make_lm("llama")
    plain = lm.backbone(ids)
    with keeping(lm.body, [1]) as past:
        lm.backbone(ids)
    with pytest.raises(RuntimeError, match="on purpose"), resuming(lm.body, past, 1):
        raise RuntimeError("on purpose")
    assert torch.equal(lm.backbone(ids), plain)
    assert not any("forward" in module.__dict__ for module in lm.hf.modules())
