"""Are they needed: what removing each language's set does to every language, beside its control."""

from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.report.charts.dots import Dots, dots
from neuroglot.report.charts.dots import Row as Dot
from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import Domain
from neuroglot.report.numbers import fixed
from neuroglot.report.pages.pairs import removal_panel
from neuroglot.report.pages.source import Row, Source, look, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

OPERATIONS = (("mean", "mean ablation"), ("resample", "resample ablation"), ("zero", "zeroing"))
_MILLI = 1000.0
"""Changes are drawn in thousandths of a nat per byte."""

Matrix = list[list[float | None]]
Cells = dict[tuple[str, str, str, str], list[Row]]
"""(operation, arm, ablated, evaluated) -> rows at dose 1, by draw."""


@dataclass(frozen=True)
class Words:
    """What is removed, and what its matched control is made of."""

    units: str
    matched: str


NEURONS = Words(
    "neurons", "neurons of the same layers, as busy in that language and writing as strongly"
)
UNITS = Words("units", "units of the same layers and projections, as active in that language")


def section(source: Source, *, selection: str = "lape", words: Words = NEURONS) -> Section | None:
    """The section, or None where no sets of that selection were ablated."""
    rows = source.rows("ablation", selection=selection)
    changed = [row for row in rows if row["nll_per_byte_change"] is not None]
    if not changed:
        return None
    cells: Cells = {}
    for row in changed:
        if row["dose"] == 1:
            key = (row["operation"], row["arm"], row["ablated"], row["evaluated"])
            cells.setdefault(key, []).append(row)
    shown = [(op, words) for op, words in OPERATIONS if any(key[0] == op for key in cells)]
    blocks = [_beside_control(source, cells, words), _interaction(source, cells, shown, words)]
    blocks.append(_own(source, cells, shown, words))
    doses = [row for row in changed if row["ablated"] == row["evaluated"]]
    if any(row["dose"] != 1 for row in doses):
        blocks.append(_doses(source, doses, words))
    return Section("ablation", "Are they needed", _lead(source, cells, words), blocks)


def _lead(source: Source, cells: Cells, words: Words) -> str:
    gaps = {k: _beyond(cells, "mean", k, k) for k in source.languages}
    known = {k: gap for k, gap in gaps.items() if gap is not None}
    if not known:
        return "No language has a set to remove."
    above = sum(gap > 0 for gap in known.values())
    most = max(known, key=lambda k: known[k])
    return (
        f"Held at their means, the sets of {above} of {len(known)} languages hurt their own "
        f"language more than matched {words.units} do; most of all {named(most)}, by "
        f"{fixed(_MILLI * known[most], 2)} thousandths of a nat per byte."
    )


def _value(cells: Cells, operation: str, arm: str, a: str, b: str) -> float | None:
    """The change of a cell: its draw 0, on the diagonal of a control the mean over draws."""
    rows = cells.get((operation, arm, a, b), [])
    taken = rows if a == b else rows[:1]
    return sum(row["nll_per_byte_change"] for row in taken) / len(taken) if taken else None


def _beyond(cells: Cells, operation: str, a: str, b: str) -> float | None:
    """Damage beyond the matched control."""
    found, control = (_value(cells, operation, arm, a, b) for arm in ("neurons", "matched"))
    return None if found is None or control is None else found - control


def _beside_control(source: Source, cells: Cells, words: Words) -> Figure:
    labels = source.languages
    found, control = (
        [[_milli(_value(cells, "mean", arm, a, b)) for b in labels] for a in labels]
        for arm in ("neurons", "matched")
    )
    domain = Domain.about_zero([value for row in found + control for value in row])
    return Figure(
        "ablation-matrix",
        [
            _panel(labels, found, domain, ("ablation-a", f"(a) The language's {words.units}")),
            _panel(labels, control, domain, ("ablation-b", f"(b) Control: matched {words.units}")),
        ],
        "What is lost when the set of the row's language is held at its mean, read in the column's "
        f"language. Control: {words.matched} (diagonal: mean over all draws, elsewhere draw 0). "
        "Unit: thousandths of a nat per byte. One colour scale; orange: prediction suffers.",
        _table(source, cells),
    )


def _interaction(
    source: Source, cells: Cells, shown: Sequence[tuple[str, str]], words: Words
) -> Figure:
    labels = source.languages
    maps = {
        operation: [[_milli(_beyond(cells, operation, a, b)) for b in labels] for a in labels]
        for operation, _ in shown
    }
    panels = []
    for place, (operation, name) in enumerate(shown):
        domain = Domain.about_zero([value for row in maps[operation] for value in row])
        id = f"ablation-interaction-{operation}"
        title = f"({'abc'[place]}) {name}"
        panels.append(_panel(labels, maps[operation], domain, (id, title)))
    return Figure(
        "ablation-interaction",
        panels,
        f"The same beyond the matched control, by what replaces the {words.units}: their mean, "
        "their values somewhere in another language's text, or zero. A set that its own language "
        "needs more than others do is orange on the diagonal alone. Unit: thousandths of a nat per "
        "byte; each map has its own scale.",
    )


def _panel(labels: Sequence[str], matrix: Matrix, domain: Domain, words: tuple[str, str]) -> Panel:
    return removal_panel(labels, matrix, domain, (*words, "read"), digits=2)


def _own(source: Source, cells: Cells, shown: Sequence[tuple[str, str]], words: Words) -> Figure:
    """Each language's own damage with its interval, beside every control."""
    arms = [("mean", "neurons", f"its {words.units}, mean")]
    arms += [("mean", arm, name) for arm, name in ARMS if _has(cells, arm)]
    arms += [(op, "neurons", f"its {words.units}, {name}") for op, name in shown if op != "mean"]
    rows = []
    for k in source.languages:
        values = [_milli(_value(cells, operation, arm, k, k)) for operation, arm, _ in arms]
        main = next(iter(cells.get(("mean", "neurons", k, k), [])), None)
        low, high = (None, None) if main is None else (_milli(main["low"]), _milli(main["high"]))
        rows.append(Dot(named(k), look(k)[0], values[:6], low, high))
    chart = dots(
        Dots(
            rows,
            [name for *_, name in arms][:6],
            "change of the surprise, thousandths of a nat per byte",
            "Damage to the own language",
            "One row per language: its own set, and the controls beside it.",
            2,
        )
    )
    return Figure(
        "ablation-own",
        [Panel("ablation-own", "", chart)],
        "What each language's own text loses. Bar: 95% percentile bootstrap over its "
        "repositories or tasks.",
    )


ARMS = (
    ("matched", "matched"),
    ("random_layer", "random, same layers"),
    ("highest_entropy", "busy, not specific"),
)


def _has(cells: Cells, arm: str) -> bool:
    return any(key[:2] == ("mean", arm) for key in cells)


def _doses(source: Source, rows: Sequence[Row], words: Words) -> Figure:
    """Damage to the own language by the size of the set, beside matched ones."""
    doses = sorted({row["dose"] for row in rows if row["operation"] == "mean"})
    cells = {
        (row["arm"], row["ablated"], row["dose"]): row
        for row in rows
        if row["operation"] == "mean" and row["draw"] == 0
    }
    names = [f"{dose:g}" for dose in doses]

    def curve(k: str, arm: str, column: str) -> list[float | None]:
        found = (cells.get((arm, k, dose)) for dose in doses)
        return [None if row is None else _milli(row[column]) for row in found]

    panels = [
        Curves(
            named(k),
            *look(k),
            [
                Line("null", curve(k, "matched", "nll_per_byte_change")),
                Line("main", curve(k, "neurons", "nll_per_byte_change")),
            ],
            curve(k, "neurons", "low"),
            curve(k, "neurons", "high"),
        )
        for k in source.languages
    ]
    slots = [
        ("neurons", "nll_per_byte_change"),
        ("neurons", "low"),
        ("neurons", "high"),
        ("matched", "nll_per_byte_change"),
    ]
    reading = Reading(
        [named(k) for k in source.languages],
        names,
        "{row}, {column} times the set: {0} [{1}, {2}]; matched " + words.units + " {3}",
        [[curve(k, arm, column) for k in source.languages] for arm, column in slots],
        [2] * len(slots),
    )
    chart = multiples(
        Multiples(
            panels,
            names,
            "size of the set, in multiples",
            "Damage to the own language by the size of the set, one panel per language",
            f"Each panel is a language: a line for its own {words.units} with a band, and a grey "
            f"line for matched {words.units}.",
            reading,
            [
                ("main", f"its {words.units}"),
                ("band", "their 95% interval"),
                ("null", f"matched {words.units}, one draw"),
            ],
        )
    )
    return Figure(
        "ablation-dose",
        [Panel("ablation-dose-a", "", chart)],
        "Damage to the own language by dose, held at the mean. Unit: thousandths of a nat per "
        "byte. Control: one matched set of the same size for each dose.",
    )


def _table(source: Source, cells: Cells) -> Table:
    place = {label: number for number, label in enumerate(source.languages)}
    order = sorted(
        (key for key in cells if key[2] in place and key[3] in place),
        key=lambda key: (key[1] != "neurons", key[0], key[1], place[key[2]], place[key[3]]),
    )
    rows = [
        [
            named(row["ablated"]),
            named(row["evaluated"]),
            row["operation"],
            row["arm"].replace("_", " "),
            row["draw"],
            row["nll_per_byte_change"],
            row["low"],
            row["high"],
            row["nll_change"],
            row["ppl_change"],
        ]
        for key in order
        for row in cells[key]
    ]
    return Table(
        "ablation-table",
        "",
        [
            Column("removed"),
            Column("read"),
            Column("operation"),
            Column("arm"),
            Column("draw", "count"),
            Column("nats per byte", "fixed", 5),
            Column("low", "fixed", 5),
            Column("high", "fixed", 5),
            Column("nats per token", "fixed", 5),
            Column("perplexity", "fixed", 4),
        ],
        rows,
        first=12,
        filter=True,
    )


def _milli(value: float | None) -> float | None:
    return None if value is None else _MILLI * value
