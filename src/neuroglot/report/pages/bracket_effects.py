"""What happens when parts are taken from another prompt: streams by place, and sets of heads."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import Domain
from neuroglot.report.pages.source import Row, Source, look
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table

ROLES = {
    "changed": "where the two differ",
    "between": "behind that, before the last",
    "last": "the last token",
}
RANKINGS = {
    "effect": "by patching, one by one",
    "attribution": "by gradients",
    "random": "in no order",
}
SHARES = {"faithfulness": ("main", "alone"), "completeness": ("second", "without them")}


def section(source: Source) -> Section | None:
    """The section, or None where the tables were not written."""
    rows = [row for row in source.rows("patching") if row["component"] == "resid_post"]
    sets = [row for row in source.rows("faithfulness") if row["k"] == -1]
    blocks: list[Block] = []
    if rows:
        blocks.append(_streams(rows))
    if sets:
        blocks.append(_sets(sets))
        blocks.append(_table(source.rows("faithfulness")))
    if not blocks:
        return None
    return Section("effects", "What carries the count", _lead(rows, sets), blocks)


def _lead(rows: Sequence[Row], sets: Sequence[Row]) -> str:
    told = []
    at_last = {
        row["layer"]: row["effect"]
        for row in rows
        if (row["position_role"], row["direction"], row["k"], row["counterfactual"])
        == ("last", "noising", -1, "k+1")
    }
    half = [layer for layer, effect in sorted(at_last.items()) if effect >= 0.5]
    if half:
        told.append(f"The count has reached the last token by half at layer {half[0]}.")
    enough = [
        row["size"] for row in sets if row["ranking"] == "effect" and row["faithfulness"] >= 0.9
    ]
    if enough:
        most = max(row["size"] for row in sets)
        told.append(
            f"{min(enough)} of {most} heads, with all MLPs, keep 0.90 of the difference between "
            "two counts."
        )
    return " ".join(told) or "Streams and heads were taken over from prompts of another count."


def _streams(rows: Sequence[Row]) -> Figure:
    layers = sorted({row["layer"] for row in rows})
    keys = [
        (role, against)
        for role in ROLES
        for against in ("k+1", "k-1")
        if any(row["position_role"] == role and row["counterfactual"] == against for row in rows)
    ]
    cells = {
        (row["position_role"], row["counterfactual"], row["layer"]): row["effect"]
        for row in rows
        if row["k"] == -1 and row["direction"] == "noising"
    }
    values = [[cells.get((*key, layer)) for layer in layers] for key in keys]
    chart = heat(
        HeatMap(
            values,
            [f"{ROLES[role]}, from {against.replace('-', '−')}" for role, against in keys],
            [str(layer) for layer in layers],
            Domain.about_zero([value for row in values for value in row]),
            "Streams from a prompt of another count",
            "Rows: tokens and the other prompt’s count; columns: layers.",
            "{row}, layer {column}: {0} of the difference",
            numbers=False,
            axis="layer",
        )
    )
    return Figure(
        "effects-streams",
        [Panel("effects-streams-a", "", chart)],
        "Share of the difference between two prompts that moves when the stream after a layer is "
        "taken from the other one at these tokens: where the count stands, layer by layer.",
    )


def _sets(sets: Sequence[Row]) -> Figure:
    sizes = sorted({row["size"] for row in sets})
    cells = {(row["ranking"], row["size"]): row for row in sets}
    rankings = [ranking for ranking in RANKINGS if any(row["ranking"] == ranking for row in sets)]

    def line(ranking: str, column: str) -> list[float | None]:
        found = (cells.get((ranking, size)) for size in sizes)
        return [None if row is None else row[column] for row in found]

    panels = [
        Curves(
            RANKINGS[ranking],
            *look(""),
            [Line(style, line(ranking, column)) for column, (style, _) in reversed(SHARES.items())],
        )
        for ranking in rankings
    ]
    reading = Reading(
        [RANKINGS[ranking] for ranking in rankings],
        [f"{size} heads" for size in sizes],
        "{row}, {column}: alone {0}; without them {1}",
        [[line(ranking, column) for ranking in rankings] for column in SHARES],
        [2, 2],
    )
    chart = multiples(
        Multiples(
            panels,
            [str(size) for size in sizes],
            "heads",
            "What sets of heads keep and leave",
            "Each panel is an order of heads: share of the difference that the first ones keep "
            "alone, and that is left without them.",
            reading,
            list(SHARES.values()),
        )
    )
    return Figure(
        "effects-sets",
        [Panel("effects-sets-a", "", chart)],
        "Share of the difference between two counts with all other heads taken from the other "
        "prompt (alone), and with these taken (without them), at all tokens; MLPs are the model’s "
        "own. Heads were ordered on other templates than these.",
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "effects-table",
        "",
        [
            Column("order"),
            Column("heads", "count"),
            Column("missing", "count", note="−1 stands for all"),
            Column("alone", "fixed", 2),
            Column("without them", "fixed", 2),
        ],
        [
            [
                RANKINGS.get(row["ranking"], row["ranking"]),
                row["size"],
                row["k"],
                row["faithfulness"],
                row["completeness"],
            ]
            for row in rows
        ],
        first=12,
        filter=True,
    )
