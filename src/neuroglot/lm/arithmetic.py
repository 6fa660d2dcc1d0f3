"""bfloat16 models on a processor that has no bfloat16 arithmetic.

There torch takes each product of a bfloat16 matrix six to eight times as long as in float32, though
it adds up in float32 all the same. Here the product is taken in float32 from the very same bfloat16
numbers and rounded to bfloat16: two results in ten thousand differ, in the last bit. Weights stay
in bfloat16; one matrix at a time is held in float32.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.cpu import get_capabilities
from torch.overrides import TorchFunctionMode

WORTH_IT = 32
"""Rows from which on the float32 product gains more than the change of format costs."""


def arithmetic(model: nn.Module) -> AbstractContextManager[object]:
    """The way to multiply while this model runs."""
    weights = next(model.parameters())
    if weights.dtype is not torch.bfloat16 or not _is_emulated(weights.device):
        return nullcontext()
    return _ProductsInFloat32(_ROWS_IN)


def products_of_bfloat16(device: torch.device) -> AbstractContextManager[object]:
    """The way to multiply any two bfloat16 matrices on a device, as an optimiser does."""
    if not _is_emulated(device):
        return nullcontext()
    return _ProductsInFloat32({**_ROWS_IN, torch.Tensor.matmul: 0})


def _is_emulated(device: torch.device) -> bool:
    return device.type == "cpu" and not has_bfloat16()


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 numbers by itself; True where it cannot be told.

    An x86 processor does so with AVX512-BF16 or AMX, an ARM one with BF16.
    """
    known = {name: value for name, value in get_capabilities().items() if "bf16" in name}
    return not known or any(known.values())


class _ProductsInFloat32(TorchFunctionMode):
    """Products of bfloat16 matrices by way of float32.

    rows_in: the functions that multiply, and which of their arguments holds the rows.
    """

    def __init__(self, rows_in: Mapping[Any, int]) -> None:
        super().__init__()
        self.rows_in = rows_in

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func not in self.rows_in or not _worth_it(args, args[self.rows_in[func]]):
            return func(*args, **(kwargs or {}))
        wide = [None if each is None else each.float() for each in args]
        return func(*wide, **(kwargs or {})).to(torch.bfloat16)


_ROWS_IN = {torch.nn.functional.linear: 0, torch.addmm: 1}
"""What multiplies in a model: linear layers, and GPT-2's addmm."""


def _worth_it(factors: Sequence[Tensor | None], rows: Tensor) -> bool:
    all_bfloat16 = all(each is None or each.dtype is torch.bfloat16 for each in factors)
    return all_bfloat16 and rows.numel() >= WORTH_IT * rows.shape[-1]
