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


def means_of(seen, rows):
    """What `measured` kept, row by row, with the gradient of the mean in place of the sum."""
    return [
        {
            key: (value[number, : len(row)], gradient[number, : len(row)] / (len(row) - 1))
            for key, (value, gradient) in seen.items()
        }
        for number, row in enumerate(rows)
    ]


def apart_and_most(ours, theirs):
    """Largest difference, and largest absolute value of `theirs`, by (site, value or gradient)."""
    apart, most = {}, {}
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.keys() == other.keys()
        for (site, layer), parts in mine.items():
            names = ("value", "gradient")
            for name, a, b in zip(names, parts, other[site, layer], strict=True):
                key = site, name
                apart[key] = max(apart.get(key, 0.0), float((a.float() - b.float()).abs().max()))
                most[key] = max(most.get(key, 0.0), float(b.float().abs().max()))
    return apart, most


@pytest.mark.parametrize("one_block_at_a_time", [False, True], ids=["at-once", "block-by-block"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_gradients_are_those_of_autograd(family, dtype, one_block_at_a_time, make_lm, rows):
    lm = make_lm(family, dtype=dtype)
    nats, seen = measured(lm, rows, one_block_at_a_time=one_block_at_a_time)
    expected = [by_hand(lm, row) for row in rows]
    for number, (row, (loss, _)) in enumerate(zip(rows, expected, strict=True)):
        assert float(nats[number]) == pytest.approx((len(row) - 1) * loss, rel=TOLERANCE[dtype])
    by_autograd = [found for _, found in expected]
    apart, most = apart_and_most(means_of(seen, rows), by_autograd)
    allowed = {key: TOLERANCE[dtype] * value for key, value in most.items()}
    if dtype == torch.bfloat16:
        # Differences of near equals: how far autograd itself is from float32 says what they keep.
        float32 = make_lm(family)
        float32.hf.load_state_dict(lm.hf.state_dict())
        own, _ = apart_and_most(by_autograd, [by_hand(float32, row)[1] for row in rows])
        allowed = {key: max(value, 2 * own[key]) for key, value in allowed.items()}
    assert apart.keys() == allowed.keys()
    for key, distance in apart.items():
        assert distance <= allowed[key], (key, distance, most[key])


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
