"""What each layer would say: categories of tokens over the layers, and single prompts.

The reading that counts: keywords and built-ins together, an id shared out among the languages that
have it, tokens of the prompt and of the answer left out. Other readings stand in the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curve
from neuroglot.report.charts.scale import finite
from neuroglot.report.numbers import measure, share
from neuroglot.report.pages import lens_depths, prompts, tuned_lens
from neuroglot.report.pages.lens_names import CATEGORIES, EVERY, place, title
from neuroglot.report.pages.source import (
    EMBEDDING,
    Row,
    Source,
    level_mark,
    level_name,
    look,
    named,
)
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table, Value

_READING = {"lens": "plain", "part": "both", "scheme": "fractional", "identical": "kept"}

_MOST_ROWS = 2000
_JUDGED = ("english", "english only", "keywords", "third languages")
_GOLD = (
    ("top1", "is the likeliest", "tone-b", "■"),
    ("reciprocal_rank", "1 / rank", "tone-a", "●"),
    ("probability", "probability", "tone-c", "▲"),
)
_SIDES = {
    "target": ("main", "it is the target"),
    "source": ("second", "it is the source"),
    "third": ("twin", "it is neither"),
}
_EXCLUDED = {
    "context": ("main", "prompt and answer left out"),
    "gold": ("second", "answer left out"),
    "none": ("twin", "everything counts"),
}

Values = list[float | None]
Bounds = Sequence[float | None]


@dataclass(frozen=True)
class _Curves:
    """Rows over all directions, by category, measure, what is left out, and level."""

    levels: list[int]
    rows: dict[tuple[str, str, str, int], Row]

    def line(
        self, category: str, column: str = "value", *, kind: str = "mass", out: str = "context"
    ) -> Values:
        """A column of a category over the levels; None where there is no row."""
        found = (self.rows.get((category, kind, out, level)) for level in self.levels)
        return [None if row is None else row[column] for row in found]

    def over_random(self, category: str) -> Values:
        """A category's mass in multiples of what random sets hold."""
        pairs = zip(self.line(category), self.line(category, "control_value"), strict=True)
        return [None if not random or mass is None else mass / random for mass, random in pairs]

    def read(self) -> list[bool]:
        """Levels of layers that are nearer the model's own prediction than frequencies are."""
        far = self.line("gold", kind="divergence", out="none")
        chance = self.line("gold", "control_value", kind="divergence", out="none")
        return [
            level >= 0 and (d is None or c is None or d < c)
            for level, d, c in zip(self.levels, far, chance, strict=True)
        ]

    def known(self, *, kind: str = "mass", out: str = "context") -> list[str]:
        """Categories that have a curve, in the page's order."""
        return [name for name in CATEGORIES if finite(self.line(name, kind=kind, out=out))]


def section(source: Source) -> Section | None:
    """The section, or None where the lens was not used."""
    curves = _curves(source)
    blocks: list[Block] = []
    if curves.known():
        blocks += [_masses(source, curves), _left_out(curves)]
    drawn = (_by_language(source), _gold(curves), lens_depths.figure(source))
    for figure in (*drawn, tuned_lens.figure(source)):
        if figure:
            blocks.append(figure)
    blocks += prompts.blocks(source)
    if not blocks:
        return None
    return Section("lens", "What each layer would say", " ".join(sentences(source)), blocks)


def sentences(source: Source) -> list[str]:
    """Where English and keywords stand farthest above random sets, and what comes out at last."""
    curves = _curves(source)
    peaks = [told for name in ("english", "keywords") if (told := _peak(curves, name))]
    found = []
    if peaks:
        found.append("With the tokens of prompt and answer left out, " + "; ".join(peaks) + ".")
    unread = [
        level_mark(level)
        for level, read in zip(curves.levels, curves.read(), strict=True)
        if level >= 0 and not read
    ]
    if unread:
        found.append(
            f"After layer {', '.join(unread)} the lens is farther from the model’s own prediction "
            "than frequencies of tokens are: nothing is read off there."
        )
    last = finite(curves.line("gold", kind="top1", out="none"))[-1:]
    if last:
        found.append(
            f"After the last layer the true token is the likeliest at {share(last[0])} of the "
            "places."
        )
    return found


def picture(source: Source) -> Figure | None:
    """Masses in multiples of random sets: what the claims judge, in one picture."""
    curves = _curves(source)
    drawn = [name for name in _JUDGED if finite(curves.over_random(name))]
    if not drawn:
        return None
    series = [Series("", "l-other", "●", [1.0] * len(curves.levels), thin=True)]
    for name in drawn:
        series.append(Series(*CATEGORIES[name], curves.over_random(name)))
    chart = lines(
        Lines(
            series,
            [level_mark(level) for level in curves.levels],
            "layer (E: the embedding)",
            "times the mass of random sets",
            "Mass of categories over the layers, in multiples of random sets",
            "One line per category; a thin line at 1, where random sets of equal size and "
            "frequency stand.",
            digits=2,
        )
    )
    return Figure(
        "picture",
        [Panel("picture-ratio", "", chart)],
        "Probability that the lens gives to each category, tokens of prompt and answer left out, "
        "over what it gives to random sets of equal size and frequency (thin line: 1). Mean over "
        "all pairs of source and target.",
    )


def over_depth(source: Source) -> dict[str, dict[int, float]]:
    """Mass in multiples of random sets, where levels are read at all, and 1 / rank of the truth."""
    curves = _curves(source)

    def known(values: Values, levels: Sequence[bool]) -> dict[int, float]:
        each = zip(curves.levels, values, levels, strict=True)
        return {level: value for level, value, read in each if read and value is not None}

    every = [True] * len(curves.levels)
    return {
        "masses": known(curves.over_random("english and keywords"), curves.read()),
        "truth": known(curves.line("gold", kind="reciprocal_rank", out="none"), every),
    }


def _curves(source: Source) -> _Curves:
    rows = source.rows("lens_curves", source=EVERY, target=EVERY, lens="plain", identical="kept")
    found: dict[tuple[str, str, str, int], Row] = {}
    for row in rows:
        category, kind = row["category"], row["measure"]
        if category == "gold":
            found.setdefault((category, kind, "none", row["layer"]), row)
        elif row["part"] == "both" and row["scheme"] == "fractional":
            found[category, kind, row["excluded"], row["layer"]] = row
    return _Curves(sorted({level for *_, level in found}), found)


def _peak(curves: _Curves, category: str) -> str:
    """Where a category stands farthest above its random sets, in words."""
    pairs = zip(curves.over_random(category), curves.read(), strict=True)
    ratios = [ratio if read else None for ratio, read in pairs]
    if not finite(ratios):
        return ""
    most = max(finite(ratios))
    place = ratios.index(most)
    name, mass = CATEGORIES[category][0], curves.line(category)[place]
    where = level_name(curves.levels[place])
    above = "stands farthest above" if most > 1 else "comes nearest to"
    if category == "keywords":
        name, above = "keywords of all languages", above.replace("stands", "stand")
        above = above.replace("comes", "come")
    return (
        f"{name} {above} random sets after {where}: a mass of {measure(mass)}, {measure(most)} "
        "times theirs"
    )


def _masses(source: Source, curves: _Curves) -> Figure:
    """Each category beside its random sets, on one logarithmic scale."""
    names = curves.known()

    def panel(name: str) -> Curve:
        control = Line("null", curves.line(name, "control_value"))
        low, high = (curves.line(name, column) for column in ("low", "high"))
        return _curve(name, [control, Line("main", curves.line(name))], low, high)

    columns = ("value", "low", "high", "control_value")
    reading = _reading(
        curves,
        names,
        "{row}, {column}: {0} [{1}, {2}]; random sets {3}",
        [[curves.line(name, column) for name in names] for column in columns],
    )
    key = [("main", "mass"), ("band", "95% interval"), ("null", "random sets")]
    return Figure(
        "lens-masses",
        [_multiples("lens-masses-a", curves.levels, [panel(name) for name in names], reading, key)],
        "Probability that the lens gives to each category at the places of the answer, mean over "
        "items, then over all pairs of source and target. Third languages: keywords of languages "
        "that are neither. Tokens of the prompt and of the answer are left out. Control: random "
        "sets of equal size and frequency. One logarithmic scale: the distance between a line and "
        "its control is what the claims judge; what is too small for the scale stands on its "
        "lower edge.",
        _table(source),
    )


def _left_out(curves: _Curves) -> Figure:
    """The same masses by what is left out."""
    names = curves.known()
    shown = [out for out in _EXCLUDED if curves.known(out=out)]
    panels = [
        _curve(
            name, [Line(_EXCLUDED[out][0], curves.line(name, out=out)) for out in reversed(shown)]
        )
        for name in names
    ]
    told = "; ".join(f"{_EXCLUDED[out][1]} {{{slot}}}" for slot, out in enumerate(shown))
    reading = _reading(
        curves,
        names,
        f"{{row}}, {{column}}: {told}",
        [[curves.line(name, out=out) for name in names] for out in shown],
    )
    key = [_EXCLUDED[out] for out in shown]
    return Figure(
        "lens-left-out",
        [_multiples("lens-left-out-a", curves.levels, panels, reading, key)],
        "The same by what is left out: nothing, forms of the true token, or forms of every token "
        "of the prompt too. What falls away is the answer, then what the prompt holds.",
    )


def _by_language(source: Source) -> Figure | None:
    """Each language's own keywords: as the target, as the source, as a third language."""
    rows = [
        row
        for row in source.rows("lens_curves", measure="mass", excluded="context", **_READING)
        if row["side"] in _SIDES
        and row["category"] not in CATEGORIES
        and {row["source"], row["target"]} <= {EVERY, row["category"]}
    ]
    if not rows:
        return None
    cells = {(row["category"], row["side"], row["layer"]): row for row in rows}
    levels = sorted({row["layer"] for row in rows})
    # Of a language that is never translated only the table speaks.
    asked = {row["category"] for row in rows if row["side"] != "third"}
    languages = source.ordered(asked or {row["category"] for row in rows})
    shown = [side for side in _SIDES if any(row["side"] == side for row in rows)]

    def line(language: str, side: str, column: str = "value") -> Values:
        found = (cells.get((language, side, level)) for level in levels)
        return [None if row is None else row[column] for row in found]

    panels = [
        Curve(
            named(language),
            *look(language),
            [
                Line("null", line(language, shown[0], "control_value")),
                *(Line(_SIDES[side][0], line(language, side)) for side in reversed(shown)),
            ],
        )
        for language in languages
    ]
    told = "; ".join(f"{_SIDES[side][1]} {{{slot}}}" for slot, side in enumerate(shown))
    reading = Reading(
        [named(language) for language in languages],
        [level_name(level) for level in levels],
        f"{{row}}, {{column}}: {told}",
        [[line(language, side) for language in languages] for side in shown],
        [_DIGITS] * len(shown),
    )
    key = [*(_SIDES[side] for side in shown), ("null", "random sets")]
    return Figure(
        "lens-languages",
        [_multiples("lens-languages-a", levels, panels, reading, key)],
        "Keywords of each language by its part in the translation, mean over all pairs in which it "
        "has that part; tokens of prompt and answer left out. An id that several languages have "
        "is shared out among them.",
    )


_DIGITS = 6
"""Decimals of a mass in a read-out: some are very small."""


def _curve(category: str, drawn: Sequence[Line], low: Bounds = (), high: Bounds = ()) -> Curve:
    """One category's panel."""
    kept = [line for line in drawn if finite(line.values)]
    return Curve(*CATEGORIES[category], kept, low, high)


def _reading(
    curves: _Curves, names: Sequence[str], say: str, slots: Sequence[Sequence[Values]]
) -> Reading:
    return Reading(
        [CATEGORIES[name][0] for name in names],
        [level_name(level) for level in curves.levels],
        say,
        slots,
        [_DIGITS] * len(slots),
    )


def _multiples(
    id: str,
    levels: Sequence[int],
    panels: Sequence[Curve],
    reading: Reading,
    key: Sequence[tuple[str, str]],
) -> Panel:
    chart = multiples(
        Multiples(
            panels,
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "Mass over the layers, one panel each",
            "Each panel shows probability mass over the layers on a logarithmic scale; the key "
            "above says which line is which.",
            reading,
            key,
            logarithmic=True,
        )
    )
    return Panel(id, "", chart)


def _gold(curves: _Curves) -> Figure | None:
    """The true token: how likely, which rank, how often the first."""
    series = []
    for kind, name, colour, marker in _GOLD:
        values = curves.line("gold", kind=kind, out="none")
        if finite(values):
            low, high = (
                curves.line("gold", column, kind=kind, out="none") for column in ("low", "high")
            )
            series.append(Series(name, colour, marker, values, low, high))
    if not series:
        return None
    chart = lines(
        Lines(
            series,
            [level_mark(level) for level in curves.levels],
            "layer (E: the embedding)",
            "mean over the places of the answer",
            "The true token over the layers",
            "Lines for the share of places where the true token is the likeliest, the mean of "
            "one over its rank, and its mean probability.",
        )
    )
    return Figure(
        "lens-gold",
        [Panel("lens-gold-a", "The true token", chart)],
        "What the lens gives to the token that follows: its probability, one over its rank, and "
        "the share of places where it is the likeliest. Bands: 95% interval. The last layer is "
        "the model’s own prediction.",
    )


def _table(source: Source) -> Table:
    """All rows over all directions, the reading that counts first, as long as there is room."""
    rows = source.rows("lens_curves", source=EVERY, target=EVERY)
    wanted = _READING | {"measure": "mass", "excluded": "context"}
    rows.sort(
        key=lambda row: (
            sum(row[name] != value for name, value in wanted.items()),
            *(row[name] for name in wanted),
            place(row["category"]),
            row["category"],
            row["layer"],
        )
    )
    words = ("lens", "part", "scheme", "measure", "excluded", "identical", "side")
    numbers = ("value", "low", "high", "control_value", "set_size", "items")

    def line(row: Row) -> list[Value]:
        return [
            title(row["category"]),
            row["layer"],
            *(row[name] for name in numbers),
            *(None if row[name] is None else row[name].replace("_", " ") for name in words),
        ]

    return Table(
        "lens-table",
        "",
        [
            Column("category"),
            Column("layer", "count", note=EMBEDDING),
            Column("value", "measure"),
            Column("low", "measure"),
            Column("high", "measure"),
            Column("random sets", "measure"),
            Column("ids", "count"),
            Column("items", "count"),
            *(Column(word) for word in words),
        ],
        [line(row) for row in rows[:_MOST_ROWS]],
        first=8,
        filter=True,
        note=""
        if len(rows) <= _MOST_ROWS
        else f"{_MOST_ROWS} of {len(rows)} rows; tables/lens_curves.parquet holds all of them.",
    )
