"""How steady the sets are: other halves, thresholds, sizes, tokens, and one language left out."""

from collections.abc import Sequence
from statistics import median

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.lines import MOST_NAMED, Lines, Series, lines
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Small
from neuroglot.report.charts.scale import Domain, finite
from neuroglot.report.numbers import fixed, share
from neuroglot.report.pages.source import Row, Source, look, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

_WORDS = {
    "headers": "headers kept",
    "code": "code tokens only",
    "late": "positions ≥ 256",
    "standardised": "equal token mix",
}
_TONES = ("tone-a", "tone-b", "tone-c", "tone-d")
_SHAPES = "●◆▲■"


def section(source: Source) -> Section | None:
    """The section, or None where the table was not written."""
    if not source.stability:
        return None
    figures = [_survival(source), _grid(source), _learning(source)]
    blocks = [figure for figure in figures if figure]
    return Section("stability", "How steady the sets are", _lead(source), [*blocks, _table(source)])


def _lead(source: Source) -> str:
    told = []
    halves = finite([row["jaccard_halves"] for row in source.stable().values()])
    if halves:
        told.append(
            f"Two halves of a language's repositories agree in {share(median(halves))} of the "
            "union of their sets (median over languages)"
        )
    for variant, words in (("code", "on code tokens only"), ("headers", "with headers kept")):
        kept = finite([row["survives"] for row in source.stable(variant=variant).values()])
        if kept:
            told.append(f"{share(median(kept))} of a set survives {words}")
    return "; ".join(told) + "." if told else ""


def _survival(source: Source) -> Figure | None:
    """Which share of each set is found again when something is changed, as a heat map."""
    variants = {row["variant"] for row in source.stability} - {"none"}
    order = [*_WORDS, *(f"without:{label}" for label in source.languages)]
    found = {
        variant: source.stable(variant=variant)
        for variant in [*(v for v in order if v in variants), *sorted(variants - {*order})]
    }
    shown = [
        variant
        for variant in found
        if any(row["survives"] is not None for row in found[variant].values())
    ]
    if not shown:
        return None
    values = [
        [found[variant].get(label, {}).get("survives") for variant in shown]
        for label in source.languages
    ]
    chart = heat(
        HeatMap(
            values,
            [named(label) for label in source.languages],
            [_words(variant) for variant in shown],
            Domain(0, 1),
            "Share of each set that survives a change",
            "Rows are languages, columns are changes of the text or of the languages; the numbers "
            "stand in the cells.",
            "{row}, {column}: {0} of the set survives",
        )
    )
    return Figure(
        "stability-survival",
        [Panel("stability-survival-a", "", chart)],
        "Share of a language's set that is selected again when the text is read differently "
        "(licence headers kept, code tokens only, late positions, every language given the same "
        "mix of token classes) or when one language is left out of the comparison. 1 is all of it.",
    )


def _grid(source: Source) -> Figure | None:
    """Agreement of split halves over set sizes, one line per threshold: median over languages."""
    rows = [
        row
        for row in source.stability
        if row["variant"] == "none"
        and row["tokens_share"] == 1
        and row["jaccard_halves"] is not None
    ]
    sizes = sorted({row["nu"] for row in rows})
    thresholds = sorted({row["tau"] for row in rows})
    if len(sizes) < 2 and len(thresholds) < 2:
        return None
    series = []
    for index, tau in enumerate(thresholds[:MOST_NAMED]):
        tone, shape = _TONES[index % len(_TONES)], _SHAPES[index % len(_SHAPES)]
        values = [_median(rows, tau, nu) for nu in sizes]
        if finite(values):
            series.append(Series(f"τ {tau:g}", tone, shape, values))
    picture = Lines(
        series,
        [str(nu) for nu in sizes],
        "ν, neurons per language",
        "overlap of the sets of two halves (median language)",
        "Split-half overlap over set sizes, one line per threshold",
        "The median over languages of the Jaccard overlap of the sets found in two halves of the "
        "repositories, for each set size, one line per activation threshold.",
        top=1.0,
    )
    return Figure(
        "stability-grid",
        [Panel("stability-grid-a", "", lines(picture))],
        "Jaccard overlap of the sets found in two halves of each language's repositories, for "
        "other set sizes ν and thresholds τ. Median over languages; each language in the table "
        "below.",
    )


def _learning(source: Source) -> Figure | None:
    """Overlap with the set of all tokens, over the share of tokens used."""
    rows = [
        row
        for row in source.main_stability
        if row["variant"] == "none" and row["jaccard_full"] is not None
    ]
    shares = sorted({row["tokens_share"] for row in rows})
    if len(shares) < 2:
        return None
    found = {(row["language"], row["tokens_share"]): row["jaccard_full"] for row in rows}
    labels = [label for label in source.languages if any((label, s) in found for s in shares)]
    values = {label: [found.get((label, part)) for part in shares] for label in labels}
    columns = [_fraction(part) for part in shares]
    panels = [
        Small(
            named(label),
            *look(label),
            [
                Line("others", (), [values[other] for other in labels if other != label]),
                Line("main", values[label]),
            ],
        )
        for label in labels
    ]
    reading = Reading(
        [named(label) for label in labels],
        columns,
        "{row}, {column} of the text: {0}",
        [[values[label] for label in labels]],
        [3],
    )
    picture = Multiples(
        panels,
        columns,
        "share of the repositories' groups",
        "Overlap with the set from all of the text, one panel per language",
        "Each panel is a language: how much of the set is found already with a part of the text. "
        "The other languages are thin grey lines.",
        reading,
        top=1.0,
    )
    return Figure(
        "stability-learning",
        [Panel("stability-learning-a", "", multiples(picture))],
        "Learning curve: Jaccard overlap of the set found with a part of the groups of "
        "repositories with the set found with all of them (mean of random parts). Thin grey: the "
        "other languages. A curve still steep at its end asks for more text.",
    )


def _table(source: Source) -> Table:
    place = {label: index for index, label in enumerate(source.languages)}
    rows = sorted(
        source.stability,
        key=lambda row: (row["variant"] != "none", row["variant"], place.get(row["language"], 0)),
    )
    names = (
        "tau",
        "nu",
        "tokens_share",
        "jaccard_halves",
        "jaccard_full",
        "survives",
        "entropy_rho",
        "n_star",
    )
    return Table(
        "stability-table",
        "",
        [
            Column("language"),
            Column("change"),
            Column("τ", "fixed", 2),
            Column("ν", "count"),
            Column("tokens", "fixed"),
            Column("halves", "fixed"),
            Column("with all", "fixed"),
            Column("survives", "fixed"),
            Column("rank corr.", "fixed"),
            Column("n*", "count"),
        ],
        [
            [named(row["language"]), _words(row["variant"]), *(row[name] for name in names)]
            for row in rows
        ],
        first=8,
        filter=True,
        folded="All readings: values",
    )


def _median(rows: Sequence[Row], tau: float, nu: int) -> float | None:
    values = [row["jaccard_halves"] for row in rows if row["tau"] == tau and row["nu"] == nu]
    return median(values) if values else None


def _words(variant: str) -> str:
    if variant.startswith("without:"):
        return f"without {named(variant.removeprefix('without:'))}"
    return {"none": "–"}.get(variant, _WORDS.get(variant, variant))


def _fraction(part: float) -> str:
    """1/8 ... 1 as fractions, anything else as a share."""
    if part == 1:
        return "1"
    whole = round(1 / part)
    return f"1/{whole}" if abs(1 / whole - part) < 1e-6 else fixed(part, 2)
