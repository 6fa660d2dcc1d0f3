"""What a straight cut reads off tokens, level by level: syntax, and an identifier's language.

Draws the balanced accuracy of each target beside what tells less: the token's identity, the
commonest class, labels dealt at random, and the untrained twin.
"""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import finite
from neuroglot.report.numbers import share
from neuroglot.report.pages.source import EMBEDDING, Row, Source, level_mark, level_name, look
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

TARGETS = {
    "ast": "kind of node",
    "parent": "kind of the node around",
    "language": "language of an identifier",
}
FEATURES = {
    "hidden": ("main", "the stream"),
    "token_identity": ("second", "the token's identity"),
    "shuffled_labels": ("null", "the stream, labels dealt at random"),
    "untrained": ("twin", "untrained twin"),
    "majority": ("others", "the commonest class"),
}
"""What a class is told by: style and name of its line. The twin's control is in the table alone."""
IN_THE_TABLE = {name: words for name, (_, words) in FEATURES.items()} | {
    "untrained_shuffled": "untrained twin, labels dealt at random"
}

Values = list[float | None]


def section(source: Source) -> Section | None:
    """The section, or None where no probe was trained."""
    rows = source.rows("probe")
    if not rows:
        return None
    return Section(
        "probes", "What can be read off a token", _lead(rows), [_curves(rows), _table(rows)]
    )


def _lead(rows: Sequence[Row]) -> str:
    """Where each target is read best."""
    best = []
    for target, name in TARGETS.items():
        own = [
            row
            for row in rows
            if (row["target"], row["features"]) == (target, "hidden")
            and row["balanced_accuracy"] is not None
        ]
        if own:
            most = max(own, key=lambda row: row["balanced_accuracy"])
            where = level_name(most["layer"])
            best.append(f"the {name} best at {where} ({share(most['balanced_accuracy'])})")
    return f"A linear probe tells {', '.join(best)}; each task is told by probes trained on others."


def _curves(rows: Sequence[Row]) -> Figure:
    """A panel for each target, a line for each thing that classes are told by."""
    levels = sorted({row["layer"] for row in rows})
    found = {(row["target"], row["features"], row["layer"]): row for row in rows}

    def curve(target: str, feature: str, column: str = "balanced_accuracy") -> Values:
        each = [found.get((target, feature, level)) for level in levels]
        return [None if row is None else row[column] for row in each]

    drawn = [name for name in FEATURES if any(finite(curve(each, name)) for each in TARGETS)]
    panels = [
        Curves(
            name,
            *look(""),
            [Line(FEATURES[feature][0], curve(target, feature)) for feature in reversed(drawn)],
            curve(target, "hidden", "low"),
            curve(target, "hidden", "high"),
        )
        for target, name in TARGETS.items()
    ]
    reading = Reading(
        list(TARGETS.values()),
        [level_name(level) for level in levels],
        "{row}, {column}: "
        + "; ".join(f"{FEATURES[feature][1]} {{{n}}}" for n, feature in enumerate(drawn)),
        [[curve(target, feature) for target in TARGETS] for feature in drawn],
        [3] * len(drawn),
    )
    chart = multiples(
        Multiples(
            panels,
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "What a linear probe reads off a token, level by level",
            "Each panel is what is asked of a token: the balanced accuracy of probes of the "
            "residual stream with its interval, beside what tells less.",
            reading,
            [*(FEATURES[feature] for feature in drawn), ("band", "95% interval")],
            top=1.0,
        )
    )
    return Figure(
        "probes-curves",
        [Panel("probes-curves-a", "", chart)],
        "Balanced accuracy: the share of each class that is told, mean over classes. The kind of a "
        "token's node in the syntax tree, the kind of the node around it, and the language of "
        "tokens that are identifiers in five languages or more (in all, where there are fewer). "
        f"Interval over {rows[0]['n']} {rows[0]['unit']}s, probes as they are.",
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "probes-table",
        "",
        [
            Column("asked"),
            Column("told by"),
            Column("layer", "count", note=EMBEDDING),
            Column("accuracy", "fixed", 3),
            Column("balanced", "fixed", 3, note="mean share of a class that is told"),
            Column("low", "fixed", 3),
            Column("high", "fixed", 3),
            Column("macro F1", "fixed", 3),
        ],
        [
            [
                TARGETS[row["target"]],
                IN_THE_TABLE[row["features"]],
                row["layer"],
                row["accuracy"],
                row["balanced_accuracy"],
                row["low"],
                row["high"],
                row["macro_f1"],
            ]
            for row in rows
        ],
        first=12,
        filter=True,
    )
