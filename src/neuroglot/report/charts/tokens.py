"""A grid of tokens: a word in each cell, tinted by its probability, framed where it is true.

Tokens of a text stand below one another, levels of a model beside one another. The grid keeps its
size; where the page is narrower it scrolls inside its own box.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.report.charts.drawing import (
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
)
from neuroglot.report.charts.heat import tiles
from neuroglot.report.charts.scale import Domain
from neuroglot.report.palette import ink_class

_LETTER, _NAME_LETTER = 6.1, 6.8
"""Widths of a letter of the code's font, in a cell at ten pixels and in a row's name at eleven."""
_ROW = 19.0
_LEAST, _MOST = 54.0, 96.0
_LONGEST_ROW = 16
"""Letters of the name of a row."""
_ABOVE = 36.0
_PROBABILITY = Domain(0.0, 1.0)

Cells = Sequence[Sequence[float | None]]


@dataclass(frozen=True)
class TokenGrid:
    """What a grid of tokens shows, [row][column]: words, probabilities, which ones are true."""

    words: Sequence[Sequence[str]]
    probabilities: Cells
    true: Sequence[Sequence[bool]]
    rows: Sequence[str]
    columns: Sequence[str]
    axis: str
    title: str
    description: str
    reading: Reading


def token_grid(grid: TokenGrid) -> Chart:
    """The chart, in one size."""
    left = max(_letters(fitting(row, _LONGEST_ROW)) for row in grid.rows) * _NAME_LETTER + 10
    step = float(int(min(_MOST, max(_LEAST, (WIDE - left - 2) / len(grid.columns)))))
    width, height = step * len(grid.columns), _ROW * len(grid.rows)
    cells = tiles(grid.probabilities, _PROBABILITY, step, _ROW) + _words(grid, step)
    heads = "".join(
        text(left + step * (index + 0.5), _ABOVE - 8, column)
        for index, column in enumerate(grid.columns)
    )
    names = "".join(
        text(left - 8, _ABOVE + _ROW * (index + 0.5) + 3.5, fitting(row, _LONGEST_ROW), "mono")
        for index, row in enumerate(grid.rows)
    )
    body = group(text(left, 12, grid.axis, "axis") + group(heads, "middle"), "start")
    body += group(names, "end") + group(cells, "cells", move=(left, _ABOVE))
    origins = [(left, _ABOVE + _ROW * index) for index in range(len(grid.rows))]
    drawing = Drawing(left + width + 2, _ABOVE + height + 4, body, Reach(origins, step, step, _ROW))
    return Chart(grid.title, grid.description, drawing, reading=grid.reading, scrolls=True)


def fitting(words: str, letters: int) -> str:
    """As much of the words as has room, cut with an ellipsis."""
    if _letters(words) <= letters:
        return words
    cut = words
    while cut and _letters(cut) > letters - 1:
        cut = cut[:-1]
    return cut + "…"


def _letters(words: str) -> int:
    """Room that words take, in letters; East Asian ones and pictures take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _words(grid: TokenGrid, step: float) -> str:
    """Words and frames, both in the ink that reads on their cell."""
    room = int((step - 8) / _LETTER)
    inks: dict[str, list[str]] = {}
    frames: dict[str, list[str]] = {}
    for row, values in enumerate(grid.probabilities):
        for column, value in enumerate(values):
            if value is None:
                continue
            ink = ink_class(_PROBABILITY.level(value), diverging=False)
            x, y = step * column, _ROW * row
            word = fitting(grid.words[row][column], room)
            inks.setdefault(ink, []).append(text(x + step / 2, y + _ROW / 2 + 3.5, word))
            if grid.true[row][column]:
                frames.setdefault(ink, []).append(_frame(x + 1.5, y + 1.5, step - 3, _ROW - 3))
    drawn = "".join(path("".join(frames[ink]), f"frame {ink}") for ink in sorted(frames))
    return drawn + "".join(group("".join(inks[ink]), f"token {ink}") for ink in sorted(inks))


def _frame(x: float, y: float, width: float, height: float) -> str:
    """A box and, drawn the other way round, the hole in it: filled, it is a line in the ink."""
    inner = f"M{at(x + 1.3)} {at(y + 1.3)}v{at(height - 2.6)}h{at(width - 2.6)}v{at(2.6 - height)}z"
    return box(x, y, width, height) + inner
