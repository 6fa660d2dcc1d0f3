"""Gradients at sites against `torch.autograd.grad` on the outputs of the projections, one row at a
time, with the loss that Hugging Face returns."""

import pytest
import torch

from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.lm.backward import backward
from neuroglot.lm.sites import place

PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
LENGTHS = (23, 9, 17, 2)
TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 3e-2}


def sites_of(lm):
    return [site for site in PROJECTIONS if site != "gate" or lm.anatomy.gate is not None]


@pytest.fixture
def rows():
    torch.manual_seed(3)
    return [torch.randint(3, 101, (n,)) for n in LENGTHS]


def padded(rows):
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
    scored = torch.zeros_like(ids, dtype=torch.bool)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        scored[number, 1 : len(row)] = True
    return ids, scored


def by_hand(lm, row):
    """Mean loss of Hugging Face, and value and gradient [token, unit] by (site, layer)."""
    outputs, handles = {}, []
    for layer in range(lm.n_layers):
        for site in sites_of(lm):
            where = place(lm.body, site, layer)

            def keep(_, __, output, key=(site, layer)):
                outputs[key] = output
                # Falcon adds to it in place.
                return output.clone()

            handles.append(where.module.register_forward_hook(keep))
    with torch.enable_grad():
        loss = lm.hf(input_ids=row[None], labels=row[None], use_cache=False).loss
        gradients = torch.autograd.grad(loss, list(outputs.values()))
    for handle in handles:
        handle.remove()
    found = {}
    for (key, value), gradient in zip(outputs.items(), gradients, strict=True):
        view = place(lm.body, *key).view
        found[key] = view.read(value.detach())[0], view.read(gradient.contiguous())[0]
    return float(loss), found


def measured(lm, rows, *, one_block_at_a_time):
    ids, scored = padded(rows)
    seen = {}

    def keeper(site, layer):
        def keep(value, gradient):
            assert (site, layer) not in seen
            seen[site, layer] = value.clone(), gradient.clone()

        return site, layer, keep

    taps = [keeper(site, layer) for layer in range(lm.n_layers) for site in sites_of(lm)]
    nats = backward(lm.body, ids, scored, taps, one_block_at_a_time=one_block_at_a_time)
    return nats, seen


@pytest.mark.parametrize("one_block_at_a_time", [False, True], ids=["at-once", "block-by-block"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_gradients_are_those_of_autograd(family, dtype, one_block_at_a_time, make_lm, rows):
    lm = make_lm(family, dtype=dtype)
    nats, seen = measured(lm, rows, one_block_at_a_time=one_block_at_a_time)
    largest = {}
    for number, row in enumerate(rows):
        loss, expected = by_hand(lm, row)
        n = len(row) - 1
        assert float(nats[number]) == pytest.approx(n * loss, rel=TOLERANCE[dtype])
        assert seen.keys() == expected.keys()
        for key, parts in expected.items():
            for part, (ours, theirs) in enumerate(zip(seen[key], parts, strict=True)):
                ours = ours[number, : len(row)].float() / (n if part else 1)
                theirs = theirs.float()
                apart = float((ours - theirs).abs().max())
                worst, most = largest.get((key[0], part), (0.0, 0.0))
                largest[key[0], part] = max(worst, apart), max(most, float(theirs.abs().max()))
    for (site, part), (apart, most) in largest.items():
        assert apart <= TOLERANCE[dtype] * most, (site, part, apart, most)


def test_no_token_beyond_a_row_gets_a_gradient(make_lm, rows):
    _, seen = measured(make_lm("llama"), rows, one_block_at_a_time=False)
    for number, length in enumerate(LENGTHS):
        for _, gradient in seen.values():
            # The last token predicts nothing, so nothing is owed to it.
            assert not gradient[number, length - 1 :].any()


def test_what_is_left_behind_is_as_before(make_lm, rows):
    lm = make_lm("llama")
    lm.hf.lm_head.weight.requires_grad_(False)
    before = {name: each.requires_grad for name, each in lm.hf.named_parameters()}
    clean = lm.logits(rows[0][None])
    measured(lm, rows, one_block_at_a_time=True)
    assert {name: each.requires_grad for name, each in lm.hf.named_parameters()} == before
    assert all(each.grad is None for each in lm.hf.parameters())
    assert torch.equal(lm.logits(rows[0][None]), clean)


def test_an_error_in_a_function_leaves_no_hook(make_lm, rows):
    lm = make_lm("gpt2")
    ids, scored = padded(rows)

    def fail(value, gradient):
        raise ValueError("enough")

    for one_block_at_a_time in (False, True):
        with pytest.raises(ValueError, match="enough"):
            backward(
                lm.body, ids, scored, [("up", 1, fail)], one_block_at_a_time=one_block_at_a_time
            )
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in lm.hf.modules())
    assert all(each.requires_grad for each in lm.hf.parameters())


def test_what_cannot_be_asked_is_said(make_lm, rows):
    lm = make_lm("gpt2")
    ids, scored = padded(rows)
    scored[0, 0] = True
    with pytest.raises(ConfigError, match="first token has no prediction"):
        backward(lm.body, ids, scored, [], one_block_at_a_time=False)
    scored[0, 0] = False
    with pytest.raises(SiteError, match="its MLP has no gate"):
        backward(lm.body, ids, scored, [("gate", 0, lambda *_: None)], one_block_at_a_time=False)
