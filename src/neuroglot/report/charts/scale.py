"""From values to places: domains, round ticks, levels of a ramp, labels that do not overlap."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from neuroglot.report.numbers import is_known
from neuroglot.report.palette import DIVERGING_LEVELS, LEVELS

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Domain:
    """The range of a scale, from its data: nothing is cut off. Diverging ones are symmetric."""

    low: float
    high: float
    diverging: bool = False

    @classmethod
    def of(cls, values: Iterable[float | None], *, low: float | None = None) -> "Domain":
        """The range of the values; `low` pulls its lower end down to itself (zero, mostly)."""
        known = finite(values) or [0.0, 1.0]
        least = min(known) if low is None else min(low, *known)
        most = max(known)
        return cls(least, most if most > least else least + 1)

    @classmethod
    def about_zero(cls, values: Iterable[float | None]) -> "Domain":
        """Symmetric about zero, wide enough for all values."""
        reach = max((abs(value) for value in finite(values)), default=1.0) or 1.0
        return cls(-reach, reach, diverging=True)

    def place(self, value: float) -> float:
        """0 at the lower end, 1 at the upper."""
        return (value - self.low) / (self.high - self.low)

    def level(self, value: float) -> int:
        """The level of the ramp that shows a value."""
        levels = DIVERGING_LEVELS if self.diverging else LEVELS
        return min(levels - 1, max(0, round(self.place(value) * (levels - 1))))


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that are there."""
    return [value for value in values if is_known(value)]


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values inside [low, high]: steps of 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def outwards(marks: Sequence[float], low: float, high: float) -> tuple[float, float]:
    """The ends of an axis with these ticks inside [low, high]: the next tick on either side."""
    step = marks[1] - marks[0] if len(marks) > 1 else high - low
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def powers(low: float, high: float, about: int = 4) -> tuple[list[float], list[str]]:
    """Powers of ten inside [low, high], every second or third where they are many; their labels."""
    first, last = (round(math.log10(end)) for end in (low, high))
    step = -(-(last - first + 1) // (about + 1))
    exponents = range(last, first - 1, -step)
    labels = ["1" if e == 0 else "10" + str(e).translate(_RAISED) for e in exponents]
    return [10.0**e for e in exponents], labels


def decades(values: Iterable[float | None], most: int = 6) -> tuple[float, float]:
    """The ends of a logarithmic axis for the values above zero: powers of ten, at most so many."""
    known = [value for value in finite(values) if value > 0] or [0.1, 1.0]
    last = math.ceil(math.log10(max(known)) - 1e-9)
    first = math.floor(math.log10(min(known)) + 1e-9)
    return 10.0 ** max(min(first, last - 1), last - most), 10.0**last


def round_up(value: float, about: int = 4) -> float:
    """The end of an axis that starts at zero: the first round tick at or above the value."""
    if value <= 0:
        return 1.0
    marks = ticks(0, value, about)
    step = marks[1] - marks[0] if len(marks) > 1 else value
    return math.ceil(value / step - 1e-9) * step


def decimals(marks: Sequence[float]) -> int:
    """How many decimals tell neighbouring ticks apart."""
    return next(
        (digits for digits in range(6) if all(abs(m - round(m, digits)) < 1e-9 for m in marks)), 6
    )


def thinned(count: int, room: float, least: float) -> list[int]:
    """Which of `count` labels to print when each has `room` pixels and needs `least`."""
    steps = (1, 2, 4, 5, 8, 10, 16, 20, 25, 50, 100)
    step = next((step for step in steps if step * room >= least), 200)
    return list(range(0, count, step))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, at least `gap` apart and inside [low, high] if they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    previous = low - gap
    for index in order:
        previous = placed[index] = max(wanted[index], previous + gap)
    ceiling = high + gap
    for index in reversed(order):
        ceiling = placed[index] = min(placed[index], ceiling - gap)
    return placed
