"""How well pairs of functions are told to be clones, level by level, and by the concept layers.

Draws the area under the curve and F1 of every level beside the band, shared tokens, an untrained
twin, and what calling every pair a clone gives; tables by type and by pair of languages.
"""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.numbers import share
from neuroglot.report.pages.source import (
    EMBEDDING,
    Row,
    Source,
    level_mark,
    level_name,
    look,
    named,
)
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table

ALL = "all"
CHANCE = 0.5
READINGS = ("raw", "centred")
MEASURES = {"auc": "AUC", "f1": "F1"}
STYLES = {
    "main": "vectors of a level",
    "second": "the mean over the concept layers",
    "twin": "untrained twin",
    "others": "shared tokens",
    "null": "chance, or every pair called a clone",
}

Values = list[float | None]


def section(source: Source) -> Section | None:
    """The section, or None where no clones were told."""
    rows = [row for row in source.rows("clones") if row["split"] == "test"]
    if not rows:
        return None
    data = rows[0]["data"]
    whole = [row for row in rows if (row["data"], row["language_a"]) == (data, ALL)]
    blocks: list[Block] = [_curves(source, whole), _levels(whole)]
    if parts := [row for row in rows if row not in whole]:
        blocks.append(_parts(data, parts))
    return Section("clones", "Telling clones", _lead(source, whole), blocks)


def _band(source: Source) -> tuple[int, int]:
    """First and last level of the band, as the claim names them."""
    found = {row["name"]: row["value"] for row in source.rows("claim_parts", id="B-7")}
    first, last = (found.get(f"{end} layer of the band") for end in ("first", "last"))
    return int(first or 0), int(last or 0)


def _lead(source: Source, rows: Sequence[Row]) -> str:
    first, last = _band(source)
    band = next(row for row in rows if row["vectors"] == "band raw" and row["layer"] == first)
    tokens = next(row for row in rows if row["vectors"] == "tokens")
    levels = [row for row in rows if row["vectors"] == "raw" and row["auc"] is not None]
    best = max(levels, key=lambda row: row["auc"])
    where = level_name(first) if first == last else f"{level_name(first)} to {level_name(last)}"
    return (
        f"The mean over the concept layers ({where}) ranks a clone above another pair in "
        f"{_told(band)}, the best single level, {level_name(best['layer'])}, in {_told(best)}, "
        f"shared tokens in {_told(tokens)}; at its threshold its F1 is {band['f1']:.2f}, where "
        f"calling every pair a clone gives {band['floor']:.2f}."
    )


def _told(row: Row) -> str:
    return "no case" if row["auc"] is None else f"{share(row['auc'])} of cases"


def _curves(source: Source, rows: Sequence[Row]) -> Figure:
    """A panel for each measure and way of taking vectors, a line for each thing that tells."""
    levels = sorted({row["layer"] for row in rows if row["vectors"] == "raw"})
    found = {(row["vectors"], row["layer"]): row for row in rows}
    first, last = _band(source)

    def curve(vectors: str, column: str) -> Values:
        each = [found.get((vectors, level)) for level in levels]
        return [None if row is None else row[column] for row in each]

    def flat(row: Row | None, column: str, *, inside: bool = False) -> Values:
        value = None if row is None else row[column]
        return [value if not inside or first <= level <= last else None for level in levels]

    def lines(reading: str, column: str) -> dict[str, Values]:
        band = found.get((f"band {reading}", first))
        chance = CHANCE if column == "auc" else rows[0]["floor"]
        return {
            "null": [chance] * len(levels),
            "others": flat(found.get(("tokens", -1)), column),
            "twin": curve("untrained", column) if reading == "raw" else [None] * len(levels),
            "second": flat(band, column, inside=True),
            "main": curve(reading, column),
        }

    asked = [(reading, column) for column in MEASURES for reading in READINGS]
    drawn = {each: lines(*each) for each in asked}
    titles = [f"{MEASURES[column]}, {reading}" for reading, column in asked]
    panels = [
        Curves(
            title,
            *look(""),
            [Line(style, values) for style, values in drawn[each].items() if any(values)],
            curve(each[0], "low") if each[1] == "auc" else (),
            curve(each[0], "high") if each[1] == "auc" else (),
        )
        for title, each in zip(titles, asked, strict=True)
    ]
    reading = Reading(
        titles,
        [level_name(level) for level in levels],
        "{row}, {column}: "
        + "; ".join(f"{name} {{{n}}}" for n, name in enumerate(STYLES.values())),
        [[drawn[each][style] for each in asked] for style in STYLES],
        [3] * len(STYLES),
    )
    used = {line.style for panel in panels for line in panel.lines}
    chart = multiples(
        Multiples(
            panels,
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "How well clones are told, level by level",
            "Each panel is a measure: a line over the levels with its interval, the mean over the "
            "concept layers drawn across them, and flat lines for what tells less.",
            reading,
            [
                *((style, name) for style, name in STYLES.items() if style in used),
                ("band", "95% interval"),
            ],
            top=1.0,
        )
    )
    return Figure(
        "clones-curves",
        [Panel("clones-curves-a", "", chart)],
        "A pair is called a clone where the cosine of its functions' vectors lies above a "
        "threshold, chosen on validation problems; all figures are of test problems. A function's "
        "vector is the mean over its tokens, as it is (raw) or less the mean of its language "
        "(centred). AUC is the area under the curve: a clone ranked above "
        "another pair. F1 with a tuned threshold hardly falls below that of "
        f"calling every pair a clone. Interval over {rows[0]['n']} {rows[0]['unit']}s.",
    )


_FIGURES = (
    Column("AUC", "fixed", 3, note="a clone ranked above another pair"),
    Column("low", "fixed", 3),
    Column("high", "fixed", 3),
    Column("F1", "fixed", 3),
    Column("precision", "fixed", 3, note="average precision"),
    Column("balanced", "fixed", 3, note="mean share of clones and of others that are told"),
    Column("floor", "fixed", 3, note="F1 of calling every pair a clone"),
    Column("problems", "count"),
)
_VALUES = ("auc", "low", "high", "f1", "average_precision", "balanced_accuracy", "floor", "n")


def _levels(rows: Sequence[Row]) -> Table:
    return Table(
        "clones-levels",
        "",
        [Column("vectors"), Column("layer", "count", note=EMBEDDING), *_FIGURES],
        [[row["vectors"], row["layer"], *(row[name] for name in _VALUES)] for row in rows],
        first=14,
        filter=True,
    )


def _parts(data: str, rows: Sequence[Row]) -> Table:
    """By type and by pair of languages: the band and shared tokens."""
    shown = [row for row in rows if row["vectors"] in {"band raw", "band centred", "tokens"}]
    start = {row["vectors"]: row["layer"] for row in shown if row["vectors"] == "band centred"}
    kept = [
        row
        for row in shown
        if row["vectors"] != "band raw" or row["layer"] == start.get("band centred", row["layer"])
    ]
    return Table(
        "clones-parts",
        "",
        [Column("pairs"), Column("vectors"), *_FIGURES],
        [[_named(data, row), row["vectors"], *(row[name] for name in _VALUES)] for row in kept],
        first=12,
        filter=True,
        note="Types: 1 other layout, 2 other names, 3 other statements, 4 another language, style "
        "or algorithm. Thresholds are those of all validation pairs.",
    )


def _named(data: str, row: Row) -> str:
    if row["language_a"] == ALL:
        return str(row["data"]).removeprefix(f"{data}, ")
    a, b = row["language_a"], row["language_b"]
    return named(a) if a == b else f"{named(a)} and {named(b)}"
