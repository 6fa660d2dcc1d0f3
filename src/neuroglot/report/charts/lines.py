"""A few lines over ordered columns, each with its name at its end, a band where it has one."""

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
    group,
    path,
    text,
    text_width,
)
from neuroglot.report.charts.frame import Frame, Values, axes, band, polylines
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.scale import finite, round_up, spread

MOST_NAMED = 7
"""How many lines can carry a colour and a name; more cannot be told apart."""

_LABEL_GAP = 14.5


@dataclass(frozen=True)
class Series:
    """One line: name, colour class, marker, values per column. Thin ones carry no name."""

    name: str
    names: str
    marker: str
    values: Values
    low: Values = ()
    high: Values = ()
    thin: bool = False


@dataclass(frozen=True)
class Lines:
    """All lines on one pair of axes that start at zero. `top` fixes the upper end."""

    series: Sequence[Series]
    columns: Sequence[str]
    axis: str
    measure: str
    title: str
    description: str
    digits: int = 3
    top: float | None = None
    width: float = WIDE


def lines(picture: Lines) -> Chart:
    """The chart. Raises ValueError for more than seven named lines."""
    named = [series for series in picture.series if not series.thin]
    if len(named) > MOST_NAMED:
        raise ValueError(f"{len(named)} named lines: at most {MOST_NAMED}, give the rest as thin")
    told = " · ".join(f"{series.name} {{{slot}}}" for slot, series in enumerate(named))
    reading = Reading(
        [picture.measure],
        picture.columns,
        f"{picture.axis} {{column}}: {told}",
        [[list(series.values)] for series in named],
        [picture.digits] * len(named),
    )
    wide, narrow = _drawing(picture, picture.width), _drawing(picture, NARROW)
    return Chart(picture.title, picture.description, wide, narrow, reading)


def _drawing(picture: Lines, width: float) -> Drawing:
    named = [series for series in picture.series if not series.thin]
    left, above, below = 34.0, 26.0, 42.0
    right = max((text_width(series.name) for series in named), default=0) + 30
    height = 250.0 if width > NARROW else 220.0
    frame = Frame(
        left,
        above,
        width - left - right,
        height - above - below,
        picture.columns,
        picture.top or round_up(max(_everything(picture), default=1.0)),
    )
    body = text(0, 12, picture.measure, "axis") + axes(frame, about=4, size=12)
    for series in sorted(picture.series, key=lambda series: not series.thin):
        body += group(_series(series, frame), series.names)
    body += _names([series for series in named if frame.places(series.values)], frame)
    middle = left + frame.width / 2
    body += group(text(middle, height - 8, picture.axis, "axis"), "middle")
    reach = Reach([(frame.x, frame.y)], frame.step, frame.step, frame.height)
    return Drawing(width, height, body, reach)


def _series(series: Series, frame: Frame) -> str:
    drawn = band(frame, series.low, series.high)
    if series.thin:
        return drawn + polylines(frame, [series.values], "line others")
    drawn += polylines(frame, [series.values], "line main")
    return drawn + marks(series.marker, frame.places(series.values))


def _names(named: Sequence[Series], frame: Frame) -> str:
    """The name of each line at its end, moved apart, with a thin leader."""
    ends = [frame.places(series.values)[-1] for series in named]
    heights = spread([y for _, y in ends], _LABEL_GAP, frame.y, frame.y + frame.height)
    drawn = ""
    for series, (x, y), height in zip(named, ends, heights, strict=True):
        start = frame.x + frame.width
        leader = f"M{at(x + 5)} {at(y)}L{at(start + 8)} {at(height)}"
        sign = marks(series.marker, [(start + 14, height)])
        drawn += path(leader, "leader") + group(sign, series.names)
        drawn += text(start + 22, height + 4, series.name)
    return drawn


def _everything(picture: Lines) -> list[float]:
    return finite([value for line in picture.series for value in (*line.values, *line.high)])
