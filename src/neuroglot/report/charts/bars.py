"""Bars, one per language: what is real as a full bar, what was asked for beyond it hatched.

Hatching is drawn as lines cut at the bar's edges, so that no pattern needs an id.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.report.charts.drawing import (
    NARROW,
    WIDE,
    Chart,
    Drawing,
    Reach,
    Reading,
    at,
    box,
    group,
    path,
    text,
    text_width,
)
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.scale import decimals, finite, round_up, ticks
from neuroglot.report.numbers import MISSING, fixed

_HATCH = 5


@dataclass(frozen=True)
class Bar:
    """One bar: its value, and what was asked for, drawn hatched beyond the value."""

    name: str
    names: str
    marker: str
    value: float | None
    asked: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars from zero on one axis, in colours, with a number at each end.

    `key` explains full, hatched and light, in this order. The read-out's slots: value, asked.
    """

    bars: Sequence[Bar]
    axis: str
    title: str
    description: str
    say: str
    key: Sequence[str] = ()
    digits: int = 0
    width: float = WIDE
    row_height: float = 22
    above: float = 8


@dataclass(frozen=True)
class Strip:
    """Bars without an axis, in small: one stands out in colour, the others are grey."""

    names: Sequence[str]
    values: Sequence[float | None]
    coloured: Sequence[bool]
    colour: str
    title: str
    description: str
    digits: int
    width: float = 300
    pitch: float = 17


def bars(picture: Bars) -> Chart:
    """The chart of bars on an axis."""
    slots = [
        [[bar.value] for bar in picture.bars],
        [[bar.asked] for bar in picture.bars],
    ]
    names = [bar.name for bar in picture.bars]
    reading = Reading(names, [""], picture.say, slots, [picture.digits] * 2)
    wide = _drawing(picture, picture.width)
    narrow = _drawing(picture, NARROW) if picture.width > NARROW else None
    return Chart(picture.title, picture.description, wide, narrow, reading)


def strip(picture: Strip) -> Chart:
    """The chart of small bars; their numbers are printed, so there is nothing to read out."""
    words = [
        f"{name}  {fixed(value, picture.digits)}"
        for name, value in zip(picture.names, picture.values, strict=True)
    ]
    left = max(text_width(word, 11) for word in words) + 6
    scale = (picture.width - left - 2) / (max(finite(picture.values), default=0.0) or 1.0)
    labels, shapes = "", {True: "", False: ""}
    for index, value in enumerate(picture.values):
        middle = picture.pitch * (index + 0.5)
        labels += text(left - 6, middle + 4, words[index])
        length = max((value or 0.0) * scale, 0.5)
        shapes[picture.coloured[index]] += box(left, middle - 5, length, 10)
    drawn = group(labels, "end small") + group(path(shapes[False], "bar"), "tone-d")
    drawn += group(path(shapes[True], "bar"), picture.colour)
    drawing = Drawing(picture.width, picture.pitch * len(words) + 2, drawn)
    return Chart(picture.title, picture.description, drawing)


def _drawing(picture: Bars, width: float) -> Drawing:
    left = max(text_width(bar.name) for bar in picture.bars) + 26
    top = round_up(max(finite([v for b in picture.bars for v in (b.value, b.asked)]), default=1), 4)
    scale = (width - left - text_width(fixed(top, picture.digits)) - 10) / top
    bottom = picture.above + picture.row_height * len(picture.bars)
    names, origins = "", []
    body = _axis(picture, left, scale, top, bottom)
    for index, bar in enumerate(picture.bars):
        origins.append((left, picture.above + picture.row_height * index))
        middle = origins[-1][1] + picture.row_height / 2
        names += text(left - 22, middle + 4, bar.name)
        body += group(_bar(bar, picture, left, scale, middle), bar.names)
    body += group(names, "end") + _key(picture.key, bottom + 50)
    reach = Reach(origins, top * scale, top * scale, picture.row_height)
    return Drawing(width, bottom + (58 if picture.key else 38), body, reach)


def _bar(bar: Bar, picture: Bars, left: float, scale: float, middle: float) -> str:
    drawn = marks(bar.marker, [(left - 12, middle)], radius=3.5)
    if bar.value is None:
        return drawn + text(left + 4, middle + 4, MISSING)
    asked = bar.value if bar.asked is None else bar.asked
    thick = min(14.0, picture.row_height - 6)
    y = middle - thick / 2
    real, most = left + min(bar.value, asked) * scale, left + max(bar.value, asked) * scale
    if real > left:
        drawn += path(box(left, y, real - left, thick), "bar")
    if bar.value > asked:
        drawn += path(box(real, y, most - real, thick), "bar beyond")
    if asked > bar.value:
        drawn += _hatched(real, y, most - real, thick)
    return drawn + text(most + 6, middle + 4, fixed(bar.value, picture.digits), "value")


def _axis(picture: Bars, left: float, scale: float, top: float, bottom: float) -> str:
    heights = ticks(0, top, 4)
    digits = decimals(heights)
    places = [(left + mark * scale, mark) for mark in heights]
    grid = "".join(f"M{at(x)} {at(picture.above)}V{at(bottom)}" for x, _ in places)
    numbers = "".join(text(x, bottom + 15, fixed(mark, digits)) for x, mark in places)
    axis = text(left + top * scale / 2, bottom + 31, picture.axis, "axis")
    return path(grid, "grid") + group(numbers + axis, "middle")


def _key(words: Sequence[str], y: float) -> str:
    drawn, x = "", 0.0
    for index, word in enumerate(words):
        shape = box(x, y - 9, 16, 10)
        drawn += (
            _hatched(x, y - 9, 16, 10)
            if index == 1
            else path(shape, "bar" if index == 0 else "bar beyond")
        )
        drawn += text(x + 21, y, word)
        x += 21 + text_width(word) + 14
    return group(drawn, "key l-other")


def _hatched(x: float, y: float, width: float, height: float) -> str:
    """An outline filled with lines at 45 degrees, each cut where it leaves the rectangle."""
    lines = ""
    offset = _HATCH / 2
    while offset < width + height:
        start, end = max(0.0, offset - height), min(offset, width)
        lines += f"M{at(x + start)} {at(y + offset - start)}L{at(x + end)} {at(y + offset - end)}"
        offset += _HATCH
    return path(lines + box(x, y, width, height), "hatch")
