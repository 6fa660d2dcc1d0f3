"""Heads and neurons that know the count: maps of layers and heads, roles, where heads look."""

from collections.abc import Sequence

from neuroglot.report.charts.bars import Strip, strip
from neuroglot.report.charts.code import tinted
from neuroglot.report.charts.drawing import NARROW
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.scale import Domain
from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Row, Source
from neuroglot.report.parts import Block, Column, Figure, Panel, Prompt, Section, Table

MAPS = {
    "direct_effect": "Writes",
    "ablation_effect": "Without it",
    "patching_effect": "From another count",
}
_MOST_ROWS = 1000
_MOST_SHOWN = 6


def section(source: Source) -> Section | None:
    """The section, or None where the table was not written."""
    rows = source.rows("heads")
    heads = [row for row in rows if row["component"] == "head"]
    if not heads:
        return None
    blocks: list[Block] = [_maps(heads)]
    if counted := _counted(source, rows):
        blocks.append(counted)
    blocks.append(_table(rows))
    if looks := _looks(source):
        blocks.append(looks)
    blocks += _prompts(source)
    return Section("heads", "Which heads know the count", _lead(rows), blocks)


def name(row: Row) -> str:
    """A unit as it is written: L3H2, L3N120."""
    letter = "H" if row["component"] == "head" else "N"
    return f"L{row['layer']}{letter}{row['head']}"


def _lead(rows: Sequence[Row]) -> str:
    told = []
    for role, words in (
        ("promoting", "get two counts or more right by themselves"),
        ("counting", "follow the missing count"),
        ("tracking", "follow the closed calls instead"),
        ("constant", "always prefer the same closers"),
        ("misleading", "write against the right closers, and the lead grows without them"),
    ):
        own = [row for row in rows if role in row["role"].split(", ")]
        if own:
            named = ", ".join(name(row) for row in own[:4])
            more = ", …" if len(own) > 4 else ""
            told.append(f"{count(len(own))} {words} ({named}{more})")
    if not told:
        return "No head and no neuron was found that knows the count, or misleads."
    return f"Of the heads, and the neurons that pass a count, {'; '.join(told)}."


def _maps(heads: Sequence[Row]) -> Figure:
    layers = sorted({row["layer"] for row in heads})
    indices = sorted({row["head"] for row in heads})
    cells = {(row["layer"], row["head"]): row for row in heads}
    panels = []
    for letter, (column, title) in zip("abc", MAPS.items(), strict=True):
        values = [[cells[layer, head][column] for head in indices] for layer in layers]
        chart = heat(
            HeatMap(
                values,
                [f"layer {layer}" for layer in layers],
                [str(head) for head in indices],
                Domain.about_zero([value for row in values for value in row]),
                f"{title}: heads",
                "Rows: layers; columns: heads.",
                "{row}, head {column}: {0}",
                digits=3,
                numbers=False,
                axis="head",
                width=NARROW,
                row_height=16,
            )
        )
        panels.append(Panel(f"heads-{letter}", f"({letter}) {title}", chart))
    return Figure(
        "heads-maps",
        panels,
        "Every head at the last token. (a) What it writes into the lead of the right closers over "
        "the best wrong ones, in logits. (b) Change of the lead when its output is its mean. (c) "
        "Share of the difference between two counts that moves with its output.",
    )


def _counted(source: Source, rows: Sequence[Row]) -> Figure | None:
    """Accuracy by count of the units that have a role, or pass a count."""
    accuracy = {
        (row["component"], row["layer"], row["head"], row["k"]): row
        for row in source.rows("head_accuracy")
    }
    shown = [row for row in rows if row["role"] or row["generality"]]
    shown.sort(key=lambda row: (-row["generality"], -abs(row["direct_effect"] or 0)))
    shown = shown[:24]
    counts = sorted({key[3] for key in accuracy})
    if not shown or not counts:
        return None

    def cells(column: str) -> list[list[float | None]]:
        return [
            [
                None
                if (found := accuracy.get((row["component"], row["layer"], row["head"], k))) is None
                else found[column]
                for k in counts
            ]
            for row in shown
        ]

    panels = [
        Panel(
            f"heads-counts-{letter}",
            title,
            heat(
                HeatMap(
                    cells(column),
                    [name(row) for row in shown],
                    [f"{k} missing" for k in counts],
                    Domain(0.0, 1.0),
                    title,
                    "Rows: heads and neurons; columns: counts of missing closers.",
                    "{row}, {column}: right in {0} of the prompts",
                    width=NARROW,
                )
            ),
        )
        for letter, title, column in (
            ("a", "(a) A closer among its first 100 tokens", "accuracy"),
            ("b", "(b) Among closers alone", "accuracy_ungated"),
        )
    ]
    return Figure(
        "heads-counts",
        panels,
        "How often what a head or neuron raises most among the closers is right, by count, on the "
        "templates of train. A unit that always prefers the same closers is right at their count "
        "and at no other.",
    )


def _table(rows: Sequence[Row]) -> Table:
    ordered = sorted(
        rows, key=lambda row: (not row["role"], -row["generality"], -abs(row["direct_effect"] or 0))
    )
    names = (
        "role",
        "generality",
        "counting_r",
        "tracking",
        "probe",
        "position_probe",
        "recall_text",
        "precision_text",
        "f1_text",
        "precision_code",
        "direct_effect",
        "ablation_effect",
        "patching_effect",
    )
    return Table(
        "heads-table",
        "Heads, and neurons that pass a count",
        [
            Column("unit"),
            Column("role"),
            Column("passes", "count", note="counts right in 70% of prompts"),
            Column("counts", "fixed", 2, note="correlation with the missing count"),
            Column("follows closed", "fixed", 2, note="least over 1 to 3 closed calls"),
            Column("probe", "fixed", 2, note="closed calls told by a straight cut"),
            Column("from position", "fixed", 2),
            Column("recall", "fixed", 2),
            Column("precision", "fixed", 2, note="by the text"),
            Column("F1", "fixed", 2),
            Column("precision, code", "fixed", 2, note="at most about one half for a perfect head"),
            Column("writes", "fixed", 3),
            Column("without it", "fixed", 3),
            Column("from another count", "fixed", 3),
        ],
        [[name(row), *(row[column] for column in names)] for row in ordered[:_MOST_ROWS]],
        first=16,
        filter=True,
        note=""
        if len(rows) <= _MOST_ROWS
        else f"The first {_MOST_ROWS:,} of {len(rows):,}; all stand in tables/heads.parquet.",
    )


def _looks(source: Source) -> Figure | None:
    """Where heads look from the last token, by what a token is."""
    rows = source.rows("attention_roles")
    if not rows:
        return None
    places = list(dict.fromkeys((row["layer"], row["head"]) for row in rows))
    roles = list(dict.fromkeys(row["role"] for row in rows))
    cells = {(row["layer"], row["head"], row["role"]): row["weight"] for row in rows}
    values = [[cells.get((*place, role)) for role in roles] for place in places]
    chart = heat(
        HeatMap(
            values,
            [f"L{layer}H{head}" for layer, head in places],
            [role.replace("_", " ") for role in roles],
            Domain(0.0, 1.0),
            "Where heads look",
            "Rows: heads; columns: what a token is; share of the last token’s attention.",
            "{row}, {column}: {0} of the attention",
        )
    )
    return Figure(
        "heads-attention",
        [Panel("heads-attention-a", "", chart)],
        f"Attention from the last token by what the tokens are, mean over {rows[0]['n']} prompts: "
        "open brackets want a closer, matched ones have theirs.",
    )


def _prompts(source: Source) -> list[Prompt]:
    """One prompt as each head reads it."""
    rows = source.rows("attention")
    if not rows:
        return []
    first = rows[0]["prompt"]
    by_head: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        if row["prompt"] == first:
            by_head.setdefault((row["layer"], row["head"]), []).append(row)
    masses: dict[tuple[int, int], list[Row]] = {}
    for row in source.rows("attention_roles"):
        masses.setdefault((row["layer"], row["head"]), []).append(row)
    known = [(place, own) for place, own in by_head.items() if place in masses][:_MOST_SHOWN]
    return [_prompt(number, place, own, masses[place]) for number, (place, own) in enumerate(known)]


def _prompt(
    number: int, place: tuple[int, int], rows: Sequence[Row], masses: Sequence[Row]
) -> Prompt:
    layer, head = place
    ordered = sorted(rows, key=lambda row: row["position"])
    # BOS takes most of many heads, and is no part of the text.
    weights = [row["weight"] for row in ordered]
    strongest = max(weights[1:], default=0.0)
    told = sorted(masses, key=lambda row: -row["weight"])[:5]
    chart = strip(
        Strip(
            [row["role"].replace("_", " ") for row in told],
            [row["weight"] for row in told],
            [index == 0 for index in range(len(told))],
            "tone-a",
            f"L{layer}H{head}",
            "Share of attention by what tokens are, the five largest.",
            2,
        )
    )
    return Prompt(
        f"head-{number}",
        f"L{layer}H{head} reads",
        tinted(
            [row["token"] for row in ordered[1:]],
            weights[1:],
            strongest=strongest,
            framed=False,
        ),
        "Tinted: attention from the last token, the darkest being "
        f"{strongest:.2f}; the first token has {weights[0]:.2f}.",
        Figure(f"head-{number}-roles", [Panel(f"head-{number}-strip", "", chart)], "Mean shares."),
        open=number == 0,
    )
