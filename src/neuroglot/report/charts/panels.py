"""Small multiples: one small panel per language, all on the same axes, each with its null band.

More than seven coloured lines in one picture cannot be told apart; here each has its own frame.
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
    box,
    group,
    path,
    text,
    text_width,
)
from neuroglot.report.charts.frame import Frame, Values, axes, band, marked, polylines
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.scale import Domain, decades, finite, outwards, round_up, ticks

_LEFT, _ABOVE, _BELOW, _GAP = 28, 26, 24, 18
_TITLE, _TICKS, _SIZE = 14, 3, 10.5
_LEFT_OF_POWERS = 33
_MOST_MARKS = 16


@dataclass(frozen=True)
class Line:
    """A line of a panel: its style (`main`, `second`, `null`, `twin`, `others`) and its values.

    `more` holds further lines of the same style.
    """

    style: str
    values: Values
    more: Sequence[Values] = ()


@dataclass(frozen=True)
class Panel:
    """One language's panel: lines from back to front, and the band behind them."""

    title: str
    names: str
    marker: str
    lines: Sequence[Line]
    low: Values = ()
    high: Values = ()


@dataclass(frozen=True)
class Multiples:
    """All panels, on one pair of axes. `key` explains the styles; `top` fixes the upper end.

    The axis starts at zero, or below it where a value does; without `zero` it goes from the tick
    below all values to the one above. A logarithmic one takes in at most six powers of ten: what is
    smaller stands on its lower edge.
    """

    panels: Sequence[Panel]
    columns: Sequence[str]
    axis: str
    title: str
    description: str
    reading: Reading
    key: Sequence[tuple[str, str]] = ()
    top: float | None = None
    logarithmic: bool = False
    zero: bool = True


def multiples(picture: Multiples) -> Chart:
    """The chart: four or three panels side by side on a desk, two on a phone, if titles fit."""
    count = len(picture.panels)
    across = min(count, 3 if -count % 3 < -count % 4 else 4)
    wide = _drawing(picture, WIDE, across)
    narrow = _drawing(picture, NARROW, min(2, across))
    return Chart(picture.title, picture.description, wide, narrow, picture.reading)


def _drawing(picture: Multiples, width: float, most: int) -> Drawing:
    bottom, top = _ends(picture)
    _, labels = marked(bottom, top, _TICKS, logarithmic=picture.logarithmic)
    least = _LEFT_OF_POWERS if picture.logarithmic else _LEFT
    left = max(least, *(text_width(label, _SIZE) + 6 for label in labels))
    across, widest = most, max(_TITLE + text_width(panel.title) for panel in picture.panels)
    while across > 1 and _panel_width(width, left, across) < widest:
        across -= 1
    inner_width = _panel_width(width, left, across)
    inner = min(130, max(84, 0.52 * inner_width))
    pitch = inner + _ABOVE + 8
    key, key_height = _key(picture.key, width)
    frames = [
        Frame(
            (index % across) * (inner_width + _GAP) + left,
            (index // across) * pitch + key_height + _ABOVE,
            inner_width,
            inner,
            picture.columns,
            top,
            bottom,
            picture.logarithmic,
        )
        for index in range(len(picture.panels))
    ]
    body = key
    for index, (panel, frame) in enumerate(zip(picture.panels, frames, strict=True)):
        outer = axes(
            frame,
            about=_TICKS,
            size=_SIZE,
            values=index % across == 0,
            names=index + across >= len(frames),
        )
        body += group(outer + _panel(panel, frame), panel.names)
    height = key_height + -(-len(frames) // across) * pitch + _BELOW + 8
    body += group(text(width / 2 + left / 2, height - 3, picture.axis, "axis"), "middle")
    origins = [(frame.x, frame.y) for frame in frames]
    reach = Reach(origins, frames[0].step, frames[0].step, inner)
    return Drawing(width, height, body, reach)


def _panel_width(width: float, left: float, across: int) -> float:
    """The width of one of so many panels side by side."""
    return (width - left - 2 - _GAP * (across - 1)) / across


def _ends(picture: Multiples) -> tuple[float, float]:
    values = _everything(picture)
    if picture.logarithmic:
        return decades(values)
    if not picture.zero:
        tight = Domain.of(values)
        return outwards(ticks(tight.low, tight.high, 3), tight.low, tight.high)
    top = picture.top or round_up(max(values, default=1.0), 3)
    lowest = min(values, default=0.0)
    return (-round_up(-lowest, 3) if lowest < 0 else 0.0), top


def _panel(panel: Panel, frame: Frame) -> str:
    drawn = marks(panel.marker, [(frame.x + 5, frame.y - 13)], radius=3.5)
    drawn += text(frame.x + _TITLE, frame.y - 9, panel.title, "title")
    drawn += band(frame, panel.low, panel.high)
    for line in panel.lines:
        drawn += polylines(frame, [line.values, *line.more], f"line {line.style}")
        if line.style == "main":
            places = frame.places(line.values)
            drawn += marks(panel.marker, places[:: 1 + len(places) // _MOST_MARKS], radius=2.6)
    return drawn


def _key(key: Sequence[tuple[str, str]], width: float) -> tuple[str, float]:
    """Samples of the styles, in as many lines as the width asks for, and their height."""
    drawn, x, y = "", 0.0, 10.0
    for style, words in key:
        needed = 34 + text_width(words) + 16
        if x and x + needed > width:
            x, y = 0.0, y + 18
        drawn += _sample(style, x, y) + text(x + 34, y + 4, words)
        x += needed
    return (group(drawn, "key l-other"), y + 12) if key else ("", 0)


def _sample(style: str, x: float, y: float) -> str:
    if style == "band":
        return path(box(x, y - 6, 28, 12), "band")
    line = path(f"M{x:g} {y:g}h28", f"line {style}")
    return line + (marks("●", [(x + 14, y)], radius=2.6) if style == "main" else "")


def _everything(picture: Multiples) -> list[float]:
    values: list[float | None] = []
    for panel in picture.panels:
        values += [*panel.low, *panel.high]
        values += [value for line in panel.lines for value in line.values]
    return finite(values)
