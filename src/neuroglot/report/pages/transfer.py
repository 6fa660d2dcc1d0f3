"""What was transferred: scores of summaries by arm and examples, and samples to read."""

from collections.abc import Sequence
from statistics import fmean

from neuroglot.report.charts.dots import Dots, dots
from neuroglot.report.charts.dots import Row as Dot
from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.numbers import fixed
from neuroglot.report.pages.source import Row, Source, look, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

ARMS = {
    "band": "the concept band, two stages",
    "all": "all layers, two stages",
    "low": "as many low layers, two stages",
    "high": "as many high layers, two stages",
    "shuffled": "the band, foreign summaries first",
    "single": "the band, the target alone",
    "direct": "all layers, the target alone",
    "base": "the model as it is, shown examples",
}
SHORT = {
    "band": "concept band",
    "all": "all layers",
    "low": "low layers",
    "high": "high layers",
    "shuffled": "foreign summaries",
    "single": "target alone",
    "direct": "all layers, target alone",
}
BAND, BASE = "band", "base"
SAMPLES = 4
"""Test items whose summaries are shown from every arm."""


def section(source: Source) -> Section | None:
    """The section, or None where no summaries were trained."""
    rows = source.rows("summaries")
    if not rows:
        return None
    sizes = sorted({row["size"] for row in rows if row["size"]})
    return Section(
        "transfer",
        "Transfer of summaries",
        _lead(rows, sizes),
        [
            *([_growth(rows, sizes)] if len(sizes) > 1 else []),
            *(_scores(rows, size) for size in sizes),
            _table(rows),
            _samples(source, sizes[-1]),
        ],
    )


def _means(rows: Sequence[Row], arm: str, size: int) -> list[Row]:
    return [row for row in rows if row["arm"] == arm and row["size"] in (0, size)]


def _mean(rows: Sequence[Row]) -> float | None:
    return fmean(row["rouge_l"] for row in rows) if rows else None


def _lead(rows: Sequence[Row], sizes: Sequence[int]) -> str:
    told = []
    for size in sizes:
        found = {arm: _mean(_means(rows, arm, size)) for arm in ARMS}
        known = {arm: mean for arm, mean in found.items() if mean is not None}
        best = fixed(max(known.values()), 1)
        first = [ARMS[arm] for arm, mean in known.items() if fixed(mean, 1) == best]
        who = first[0] if len(first) == 1 else f"{len(first)} of {len(known)} arms alike"
        told.append(f"with {size:,} examples {who} ({best})")
    target = named(rows[0]["target"])
    return f"Highest ROUGE-L of summaries of {target}: {'; '.join(told)}."


def _growth(rows: Sequence[Row], sizes: Sequence[int]) -> Figure:
    """A panel for each arm: its score over the number of examples, beside the band's."""
    trained = [arm for arm in ARMS if any(row["arm"] == arm and row["size"] for row in rows)]
    curves = {arm: [_mean(_means(rows, arm, size)) for size in sizes] for arm in trained}
    untrained = [_mean(_means(rows, BASE, 0))] * len(sizes)
    styles = {"main": "this training", "second": ARMS[BAND], "null": ARMS[BASE]}
    drawn = {
        arm: {"null": untrained, "second": curves.get(BAND, []), "main": values}
        for arm, values in curves.items()
    }
    columns = [f"{size:,}" for size in sizes]
    chart = multiples(
        Multiples(
            [
                Curves(
                    SHORT[arm],
                    *look(""),
                    [
                        Line(style, values)
                        for style, values in lines.items()
                        if any(values) and not (style == "second" and arm == BAND)
                    ],
                )
                for arm, lines in drawn.items()
            ],
            columns,
            f"examples of {named(rows[0]['target'])}",
            "ROUGE-L over the number of examples",
            "A panel for each training: its mean score over the number of examples, beside the "
            "concept band's and that of the model as it is.",
            Reading(
                [SHORT[arm] for arm in drawn],
                columns,
                "{row}, {column} examples: "
                + "; ".join(f"{name} {{{n}}}" for n, name in enumerate(styles.values())),
                [[lines[style] for lines in drawn.values()] for style in styles],
                [1] * len(styles),
            ),
            list(styles.items()),
            zero=False,
        )
    )
    return Figure(
        "transfer-growth",
        [Panel("transfer-growth-a", "ROUGE-L over the number of examples", chart)],
        "Means over trainings. The axis does not start at zero.",
    )


def _scores(rows: Sequence[Row], size: int) -> Figure:
    drawn = []
    for arm, name in ARMS.items():
        own = _means(rows, arm, size)
        if own:
            values = [row["rouge_l"] for row in own]
            drawn.append(Dot(name, "", [fmean(values)], min(values), max(values), ""))
    title = f"ROUGE-L, {size:,} examples"
    chart = dots(
        Dots(
            drawn,
            ["mean over trainings"],
            "ROUGE-L",
            title,
            "One row per arm: a dot at the mean of its trainings, a bar from the lowest to the "
            "highest.",
            1,
            zero=False,
        )
    )
    return Figure(
        f"transfer-{size}",
        [Panel(f"transfer-{size}-a", title, chart)],
        "ROUGE-L of summaries of functions whose families nobody trained on. Every arm has the "
        "same examples in the same order; dot: mean over trainings, bar: lowest to highest. The "
        "model as it is writes once. The axis does not start at zero.",
    )


def _table(rows: Sequence[Row]) -> Table:
    columns = ("arm", "stage", "size", "seed", "bleu4", "rouge_l", "low", "high", "chrf", "n")
    return Table(
        "transfer-table",
        "",
        [
            Column("arm"),
            Column("stages", "count"),
            Column("examples", "count"),
            Column("training", "count"),
            Column("BLEU-4", "fixed", 1),
            Column("ROUGE-L", "fixed", 1),
            Column("low", "fixed", 1),
            Column("high", "fixed", 1),
            Column("chrF", "fixed", 1),
            Column("families", "count"),
        ],
        [[row[name] for name in columns] for row in rows],
        folded="Every training",
        note="low and high: 95% interval of ROUGE-L, families of programs being resampled.",
    )


def _samples(source: Source, size: int) -> Table:
    rows = [
        row
        for row in source.rows("summary_items")
        if row["seed"] == 0 and row["size"] in (0, size) and row["arm"] in ARMS
    ]
    items = list(dict.fromkeys(row["item"] for row in rows))[:SAMPLES]
    shown = sorted(
        (row for row in rows if row["item"] in items),
        key=lambda row: (items.index(row["item"]), list(ARMS).index(row["arm"])),
    )
    return Table(
        "transfer-samples",
        "Samples",
        [
            Column("item"),
            Column("arm"),
            Column("reference"),
            Column("written"),
            Column("ROUGE-L", "fixed", 1),
        ],
        [[r["item"], r["arm"], r["reference"], r["text"], r["rouge_l"]] for r in shown],
        filter=True,
    )
