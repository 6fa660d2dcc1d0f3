"""Whether amplified heads repair errors: accuracy by count before and after, beside controls."""

from collections.abc import Sequence

from neuroglot.report.charts.dots import Dots, dots
from neuroglot.report.charts.dots import Row as Dotted
from neuroglot.report.numbers import fixed, known_mean, share
from neuroglot.report.pages.source import Row, Source, look
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table

ARMS = {
    "none": "as it is",
    "ranked": "heads amplified",
    "random": "random heads",
    "bottom": "last heads",
    "bias": "constants",
}


def section(source: Source) -> Section | None:
    """The section, or None where no head could be amplified."""
    rows = source.rows("steering")
    if not rows:
        return None
    test = [row for row in rows if row["split"] == "test" and row["choice"] == "alpha_model"]
    blocks: list[Block] = [_before_and_after(rows, test), _table(rows)]
    return Section("steering", "Whether amplifying heads repairs errors", _lead(test), blocks)


def _lead(test: Sequence[Row]) -> str:
    of = {arm: _mean(test, arm, -1) for arm in ARMS}
    chosen = next((row for row in test if row["arm"] == "ranked"), None)
    if chosen is None or of["none"] is None or of["ranked"] is None:
        return ""
    told = (
        f"With the first {chosen['count']} heads multiplied by {fixed(chosen['alpha'], 1)}, chosen "
        f"on dev, {share(of['ranked'])} of the test prompts are right, mean over counts; as the "
        f"model is, {share(of['none'])}."
    )
    beside = [
        f"{ARMS[arm]} {share(value)}"
        for arm in ("random", "bottom", "bias")
        if (value := of[arm]) is not None
    ]
    if beside:
        told += f" Beside: {', '.join(beside)}."
    cost = next((row["nll_change"] for row in test if row["nll_change"] is not None), None)
    if cost is not None:
        told += f" Held-out code becomes {fixed(cost, 4)} nats per byte more surprising."
    return told


def _mean(rows: Sequence[Row], arm: str, k: int) -> float | None:
    return known_mean(row["accuracy"] for row in rows if row["arm"] == arm and row["k"] == k)


def _before_and_after(rows: Sequence[Row], test: Sequence[Row]) -> Figure:
    counts = sorted({row["k"] for row in test if row["k"] > 0})
    arms = [arm for arm in ARMS if any(row["arm"] == arm for row in test)]
    arms.sort(key=lambda arm: arm != "ranked")
    cells = {row["k"]: row for row in rows if row["choice"] == "alpha_cell"}
    own = {row["k"]: row for row in test if row["arm"] == "ranked"}
    readings = [*(ARMS[arm] for arm in arms), "chosen for each count"]
    drawn = [
        Dotted(
            f"{k} missing",
            look("")[0],
            [
                *(_mean(test, arm, k) for arm in arms),
                None if k not in cells else cells[k]["accuracy"],
            ],
            own[k]["low"] if k in own else None,
            own[k]["high"] if k in own else None,
        )
        for k in counts
    ]
    chart = dots(
        Dots(
            drawn,
            readings,
            "share of test prompts",
            "Right closers with heads amplified",
            "One row for each count of missing closers: heads amplified, the model as it is, and "
            "controls.",
            2,
        )
    )
    return Figure(
        "steering-counts",
        [Panel("steering-counts-a", "", chart)],
        "Accuracy on the templates of test. Heads were ranked on train; how many and by how much "
        "was chosen on dev, once for the model; random heads, of the same layers, and the last "
        "ones of the ranking had their own best factor, and constants were added to the closers’ "
        "logits. Chosen for each count uses what is asked for, and stands beside. Intervals: "
        "Wilson’s.",
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "steering-table",
        "",
        [
            Column("heads"),
            Column("how many", "count"),
            Column("factor", "fixed", 1),
            Column("chosen"),
            Column("draw", "count"),
            Column("split"),
            Column("missing", "count", note="−1 stands for all"),
            Column("accuracy", "fixed"),
            Column("low", "fixed"),
            Column("high", "fixed"),
            Column("cost", "measure", note="nats per byte of held-out code"),
        ],
        [
            [
                ARMS.get(row["arm"], row["arm"]),
                row["count"],
                row["alpha"],
                row["choice"],
                row["draw"],
                row["split"],
                row["k"],
                row["accuracy"],
                row["low"],
                row["high"],
                row["nll_change"],
            ]
            for row in rows
        ],
        first=20,
        filter=True,
    )
