"""The published procedure beside the sound one: both matrices, and what each would say."""

from neuroglot.report.charts.drawing import NARROW
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.scale import Domain
from neuroglot.report.pages.source import Row, Source, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

_FIT_A_PHONE = 12
_MILLI = 1000.0


def section(source: Source) -> Section | None:
    """The section, or None where the published procedure was not run."""
    rows = source.rows("published_ablation")
    if not rows:
        return None
    return Section(
        "published",
        "The published procedure, beside",
        _lead(source),
        [_matrices(source, rows), _readings(source)],
    )


def _lead(source: Source) -> str:
    found = {row["id"]: row for row in source.rows("published_readings")}
    shares = [found["A-5"][name] for name in ("published", "sound")]
    k = len(source.languages)
    said = f"Zeroing whole sets, the own language loses most for {_of(shares[0], k)} languages"
    if shares[1] is None:
        return f"{said}. No control was run."
    return f"{said}; beyond matched neurons, held at the mean, for {_of(shares[1], k)}."


def _of(share: float | None, k: int) -> str:
    return "none of the" if share is None else f"{round(share * k)} of {k}"


def _matrices(source: Source, rows: list[Row]) -> Figure:
    labels = source.languages
    cells = {(row["ablated"], row["evaluated"]): row for row in rows}
    panels = []
    for column, id, title in (
        ("nll_change", "published-a", "(a) Published: set to zero, as it is"),
        ("beyond_matched", "published-b", "(b) Here: held at the mean, beyond matched neurons"),
    ):
        matrix = [[_milli(cells[a, b][column]) for b in labels] for a in labels]
        names = [named(label) for label in labels]
        domain = Domain.about_zero([value for row in matrix for value in row])
        chart = heat(
            HeatMap(
                matrix,
                names,
                names,
                domain,
                title,
                "Rows: whose set is removed; columns: which language is read.",
                "{row} removed, {column} read: {0}",
                digits=2,
                numbers=False,
                width=NARROW if len(names) <= _FIT_A_PHONE else 428,
            )
        )
        panels.append(Panel(id, title, chart))
    return Figure(
        "published-matrix",
        panels,
        "What is lost when the set of the row's language is removed, read in the column's "
        "language. Unit: thousandths of a nat per token; each map has its own scale. "
        f"(a) {_definition(rows[0]['preset'])} (b) Sets cut at n*, from documents without their "
        "headers.",
        Table(
            "published-table",
            "",
            [
                Column("removed"),
                Column("read"),
                Column("nats per token", "fixed", 5),
                Column("change", "fixed", 5),
                Column("perplexity", "fixed", 3),
                Column("change", "fixed", 4),
                Column("here, beyond matched", "fixed", 5),
            ],
            [
                [
                    named(row["ablated"]) if row["ablated"] in labels else row["ablated"],
                    named(row["evaluated"]),
                    row["nll"],
                    row["nll_change"],
                    row["ppl"],
                    row["ppl_change"],
                    row["beyond_matched"],
                ]
                for row in rows
            ],
            first=12,
            filter=True,
            folded="All cells of (a)",
        ),
    )


def _definition(preset: str) -> str:
    scored = {
        "published": "all nats of a language over all its tokens",
        "release": "the mean over joined rows of each row's mean",
    }[preset]
    return (
        "Sets from joined rows with headers, every position counted, as many neurons as asked for, "
        f"real or not; scored as {scored}; no control, no interval."
    )


def _readings(source: Source) -> Table:
    return Table(
        "published-readings",
        "What each would say",
        [
            Column("claim"),
            Column("figure"),
            Column("published", "measure"),
            Column("here", "measure"),
            Column("verdict here"),
        ],
        [
            [row["id"], row["measure"], row["published"], row["sound"], row["verdict"]]
            for row in source.rows("published_readings")
        ],
        note="The published figures have no control and no interval, so they carry no verdict.",
    )


def _milli(value: float | None) -> float | None:
    return None if value is None else _MILLI * value
