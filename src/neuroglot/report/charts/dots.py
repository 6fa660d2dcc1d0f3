"""Dots on a line, one row per language: several readings of one quantity side by side.

Each reading has a shape; the first one carries the language's colour and its interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from neuroglot.report.charts.drawing import (
    NARROW,
    WIDE,
    Chart,
    Drawing,
    Reach,
    Reading,
    at,
    group,
    path,
    text,
    text_width,
)
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.scale import Domain, decimals, finite, outwards, ticks
from neuroglot.report.numbers import fixed

SHAPES = "●◆▲■▼×"


@dataclass(frozen=True)
class Row:
    """One row: a value per reading; `low` and `high` belong to the first.

    note: words in place of the dots of a row that has none.
    """

    name: str
    names: str
    values: Sequence[float | None]
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Dots:
    """Rows of dots on one axis. `line`: a value to compare with, and its name.

    whole: the axis counts something, so that its ticks are whole numbers.
    """

    rows: Sequence[Row]
    readings: Sequence[str]
    axis: str
    title: str
    description: str
    digits: int
    line: tuple[float, str] | None = None
    width: float = WIDE
    zero: bool = True
    whole: bool = False


def dots(picture: Dots) -> Chart:
    """The chart; the read-out names every reading of a row."""
    told = " · ".join(f"{name} {{{slot}}}" for slot, name in enumerate(picture.readings))
    slots = [[[row.values[slot]] for row in picture.rows] for slot in range(len(picture.readings))]
    say, digits = "{row}: " + told, [picture.digits] * len(picture.readings)
    if any(row.low is not None for row in picture.rows):
        count = len(slots)
        say += f" · interval {{{count}}} to {{{count + 1}}}"
        slots += [[[row.low] for row in picture.rows], [[row.high] for row in picture.rows]]
        digits += [picture.digits] * 2
    reading = Reading([row.name for row in picture.rows], [""], say, slots, digits)
    wide, narrow = _drawing(picture, picture.width), _drawing(picture, NARROW)
    return Chart(picture.title, picture.description, wide, narrow, reading)


def _drawing(picture: Dots, width: float) -> Drawing:
    left = max(text_width(row.name) for row in picture.rows) + 14
    domain = _domain(picture)
    scale = width - left - 18
    key, above = _key(picture, width)
    pitch = 22.0
    bottom = above + pitch * len(picture.rows)

    def place(value: float) -> float:
        return left + 6 + scale * domain.place(value)

    body = key + _axis(
        picture, domain, [place(mark) for mark in _ticks(picture, domain)], above, bottom
    )
    if picture.line:
        x, name = place(picture.line[0]), picture.line[1]
        body += path(f"M{at(x)} {at(above - 4)}V{at(bottom)}", "rule")
        body += group(text(x, above - 8, name), "middle")
    body += _rows(picture, place, (left, above, pitch))
    origins = [(left, above + pitch * index) for index in range(len(picture.rows))]
    reach = Reach(origins, scale + 12, scale + 12, pitch)
    return Drawing(width, bottom + 38, body, reach)


def _rows(
    picture: Dots, place: Callable[[float], float], corner: tuple[float, float, float]
) -> str:
    """Names, spans and intervals, then the dots: one path per reading, the first in colours."""
    left, above, pitch = corner
    names, spans, whiskers, first, notes = "", "", "", "", ""
    others: list[list[tuple[float, float]]] = [[] for _ in picture.readings]
    for index, row in enumerate(picture.rows):
        middle = above + pitch * (index + 0.5)
        names += text(left - 8, middle + 4, row.name)
        known = [place(value) for value in finite(row.values)]
        spans += f"M{at(min(known))} {at(middle)}H{at(max(known))}" if known else ""
        notes += text(left + 6, middle + 4, row.note, "axis") if row.note and not known else ""
        if row.low is not None and row.high is not None:
            whiskers += f"M{at(place(row.low))} {at(middle)}H{at(place(row.high))}"
        for slot, value in enumerate(row.values):
            if value is not None and slot:
                others[slot].append((place(value), middle))
            elif value is not None:
                first += group(marks(SHAPES[0], [(place(value), middle)], radius=4.2), row.names)
    dotted = "".join(
        marks(SHAPES[slot], others[slot], radius=3.4) for slot in range(len(others) - 1, 0, -1)
    )
    drawn = group(names, "end") + path(spans, "span") + path(whiskers, "whisker") + notes
    return drawn + group(dotted, "l-other") + first


def _axis(
    picture: Dots, domain: Domain, places: Sequence[float], above: float, bottom: float
) -> str:
    values = _ticks(picture, domain)
    digits = decimals(values)
    grid = "".join(f"M{at(x)} {at(above)}V{at(bottom)}" for x in places)
    numbers = "".join(
        text(x, bottom + 15, fixed(value, digits)) for x, value in zip(places, values, strict=True)
    )
    axis = text((places[0] + places[-1]) / 2, bottom + 31, picture.axis, "axis")
    return path(grid, "grid") + group(numbers + axis, "middle")


def _key(picture: Dots, width: float) -> tuple[str, float]:
    drawn, x, y = "", 0.0, 10.0
    for slot, name in enumerate(picture.readings):
        needed = 14 + text_width(name) + 18
        if x and x + needed > width:
            x, y = 0.0, y + 18
        drawn += marks(SHAPES[slot], [(x + 5, y)], radius=3.6) + text(x + 14, y + 4, name)
        x += needed
    return group(drawn, "key l-other"), y + (30 if picture.line else 16)


def _domain(picture: Dots) -> Domain:
    """From tick to tick, so that no dot lies outside the grid."""
    values: list[float | None] = [value for row in picture.rows for value in row.values]
    values += [bound for row in picture.rows for bound in (row.low, row.high)]
    if picture.line:
        values.append(picture.line[0])
    tight = Domain.of(values, low=0.0 if picture.zero else None)
    return Domain(*outwards(_ticks(picture, tight), tight.low, tight.high))


def _ticks(picture: Dots, domain: Domain) -> list[float]:
    found = [ticks(domain.low, domain.high, about) for about in (5, 4, 3, 2)]
    whole = (marks for marks in found if all(mark == int(mark) for mark in marks))
    return next(whole, found[0]) if picture.whole else found[0]
