"""At which depth the right closers come to lead, and which kind of sub-layer makes them."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import Domain
from neuroglot.report.numbers import measure
from neuroglot.report.pages.source import Row, Source, look
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table

STREAM = "resid_post"
PARTS = {"attention": "attention", "mlp": "MLP"}
LINES = {
    ("min", STREAM): ("main", "over the best wrong closers"),
    ("mean", STREAM): ("second", "over the mean wrong closers"),
    ("min", f"{STREAM}_own"): ("twin", "over the best, by the layer’s own scale"),
}

Values = list[float | None]


def section(source: Source) -> Section | None:
    """The section, or None where the tables were not written."""
    rows = [row for row in source.rows("logit_difference") if row["template"] == "all"]
    if not rows:
        return None
    blocks: list[Block] = [_curves(rows)]
    parts = [
        row
        for row in source.rows("attribution")
        if row["template"] == "all" and row["component"] in PARTS
    ]
    if parts:
        blocks.append(_parts(parts))
        blocks.append(_side_by_side(source, parts))
    return Section("depth", "Where the right closers come to lead", _lead(rows, parts), blocks)


def _lead(rows: Sequence[Row], parts: Sequence[Row]) -> str:
    whole = {
        row["layer"]: row["value"]
        for row in rows
        if row["k"] == -1 and row["counterfactual"] == "min" and row["site"] == STREAM
    }
    last = max(whole)
    told = (
        "The right closers’ logit less that of the best wrong ones is "
        f"{measure(whole[last])} in the end, over all counts"
    )
    late = [layer for layer in whole if all(whole[n] > 0 for n in whole if n >= layer)]
    told += (
        f"; from layer {min(late)} on it stays above 0." if late else ", and never stays above 0."
    )
    if parts:
        of = {
            kind: sum(
                row["value"]
                for row in parts
                if (row["component"], row["k"], row["counterfactual"]) == (kind, -1, "mean")
            )
            for kind in PARTS
        }
        told += (
            " Written directly into the lead over the mean wrong closers: "
            f"{measure(of['attention'])} by attention, {measure(of['mlp'])} by MLPs."
        )
    return told


def _curves(rows: Sequence[Row]) -> Figure:
    counts = sorted({row["k"] for row in rows if row["k"] > 0})
    layers = sorted({row["layer"] for row in rows})
    cells = {(row["k"], row["counterfactual"], row["site"], row["layer"]): row for row in rows}

    def line(k: int, key: tuple[str, str], column: str = "value") -> Values:
        found = (cells.get((k, *key, layer)) for layer in layers)
        return [None if row is None else row[column] for row in found]

    main = ("min", STREAM)
    panels = [
        Curves(
            f"{k} missing",
            *look(""),
            [Line(style, line(k, key)) for key, (style, _) in reversed(LINES.items())],
            low=line(k, main, "low"),
            high=line(k, main, "high"),
        )
        for k in counts
    ]
    names = [f"{k} missing" for k in counts]
    reading = Reading(
        names,
        [f"layer {layer}" for layer in layers],
        "{row}, {column}: "
        + "; ".join(f"{words} {{{n}}}" for n, (_, words) in enumerate(LINES.values())),
        [[line(k, key) for k in counts] for key in LINES],
        [2] * len(LINES),
    )
    chart = multiples(
        Multiples(
            panels,
            [str(layer) for layer in layers],
            "layer",
            "Lead of the right closers after each layer",
            "Each panel is a count of missing closers: the lead of the right ones over the best "
            "wrong ones with its interval, over the mean wrong ones, and by the layer’s own scale.",
            reading,
            [*LINES.values(), ("band", "95% interval")],
        )
    )
    return Figure(
        "depth-curves",
        [Panel("depth-curves-a", "", chart)],
        "Logit of the right closers less that of wrong ones, read off the last token’s stream "
        "after each layer with the final norm’s scale, so that steps add up. Templates resampled.",
    )


def _parts(parts: Sequence[Row]) -> Figure:
    """Sub-layers by layer, a map for each count."""
    layers = sorted({row["layer"] for row in parts})
    counts = sorted({row["k"] for row in parts if row["k"] > 0})
    cells = {
        (row["component"], row["k"], row["layer"]): row["value"]
        for row in parts
        if row["counterfactual"] == "mean"
    }
    keys = [(kind, k) for kind in PARTS for k in counts]
    values = [[cells.get((kind, k, layer)) for layer in layers] for kind, k in keys]
    chart = heat(
        HeatMap(
            values,
            [f"{PARTS[kind]}, {k} missing" for kind, k in keys],
            [str(layer) for layer in layers],
            Domain.about_zero([value for row in values for value in row]),
            "What each sub-layer writes",
            "Rows: attention and MLP at each count of missing closers; columns: layers.",
            "{row}, layer {column}: {0} logits",
            digits=2,
            numbers=False,
            axis="layer",
        )
    )
    return Figure(
        "depth-parts",
        [Panel("depth-parts-a", "", chart)],
        "What each sub-layer writes directly into the lead of the right closers over the mean "
        "wrong ones at the last token, in logits; with embedding and biases the sum is exact.",
    )


def _side_by_side(source: Source, parts: Sequence[Row]) -> Table:
    """Direct effects beside those of taking a sub-layer away or over: repair shows as a gap."""
    effects = source.rows("patching", position_role="last")
    removed = {
        (row["component"], row["layer"]): row["effect"]
        for row in effects
        if row["direction"] == "mean"
    }
    patched = {
        (row["component"], row["layer"], row["counterfactual"]): row["effect"]
        for row in effects
        if row["direction"] == "noising" and row["k"] == -1
    }
    whole = [row for row in parts if row["k"] == -1 and row["counterfactual"] == "min"]
    return Table(
        "depth-table",
        "Direct and whole effects of sub-layers",
        [
            Column("sub-layer"),
            Column("layer", "count"),
            Column("writes", "fixed", 2, note="logits, into the lead over the best wrong closers"),
            Column("low", "fixed", 2),
            Column("high", "fixed", 2),
            Column("without it", "fixed", 2, note="change of the lead, its output at the mean"),
            Column("from k + 1", "fixed", 2, note="share of the difference moved, last token"),
            Column("from k − 1", "fixed", 2, note="share of the difference moved, last token"),
        ],
        [
            [
                PARTS[row["component"]],
                row["layer"],
                row["value"],
                row["low"],
                row["high"],
                removed.get((row["component"], row["layer"])),
                patched.get((row["component"], row["layer"], "k+1")),
                patched.get((row["component"], row["layer"], "k-1")),
            ]
            for row in whole
        ],
        first=24,
        note="What a sub-layer writes and what is lost without it differ where later layers make "
        "up for it, or only pass it on.",
    )
