"""The difference of two estimates that come with intervals, and what lies where by relative depth.

Source of the interval: Zou and Donner, Statistics in Medicine 27, 2008 (variance estimates
recovered from the limits), for independent estimates; for paired ones it is too wide, never too
narrow while they rise and fall together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

DEPTHS = ("bottom", "middle", "top")


@dataclass(frozen=True)
class Estimate:
    """A value and its 95% interval."""

    value: float
    low: float
    high: float


def difference(one: Estimate, other: Estimate) -> Estimate:
    """`other` minus `one`, with the interval that their own limits give."""
    value = other.value - one.value
    return Estimate(
        value,
        value - hypot(other.value - other.low, one.high - one.value),
        value + hypot(other.high - other.value, one.value - one.low),
    )


def depth(layer: int, n_layers: int) -> str:
    """Where a layer lies: bottom below 1/4, top above 3/4 of x = (layer + 0.5) / layers."""
    x = (layer + 0.5) / n_layers
    return "bottom" if x < 1 / 4 else "top" if x > 3 / 4 else "middle"


def depth_shares(layers: Sequence[int], n_layers: int) -> dict[str, float]:
    """Share of neurons in each third of the depth, so that models of any size compare."""
    places = [depth(layer, n_layers) for layer in layers]
    return {name: places.count(name) / max(len(places), 1) for name in DEPTHS}
