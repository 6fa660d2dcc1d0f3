"""What removing each language's units costs in tasks that pass, beside its control."""

from collections.abc import Sequence

from neuroglot.report.charts.dots import Dots, dots
from neuroglot.report.charts.dots import Row as Dot
from neuroglot.report.charts.scale import Domain
from neuroglot.report.pages.pairs import removal_panel
from neuroglot.report.pages.source import Row, Source, look, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

OWN, MATCHED = "neurons", "matched"
OPERATIONS = (("mean", "held at their means"), ("zero", "set to zero"))

Matrix = list[list[float | None]]


def section(source: Source) -> Section | None:
    """The section, or None where no code was written without units."""
    rows = [row for row in source.rows("pass_at_k") if row["k"] == 1]
    clean = [row for row in rows if row["arm"] not in (OWN, MATCHED)]
    if not clean:
        return None
    figures: list[Figure | Table] = []
    for suite in dict.fromkeys(row["suite"] for row in rows):
        for operation, words in OPERATIONS:
            own = [
                row
                for row in rows
                if (row["suite"], row["operation"], row["dose"]) == (suite, operation, 1)
            ]
            if own:
                figures += [_maps(source, own, suite, words), _own(source, own, suite, words)]
    return Section(
        "passes", "What it costs in tasks that pass", _lead(clean), [*figures, _table(rows)]
    )


def _lead(clean: Sequence[Row]) -> str:
    told = "; ".join(
        f"{named(row['evaluated'])} {row['value']:.0%} of {row['tasks']:,}" for row in clean
    )
    suites = " and ".join(dict.fromkeys(row["suite"] for row in clean))
    return f"The model as it is passes, of the tasks of {suites}: {told}."


def _id(rows: Sequence[Row], kind: str) -> str:
    return f"passes-{kind}-{rows[0]['suite']}-{rows[0]['operation']}"


def _maps(source: Source, rows: Sequence[Row], suite: str, words: str) -> Figure:
    labels = source.ordered(row["evaluated"] for row in rows)
    matrices = [_matrix(rows, labels, arm) for arm in (OWN, MATCHED)]
    domain = Domain.about_zero([value for matrix in matrices for each in matrix for value in each])
    id = _id(rows, "map")
    titles = ("(a) The language's units", "(b) Control: matched units")
    return Figure(
        id,
        [
            removal_panel(
                labels,
                matrix,
                domain,
                (f"{id}-{letter}", title, "written"),
                unit=" points",
                digits=1,
            )
            for matrix, letter, title in zip(matrices, "ab", titles, strict=True)
        ],
        f"Change of pass@1 in percentage points, {suite}: the units of the row's language are "
        f"{words} while the column's language is written. Control: units of the same layers and "
        "projections, as active in that language (diagonal: mean over all draws). One colour "
        "scale.",
    )


def _matrix(rows: Sequence[Row], labels: Sequence[str], arm: str) -> Matrix:
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["arm"] == arm and row["change_points"] is not None:
            cell = row["ablated"], row["evaluated"]
            found.setdefault(cell, []).append(row["change_points"])
    means = {cell: sum(values) / len(values) for cell, values in found.items()}
    return [[means.get((a, b)) for b in labels] for a in labels]


def _own(source: Source, rows: Sequence[Row], suite: str, words: str) -> Figure:
    """Each language's own change with its interval, beside its matched sets."""
    labels = source.ordered(row["evaluated"] for row in rows if row["ablated"] == row["evaluated"])
    control = _matrix(rows, labels, MATCHED)
    drawn = []
    for place, label in enumerate(labels):
        own = next(
            (r for r in rows if r["arm"] == OWN and r["ablated"] == r["evaluated"] == label), None
        )
        values = [None if own is None else own["change_points"], control[place][place]]
        low, high = (None, None) if own is None else (own["low"], own["high"])
        drawn.append(Dot(named(label), look(label)[0], values, low, high))
    chart = dots(
        Dots(
            drawn,
            ["its units", "matched units"],
            "change of pass@1, percentage points",
            f"Change of pass@1 in the own language, {suite}",
            "One row per language: its own units, and matched ones beside.",
            1,
        )
    )
    id = _id(rows, "own")
    return Figure(
        id,
        [Panel(f"{id}-a", "", chart)],
        f"The own language alone, units {words}. Bar: 95% percentile bootstrap over tasks, whole "
        "families of programs at a time.",
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "passes-table",
        "",
        [
            Column("suite"),
            Column("removed"),
            Column("written"),
            Column("operation"),
            Column("arm"),
            Column("draw", "count"),
            Column("tasks", "count"),
            Column("pass@1", "fixed", 3),
            Column("points", "fixed", 1),
            Column("low", "fixed", 3, note="of the points; of pass@1 for the model as it is"),
            Column("high", "fixed", 3),
            Column("p", "p", note="exact, against matched sets; Holm over languages"),
        ],
        [
            [
                row["suite"],
                "nothing" if row["change_points"] is None else named(row["ablated"]),
                named(row["evaluated"]),
                "" if row["change_points"] is None else row["operation"],
                "" if row["change_points"] is None else row["arm"].replace("_", " "),
                row["draw"],
                row["tasks"],
                row["value"],
                row["change_points"],
                row["low"],
                row["high"],
                row["p_holm"],
            ]
            for row in rows
        ],
        first=12,
        filter=True,
    )
