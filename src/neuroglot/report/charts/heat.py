"""Heat map: rows x columns of values on one ramp, numbers in the cells where they fit.

One path per level of the ramp holds all cells of that level as strokes of width one in cell units,
so a map of 40 x 100 has as few elements as one of 4 x 4.
"""

import math
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
from neuroglot.report.charts.scale import Domain, decimals, thinned, ticks
from neuroglot.report.numbers import cell, fixed, is_known
from neuroglot.report.palette import DIVERGING_LEVELS, LEVELS, ink_class, level_class

Values = Sequence[Sequence[float | None]]

_NUMBER = 9.5
_LEAST_CELL_FOR_GAPS = 10
_LABEL = 12
_SLANT = 55
_BAR = 150
_SWATCHES = 16


@dataclass(frozen=True)
class HeatMap:
    """What a heat map shows.

    values: [rows][columns], None leaves the cell blank. `say` and `digits` are the read-out's
    (`{row}`, `{column}`, `{0}`). `numbers`: print values in cells of sufficient size. `axis` names
    the columns below them; with an axis the columns are numbers and stand upright. `bar`: draw the
    ramp's key; a map that shares its scale with a neighbour goes without.
    """

    values: Values
    rows: Sequence[str]
    columns: Sequence[str]
    domain: Domain
    title: str
    description: str
    say: str
    digits: int = 3
    numbers: bool = True
    axis: str = ""
    bar: bool = True
    width: float = WIDE
    row_height: float = 22


def heat(map_: HeatMap) -> Chart:
    """The chart of a heat map; the phone's drawing has narrower cells."""
    reading = Reading(map_.rows, map_.columns, map_.say, [map_.values], [map_.digits])
    wide = _drawing(map_, map_.width, largest=30)
    narrow = _drawing(map_, NARROW, largest=30)
    return Chart(
        map_.title,
        map_.description,
        wide,
        narrow if wide.width > NARROW else None,
        reading,
    )


def _drawing(map_: HeatMap, width: float, *, largest: float) -> Drawing:
    narrow = width <= NARROW
    size = 11 if narrow else _LABEL
    left = max(text_width(row, size) for row in map_.rows) + 8
    slanted = not map_.axis
    longest = max(text_width(column, size) for column in map_.columns)
    lean = longest * math.sin(math.radians(_SLANT)) if slanted else 0
    last = text_width(map_.columns[-1], size) * math.cos(math.radians(_SLANT)) - 8 if slanted else 0
    step = min(largest, (width - left - max(0, last)) / len(map_.columns))
    if step >= 6:
        step = int(step)
    height = map_.row_height
    top = lean + 10 if slanted else 8
    across, down = step * len(map_.columns), height * len(map_.rows)
    cells = _cells(map_, step, height)
    body = group(cells, "cells", move=(left, top))
    body += _row_labels(map_, left, top, size)
    bottom = top + down
    if slanted:
        body += _slanted_labels(map_, left, top, step)
    else:
        body += _upright_labels(map_, left, bottom, step)
        bottom += 34
    if map_.bar:
        body += group(_key(map_.domain), "key", move=(left, bottom + 12))
        bottom += 40
    reach = Reach(
        [(left, top + index * height) for index in range(len(map_.rows))], step, step, height
    )
    right = left + across + max(2, last)
    return Drawing(min(width, max(right, left + _BAR + 24)), bottom + 4, body, reach)


def tiles(values: Values, domain: Domain, step: float, height: float) -> str:
    """All cells in their colours, from (0, 0) on, with gaps where there is room for them."""
    levels: dict[int, list[str]] = {}
    for row, own in enumerate(values):
        for start, length, level in _runs(own, domain):
            levels.setdefault(level, []).append(f"M{start} {row}.5h{length}")
    strokes = "".join(
        path("".join(levels[level]), level_class(level, diverging=domain.diverging))
        for level in sorted(levels)
    )
    drawn = f'<g class="level" transform="scale({at(step)} {at(height)})">{strokes}</g>'
    if step >= _LEAST_CELL_FOR_GAPS:
        drawn += _gaps(len(values), len(values[0]), step, height)
    return drawn


def _cells(map_: HeatMap, step: float, height: float) -> str:
    drawn = tiles(map_.values, map_.domain, step, height)
    if map_.numbers and step >= _widest_number(map_) + 3:
        drawn += _numbers(map_, step, height)
    return drawn


def _runs(values: Sequence[float | None], domain: Domain) -> list[tuple[int, int, int]]:
    """(first column, how many, level) of equal neighbours."""
    runs: list[tuple[int, int, int]] = []
    for column, value in enumerate(values):
        if not is_known(value):
            continue
        level = domain.level(value)
        if runs and runs[-1][0] + runs[-1][1] == column and runs[-1][2] == level:
            start, length, _ = runs[-1]
            runs[-1] = (start, length + 1, level)
        else:
            runs.append((column, 1, level))
    return runs


def _gaps(rows: int, columns: int, step: float, height: float) -> str:
    lines = [f"M0 {at(row * height)}h{at(columns * step)}" for row in range(1, rows)]
    lines += [f"M{at(column * step)} 0v{at(rows * height)}" for column in range(1, columns)]
    return path("".join(lines), "gap")


def _numbers(map_: HeatMap, step: float, height: float) -> str:
    inks: dict[str, list[str]] = {}
    for row, values in enumerate(map_.values):
        for column, value in enumerate(values):
            if not is_known(value):
                continue
            ink = ink_class(map_.domain.level(value), diverging=map_.domain.diverging)
            place = (step * (column + 0.5), height * (row + 0.5) + 3.5)
            inks.setdefault(ink, []).append(text(*place, _number(map_, value)))
    return "".join(group("".join(inks[ink]), f"number {ink}") for ink in sorted(inks))


def _widest_number(map_: HeatMap) -> float:
    words = (_number(map_, value) for row in map_.values for value in row if value is not None)
    return max((text_width(number, _NUMBER) for number in words), default=0)


def _number(map_: HeatMap, value: float) -> str:
    return cell(value) if map_.digits else fixed(value, 0)


def _row_labels(map_: HeatMap, left: float, top: float, size: float) -> str:
    shift = map_.row_height / 2 + 4
    labels = "".join(
        text(left - 6, top + index * map_.row_height + shift, row)
        for index, row in enumerate(map_.rows)
    )
    return group(labels, "end" if size >= _LABEL else "end small")


def _slanted_labels(map_: HeatMap, left: float, top: float, step: float) -> str:
    labels = "".join(
        text(left + step * (index + 0.5) + 3, top - 6, column, turn=-_SLANT)
        for index, column in enumerate(map_.columns)
    )
    return group(labels, "start")


def _upright_labels(map_: HeatMap, left: float, bottom: float, step: float) -> str:
    widest = max(text_width(column) for column in map_.columns)
    shown = thinned(len(map_.columns), step, widest + 4)
    labels = "".join(
        text(left + step * (index + 0.5), bottom + 15, map_.columns[index]) for index in shown
    )
    middle = left + step * len(map_.columns) / 2
    return group(labels + text(middle, bottom + 31, map_.axis, "axis"), "middle")


def _key(domain: Domain) -> str:
    """The ramp with its round values."""
    last = (DIVERGING_LEVELS if domain.diverging else LEVELS) - 1
    shown = [round(index * last / _SWATCHES) for index in range(_SWATCHES + 1)]
    width = _BAR / len(shown)
    bands = "".join(
        path(
            box(index * width, 0, width + 0.3, 9),
            f"swatch {level_class(level, diverging=domain.diverging)}",
        )
        for index, level in enumerate(shown)
    )
    marks = next(
        (found for about in (3, 4, 6) if len(found := ticks(domain.low, domain.high, about)) > 2),
        [domain.low, domain.high],
    )
    digits = decimals(marks)
    labels = "".join(text(_BAR * domain.place(mark), 22, fixed(mark, digits)) for mark in marks)
    return bands + group(labels, "middle")
