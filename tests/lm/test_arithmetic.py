"""bfloat16 on a processor without it: the same numbers, multiplied in float32 and rounded once."""

import pytest
import torch

from neuroglot.lm import arithmetic as room
from neuroglot.lm.arithmetic import WORTH_IT, arithmetic, has_bfloat16

BFLOAT16 = torch.bfloat16


@pytest.fixture
def processor(monkeypatch):
    """Set what torch says of the processor."""

    def has(**capabilities):
        monkeypatch.setattr(room, "get_capabilities", lambda: capabilities)

    return has


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"avx512_bf16": False, "amx_bf16": False, "avx2": True}, False),
        ({"architecture": "unheard of"}, True),
    ],
)
def test_whether_a_processor_has_bfloat16(processor, capabilities, expected):
    processor(**capabilities)
    assert has_bfloat16() is expected


def test_what_this_processor_says_is_understood():
    assert has_bfloat16() in (True, False)
    assert any("bf16" in name for name in room.get_capabilities())


@pytest.mark.parametrize("bias", [False, True])
def test_a_product_is_that_of_the_same_numbers_in_float32_rounded(processor, bias):
    processor(avx512_bf16=False)
    layer = torch.nn.Linear(64, 48, bias=bias, dtype=BFLOAT16)
    rows = torch.randn(2, WORTH_IT // 2, 64, generator=torch.Generator().manual_seed(0))
    rows = rows.to(BFLOAT16)
    with torch.no_grad(), arithmetic(layer):
        given = layer(rows)
    wide = rows.double() @ layer.weight.double().T
    wide = wide + layer.bias.double() if bias else wide
    assert given.dtype is BFLOAT16
    # Half of the last of eight significant bits, and float32's own rounding.
    assert ((given.double() - wide).abs() <= wide.abs() * 2**-8 * 1.01 + 1e-6).all()


@pytest.mark.parametrize(
    ("native", "dtype", "rows"),
    [(True, BFLOAT16, 64), (False, torch.float32, 64), (False, BFLOAT16, WORTH_IT - 1)],
)
def test_elsewhere_the_model_runs_as_torch_runs_it(processor, native, dtype, rows):
    processor(avx512_bf16=native)
    layer = torch.nn.Linear(64, 48, dtype=dtype)
    given = torch.randn(rows, 64).to(dtype)
    with torch.no_grad():
        plain = layer(given)
        with arithmetic(layer):
            assert torch.equal(layer(given), plain)


def test_every_family_computes_the_same_within_rounding(make_lm, family, processor):
    lm = make_lm(family, BFLOAT16)
    ids = torch.arange(2 * WORTH_IT).remainder(lm.tokenizer.size)[None]
    processor(avx512_bf16=True)
    with torch.no_grad():
        plain = lm.logits(ids).double()
        processor(avx512_bf16=False)
        given = lm.logits(ids)
    assert given.dtype is BFLOAT16
    assert (given.double() - plain).abs().max() <= 3e-2 * plain.abs().max()


def test_gradients_flow(processor):
    processor(avx512_bf16=False)
    layer = torch.nn.Linear(64, 48, dtype=BFLOAT16)
    rows = torch.ones(WORTH_IT, 64, dtype=BFLOAT16, requires_grad=True)
    with torch.enable_grad(), arithmetic(layer):
        layer(rows).sum().backward()
    assert rows.grad is not None and rows.grad.dtype is BFLOAT16
    assert torch.allclose(layer.weight.grad, torch.full_like(layer.weight, WORTH_IT))
