"""The frame of line charts: ordered columns across, values upwards, lines and bands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.report.charts.drawing import at, group, path, text, text_width
from neuroglot.report.charts.scale import decimals, powers, thinned, ticks
from neuroglot.report.numbers import fixed, is_known

Values = Sequence[float | None]


@dataclass(frozen=True)
class Frame:
    """A rectangle with both scales: `columns` centred in equal steps, values `bottom` to `top`."""

    x: float
    y: float
    width: float
    height: float
    columns: Sequence[str]
    top: float
    bottom: float = 0.0
    logarithmic: bool = False

    @property
    def step(self) -> float:
        """The distance from one column to the next."""
        return self.width / len(self.columns)

    def across(self, column: int) -> float:
        """Where a column stands."""
        return self.x + self.step * (column + 0.5)

    def up(self, value: float) -> float:
        """Where a value stands; on a logarithmic axis nothing lies below its lower end."""
        if self.logarithmic:
            share = math.log(max(value, self.bottom) / self.bottom, self.top / self.bottom)
        else:
            share = (value - self.bottom) / (self.top - self.bottom)
        return self.y + self.height * (1 - share)

    def places(self, values: Values) -> list[tuple[float, float]]:
        """The points of the values that are there."""
        return [
            (self.across(column), self.up(value))
            for column, value in enumerate(values)
            if is_known(value)
        ]


def axes(frame: Frame, *, about: int, size: float, values: bool = True, names: bool = True) -> str:
    """Grid lines; on request their values at the left and the names of the columns below."""
    heights, labels = marked(frame.bottom, frame.top, about, logarithmic=frame.logarithmic)
    grid = "".join(f"M{at(frame.x)} {at(frame.up(mark))}h{at(frame.width)}" for mark in heights)
    drawn = path(grid, "grid")
    if frame.bottom < 0:
        drawn += path(f"M{at(frame.x)} {at(frame.up(0))}h{at(frame.width)}", "leader")
    if values:
        places = zip(heights, labels, strict=True)
        numbers = [text(frame.x - 5, frame.up(mark) + 3.5, words) for mark, words in places]
        drawn += group("".join(numbers), "end tick")
    if names:
        least = max(text_width(column, size) for column in frame.columns) + 8
        words = [
            text(frame.across(index), frame.y + frame.height + size + 4, frame.columns[index])
            for index in thinned(len(frame.columns), frame.step, least)
        ]
        drawn += group("".join(words), "middle tick")
    return drawn


def marked(
    bottom: float, top: float, about: int, *, logarithmic: bool
) -> tuple[list[float], list[str]]:
    """The values at the left of an axis, and how they are written."""
    if logarithmic:
        return powers(bottom, top, about)
    heights = ticks(bottom, top, about)
    return heights, [fixed(mark, decimals(heights)) for mark in heights]


def polylines(frame: Frame, lines: Sequence[Values], names: str) -> str:
    """One path through the values that are there, for one line or several of the same look."""
    places = [frame.places(values) for values in lines]
    return path("".join(f"M{_joined(points)}" for points in places if len(points) > 1), names)


def band(frame: Frame, low: Values, high: Values) -> str:
    """The area between two lines."""
    upper, lower = frame.places(high), frame.places(low)
    return path(f"M{_joined([*upper, *reversed(lower)])}z", "band") if upper and lower else ""


def _joined(places: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{at(x)} {at(y)}" for x, y in places)
