"""Views: which part of a module's tensor a site is, and how an edited part is put back.

`read` gives the part, `write` the whole tensor with the part replaced; writing back what was read
gives the same bits. Knows no model.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class View(Protocol):
    """A part of a tensor [row, token, ...]."""

    def read(self, whole: Tensor) -> Tensor:
        """The part."""
        ...

    def write(self, whole: Tensor, part: Tensor) -> Tensor:
        """The whole with this part in it, as a new tensor or `part` itself."""
        ...


@dataclass(frozen=True)
class Whole:
    """All of the tensor."""

    def read(self, whole: Tensor) -> Tensor:
        """The tensor itself."""
        return whole

    def write(self, whole: Tensor, part: Tensor) -> Tensor:
        """The part itself."""
        return part


@dataclass(frozen=True)
class Split:
    """Coordinates start to stop of each of `groups` equal groups of the last axis."""

    groups: int
    start: int
    stop: int

    def read(self, whole: Tensor) -> Tensor:
        """[..., groups * (stop - start)], without a copy where there is one group."""
        grouped = whole.view(*whole.shape[:-1], self.groups, -1)
        return grouped[..., self.start : self.stop].flatten(-2)

    def write(self, whole: Tensor, part: Tensor) -> Tensor:
        """A copy of the whole with the part in its place."""
        copy = whole.clone()
        grouped = copy.view(*copy.shape[:-1], self.groups, -1)
        grouped[..., self.start : self.stop] = part.reshape(*part.shape[:-1], self.groups, -1)
        return copy


@dataclass(frozen=True)
class Heads:
    """The last axis as [head, head width]."""

    heads: int
    width: int

    def read(self, whole: Tensor) -> Tensor:
        """[..., head, head width], without a copy."""
        return whole.view(*whole.shape[:-1], self.heads, self.width)

    def write(self, whole: Tensor, part: Tensor) -> Tensor:
        """The heads side by side."""
        return part.flatten(-2)


@dataclass(frozen=True)
class Scaled:
    """The tensor times a constant that the model multiplies by after the module."""

    factor: float

    def read(self, whole: Tensor) -> Tensor:
        """What the model will add."""
        return whole * self.factor

    def write(self, whole: Tensor, part: Tensor) -> Tensor:
        """Unscaled again; values that were left alone keep their bits."""
        return torch.where(part == self.read(whole), whole, part / self.factor)
