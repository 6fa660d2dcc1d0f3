"""What a chart is, and the few words of SVG that all of them are written in.

Every text passes `escape`; coordinates carry one decimal; colours are classes, so that the page's
theme reaches into the drawing. Knows no table and no run.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from neuroglot.report.escaping import visible
from neuroglot.report.numbers import is_known

WIDE = 880
NARROW = 356
"""Widths of the page's column on a desk and on a phone of 380 px."""

WORD = -1
"""The decimals of a slot that holds words."""


@dataclass(frozen=True)
class Reach:
    """Where the values stand in a drawing, so that pointer and arrow keys find them.

    origins: one (x, y) per row, the left top corner of its first value.
    step: distance from one column to the next; width, height: the box of one value.
    """

    origins: Sequence[tuple[float, float]]
    step: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """One SVG: its size in CSS pixels, its elements, and where its values stand."""

    width: float
    height: float
    body: str
    reach: Reach | None = None


@dataclass(frozen=True)
class Reading:
    """What the read-out says: `{row}`, `{column}` and one `{0}`, `{1}` ... per slot.

    slots: each [rows][columns], None where there is no value; digits: decimals of each slot, WORD
    for a slot whose values are places in `words`.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    say: str
    slots: Sequence[Sequence[Sequence[float | None]]]
    digits: Sequence[int]
    words: Sequence[str] = ()

    def block(self) -> dict[str, object]:
        """Values as whole numbers, scaled by their decimals."""
        words = {"words": [visible(word) for word in self.words]} if self.words else {}
        return words | {
            "rows": [visible(row) for row in self.rows],
            "columns": [visible(column) for column in self.columns],
            "say": self.say,
            "digits": list(self.digits),
            "slots": [
                [[scaled(value, digits) for value in row] for row in slot]
                for slot, digits in zip(self.slots, self.digits, strict=True)
            ],
        }


@dataclass(frozen=True)
class Chart:
    """One picture in one or two sizes; `narrow` is what a phone shows, None when wide fits it.

    scrolls: it keeps its size everywhere and scrolls inside its own box.
    """

    title: str
    description: str
    wide: Drawing
    narrow: Drawing | None = None
    reading: Reading | None = None
    scrolls: bool = False


def scaled(value: float | None, digits: int) -> int | None:
    """A value as a whole number of its last decimal; the place of a word as it is."""
    return round(value * 10 ** max(0, digits)) if is_known(value) else None


def escape(text: str) -> str:
    """Text for an element or an attribute, hostile characters made visible."""
    return html.escape(visible(text))


def at(value: float) -> str:
    """A coordinate: one decimal, none when it is whole, never a negative zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text(x: float, y: float, words: str, names: str = "", *, turn: int = 0) -> str:
    """A text element; `names` are its classes, `turn` its angle in degrees about (x, y)."""
    classes = f' class="{names}"' if names else ""
    turned = f' transform="rotate({turn} {at(x)} {at(y)})"' if turn else ""
    return f'<text x="{at(x)}" y="{at(y)}"{classes}{turned}>{escape(words)}</text>'


def path(d: str, names: str) -> str:
    """A path element; empty paths are left out."""
    return f'<path class="{names}" d="{d}"/>' if d else ""


def group(inner: str, names: str, *, move: tuple[float, float] | None = None) -> str:
    """A group, moved by (x, y) when asked."""
    moved = f' transform="translate({at(move[0])} {at(move[1])})"' if move else ""
    return f'<g class="{names}"{moved}>{inner}</g>'


def box(x: float, y: float, width: float, height: float) -> str:
    """Path data of a rectangle."""
    return f"M{at(x)} {at(y)}h{at(width)}v{at(height)}h{at(-width)}z"


def text_width(words: str, size: float = 12) -> float:
    """A generous guess of a text's width; fonts differ, so leave room."""
    return sum(0.34 if character in "iljtf.,' |I()[]" else 0.64 for character in words) * size


def svg(chart: Chart, drawing: Drawing, *, id: str, size: str) -> Markup:
    """The SVG element of one of a chart's drawings; `id` is unique on the page."""
    geometry = ""
    focus = ""
    if drawing.reach and chart.reading:
        reach = drawing.reach
        numbers = {
            "at": [[round(x, 1), round(y, 1)] for x, y in reach.origins],
            "step": round(reach.step, 2),
            "size": [round(reach.width, 1), round(reach.height, 1)],
        }
        geometry = f' data-reach="{html.escape(json.dumps(numbers, separators=(",", ":")))}"'
        focus = ' tabindex="0"'
    width, height = at(drawing.width), at(drawing.height)
    return Markup(
        f'<svg id="{id}" class="chart {size}" role="img" aria-labelledby="{id}-t {id}-d"{focus}'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}"{geometry}>'
        f'<title id="{id}-t">{escape(chart.title)}</title>'
        f'<desc id="{id}-d">{escape(chart.description)}</desc>{drawing.body}</svg>'
    )
