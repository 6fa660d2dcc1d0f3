"""What a model answers where brackets must be closed, count by count, and against which answers."""

from collections.abc import Sequence

from neuroglot.report.charts.dots import Dots, Row, dots
from neuroglot.report.numbers import count, share
from neuroglot.report.pages.source import Row as Line
from neuroglot.report.pages.source import Source, look
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

ARMS = {
    "model": "the model",
    "untrained": "its untrained twin",
    "majority": "always the commonest count",
    "copy": "the closers seen last",
}
PUBLISHED = "published"


def sentences(source: Source) -> list[str]:
    """What is closed, in one sentence."""
    rows = _whole(source, _set(source), "model")
    if not rows:
        return []
    told = ", ".join(f"{_missing(row['k'])} {share(row['accuracy'])}" for row in rows)
    return [
        f"Share of prompts in which the likeliest token is the right run of closers: {told}, over "
        f"{count(rows[0]['n'])} templates in which neither length nor position tells the count."
    ]


def picture(source: Source) -> Figure | None:
    """Accuracy by count, for the model and what it is compared with."""
    name = _set(source)
    mine = _whole(source, name, "model")
    if not mine:
        return None
    arms = [arm for arm in ARMS if _whole(source, name, arm)]
    readings = [ARMS[arm] for arm in arms]
    values = {arm: {row["k"]: row["accuracy"] for row in _whole(source, name, arm)} for arm in arms}
    rows = [
        Row(
            _missing(row["k"]),
            look("")[0],
            [values[arm].get(row["k"]) for arm in arms],
            row["low"],
            row["high"],
        )
        for row in mine
    ]
    chart = dots(
        Dots(
            rows,
            readings,
            "share of prompts",
            "Right closers by count",
            "One row for each count of missing closers: the model with its interval, its untrained "
            "twin, and two answers that need no model.",
            2,
            line=(0.7, "closes"),
        )
    )
    return Figure(
        "picture",
        [Panel("bracket-accuracy", "", chart)],
        "Accuracy over the whole vocabulary by count of missing closers. Interval: 95% bootstrap, "
        "templates resampled. From 0.70 on at two counts the further claims can be asked.",
    )


def section(source: Source) -> Section | None:
    """Every count of every arm and of the published prompts, and every cell."""
    rows = source.rows("brackets_accuracy")
    if not rows:
        return None
    whole = [row for row in rows if row["template"] == "all" and row["split"] == "all"]
    cells = [row for row in rows if row["template"] != "all" and row["model_arm"] == "model"]
    cells = [row for row in cells if row["template_set"] != PUBLISHED]
    lead = "Length, position and number of closed calls tell nothing about the count here."
    again = [row for row in whole if row["template_set"] == PUBLISHED]
    if again:
        told = ", ".join(f"{_missing(row['k'])} {share(row['accuracy'])}" for row in again)
        lead += (
            f" On the published prompts, where length does tell it, the model is right in {told}; "
            "nothing is decided on these."
        )
    blocks = [_table("answers-counts", "Every count", whole)]
    if cells:
        folded = "Every template and count"
        blocks.append(_table("answers-cells", "", cells, first=16, folded=folded))
    return Section("answers", "What it answers", lead, blocks)


def _table(
    id: str, title: str, rows: Sequence[Line], *, first: int = 40, folded: str = ""
) -> Table:
    return Table(
        id,
        title,
        [
            Column("answer"),
            Column("prompts"),
            Column("template"),
            Column("missing", "count"),
            Column("closed", "count"),
            Column("split"),
            Column("accuracy", "fixed"),
            Column("low", "fixed"),
            Column("high", "fixed"),
            Column("among closers", "fixed"),
        ],
        [
            [
                ARMS.get(row["model_arm"], row["model_arm"]),
                row["template_set"],
                row["template"],
                row["k"],
                "all" if row["closed"] < 0 else row["closed"],
                row["split"],
                row["accuracy"],
                row["low"],
                row["high"],
                row["accuracy_among_closers"],
            ]
            for row in rows
        ],
        first=first,
        filter=len(rows) > first,
        folded=folded,
    )


def _whole(source: Source, template_set: str, arm: str) -> list[Line]:
    """The rows of each count over all templates of one arm."""
    rows = source.rows("brackets_accuracy", template_set=template_set, model_arm=arm)
    return [row for row in rows if row["template"] == "all" and row["split"] == "all"]


def _set(source: Source) -> str:
    """The template set that claims rest on."""
    names = dict.fromkeys(row["template_set"] for row in source.rows("brackets_accuracy"))
    return next((name for name in names if name != PUBLISHED), "")


def _missing(k: int) -> str:
    return f"{k} missing"
