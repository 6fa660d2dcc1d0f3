"""What each layer adds to the next token, in given texts and in what the model wrote itself."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Chart, Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.numbers import measure, share
from neuroglot.report.pages.source import Row, Source, look, mean_of, named
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table

PARTS = {"attention": "attention", "mlp": "MLP"}
MODES = {"generated": ("main", "the model’s own half"), "teacher": ("second", "the given half")}
UNITS = {
    ("activity", "mlp"): "Firing, MLP",
    ("pls", "mlp"): "PLS, MLP",
    ("pls", "attention"): "PLS, attention",
}
ALIKE = {
    "agreement": ("main", "given and own half"),
    "ceiling": ("second", "given halves of other tasks"),
}

Values = list[float | None]


def section(source: Source) -> Section | None:
    """The section, or None where the table was not written."""
    rows = source.rows("contributions")
    if not rows:
        return None
    units = source.rows("written_units")
    blocks: list[Block] = [_curves(source, rows)]
    if units:
        blocks.append(_agreement(units))
    return Section(
        "contributions",
        "What each layer adds to the next token",
        " ".join([*_sums(rows), *_alike(units)]),
        blocks,
    )


def _sums(rows: Sequence[Row]) -> list[str]:
    """What all attention and all MLP layers add where the model writes, and which layer most."""
    found = {
        (part, layer): value
        for part in PARTS
        for layer in _layers(rows)
        if (value := mean_of(rows, "value", part=part, layer=layer, mode="generated")) is not None
    }
    if not found:
        return ["The model wrote nothing after the first halves of the texts."]
    of_part = {
        part: sum(value for (each, _), value in found.items() if each == part) for part in PARTS
    }
    part, layer = max(found, key=lambda place: found[place])
    return [
        f"Where the model writes, attention adds {measure(of_part['attention'])} and MLPs "
        f"{measure(of_part['mlp'])} to the logit of its token over the mean logit; most comes from "
        f"the {PARTS[part]} of layer {layer} ({measure(found[part, layer])})."
    ]


def _alike(units: Sequence[Row]) -> list[str]:
    """How alike units' scores are in both halves."""
    agreement, ceiling = (mean_of(units, column, measure="pls") for column in ALIKE)
    if agreement is None or ceiling is None:
        return []
    return [
        f"The units that matter for what it writes are those that matter in given text with a rank "
        f"correlation of {share(agreement)}; two sets of given texts reach {share(ceiling)}."
    ]


def _curves(source: Source, rows: Sequence[Row]) -> Figure:
    """A chart for attention and one for MLPs, with a panel for each language."""
    labels = source.ordered(row["language"] for row in rows)
    return Figure(
        "contributions-curves",
        [
            Panel(
                f"contributions-{part}",
                f"({letter}) {name[0].upper()}{name[1:]}",
                _by_language(rows, labels, part, name),
            )
            for letter, (part, name) in zip("ab", PARTS.items(), strict=True)
        ],
        "Direct contribution of each layer to the logit of the next token, less the mean logit of "
        "the vocabulary; mean over tokens, the final norm frozen at each. The model read the first "
        "half of each text; its own second half and the given one are read alike. Band: 95% "
        f"interval of its own half, {rows[0]['unit']}s resampled.",
        _table(rows),
    )


def _by_language(rows: Sequence[Row], labels: Sequence[str], part: str, name: str) -> Chart:
    layers = _layers(rows)
    cells = {
        (row["language"], row["mode"], row["layer"]): row for row in rows if row["part"] == part
    }

    def line(label: str, mode: str, column: str = "value") -> Values:
        found = (cells.get((label, mode, layer)) for layer in layers)
        return [None if row is None else row[column] for row in found]

    panels = [
        Curves(
            named(label),
            *look(label),
            [Line(style, line(label, mode)) for mode, (style, _) in reversed(MODES.items())],
            low=line(label, "generated", "low"),
            high=line(label, "generated", "high"),
        )
        for label in labels
    ]
    reading = Reading(
        [named(label) for label in labels],
        [f"layer {layer}" for layer in layers],
        "{row}, {column}: "
        + "; ".join(f"{words} {{{n}}}" for n, (_, words) in enumerate(MODES.values())),
        [[line(label, mode) for label in labels] for mode in MODES],
        [3] * len(MODES),
    )
    return multiples(
        Multiples(
            panels,
            [str(layer) for layer in layers],
            "layer",
            f"What the {name} of each layer adds to the next token",
            "Each panel is a language: a line where the model writes, with its interval, and a "
            "dashed one where the text is given.",
            reading,
            [*MODES.values(), ("band", "95% interval")],
        )
    )


def _agreement(units: Sequence[Row]) -> Figure:
    """Rank correlations of units, mean over languages, layer by layer."""
    layers = _layers(units)
    kinds = [kind for kind in UNITS if any((u["measure"], u["part"]) == kind for u in units)]

    def line(kind: tuple[str, str], column: str) -> Values:
        of, part = kind
        return [mean_of(units, column, measure=of, part=part, layer=layer) for layer in layers]

    panels = [
        Curves(
            UNITS[kind],
            *look(""),
            [Line(style, line(kind, column)) for column, (style, _) in reversed(ALIKE.items())],
        )
        for kind in kinds
    ]
    reading = Reading(
        [UNITS[kind] for kind in kinds],
        [f"layer {layer}" for layer in layers],
        "{row}, {column}: "
        + "; ".join(f"{words} {{{n}}}" for n, (_, words) in enumerate(ALIKE.values())),
        [[line(kind, column) for kind in kinds] for column in ALIKE],
        [2] * len(ALIKE),
    )
    chart = multiples(
        Multiples(
            panels,
            [str(layer) for layer in layers],
            "layer",
            "Whether the same units fire and matter where the model writes",
            "Each panel is a measure: a line for given against own text, a dashed one for two sets "
            "of given texts.",
            reading,
            list(ALIKE.values()),
        )
    )
    return Figure(
        "contributions-units",
        [Panel("contributions-units-a", "", chart)],
        "Rank correlation over the units of a layer, mean over languages, each time between halves "
        "of the tasks: values in the given second half of a text against those in the model’s own, "
        "and two sets of given ones as the most that can be asked.",
        _unit_table(units),
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "contributions-table",
        "",
        [
            Column("language"),
            Column("part"),
            Column("half"),
            Column("layer", "count"),
            Column("adds", "fixed", 3),
            Column("low", "fixed", 3),
            Column("high", "fixed", 3),
        ],
        [
            [
                named(row["language"]),
                row["part"],
                "own" if row["mode"] == "generated" else "given",
                row["layer"],
                row["value"],
                row["low"],
                row["high"],
            ]
            for row in rows
        ],
        first=12,
        filter=True,
    )


def _unit_table(units: Sequence[Row]) -> Table:
    return Table(
        "contributions-units-table",
        "",
        [
            Column("language"),
            Column("part"),
            Column("measure"),
            Column("layer", "count"),
            Column("given", "fixed", 3, note="firing: share of tokens; PLS: the mean unit is 1"),
            Column("own", "fixed", 3),
            Column("given and own", "fixed", 2, note="rank correlation"),
            Column("given twice", "fixed", 2, note="rank correlation"),
        ],
        [
            [
                named(row["language"]),
                row["part"],
                row["measure"],
                row["layer"],
                row["teacher"],
                row["generated"],
                row["agreement"],
                row["ceiling"],
            ]
            for row in units
        ],
        first=12,
        filter=True,
    )


def _layers(rows: Sequence[Row]) -> list[int]:
    return sorted({row["layer"] for row in rows})
