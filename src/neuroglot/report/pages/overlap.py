"""Who shares with whom: the overlap of the sets beside what equal sets at random would share."""

from collections.abc import Sequence

from neuroglot.report.charts.scale import Domain, finite
from neuroglot.report.numbers import share
from neuroglot.report.pages.pairs import Matrix, flat, pairs_panel
from neuroglot.report.pages.source import Row, Source, named
from neuroglot.report.parts import Column, Figure, Section, Table

Pairs = dict[tuple[str, str], Row]


def section(source: Source) -> Section | None:
    """The section, or None where the table was not written."""
    rows = source.rows("overlap")
    rows = [row for row in rows if row["selection"] == source.selection] or rows
    if not rows:
        return None
    pairs: Pairs = {}
    for row in rows:
        pairs[row["a"], row["b"]] = pairs[row["b"], row["a"]] = row
    blocks = [_beside_control(source, pairs)]
    if any(row["normalised"] is not None for row in rows):
        blocks.append(_normalised(source, pairs))
    return Section("overlap", "Who shares with whom", _lead(pairs), blocks)


def _lead(pairs: Pairs) -> str:
    known = [row for (a, b), row in sorted(pairs.items()) if a < b and row["jaccard"] is not None]
    if not known:
        return "No pair of languages has a set each."
    most = max(known, key=lambda row: row["jaccard"])
    text = (
        f"{named(most['a'])} and {named(most['b'])} share most: {share(most['jaccard'])} of "
        "their union"
    )
    if most["independent"] is not None:
        text += f", where random sets share {share(most['independent'])}"
    scaled = [row for row in known if row["normalised"] is not None]
    if scaled:
        closest = max(scaled, key=lambda row: row["normalised"])
        text += (
            f". Between chance (0) and a language with itself (1), {named(closest['a'])} and "
            f"{named(closest['b'])} stand at {share(closest['normalised'])}"
        )
    return text + "."


def _beside_control(source: Source, pairs: Pairs) -> Figure:
    found, control = (
        _matrix(source.languages, pairs, column) for column in ("jaccard", "independent")
    )
    domain = Domain.of(flat(found) + flat(control), low=0.0)
    words = ("overlap-a", "(a) Observed", "Overlap of the sets")
    panels = [pairs_panel(source.languages, found, domain, words)]
    if finite(flat(control)):
        words = ("overlap-b", "(b) Control: random sets", "Overlap of random sets")
        panels.append(pairs_panel(source.languages, control, domain, words))
    return Figure(
        "overlap-jaccard",
        panels,
        "Jaccard overlap of the selected sets (a), and of random sets of the same sizes with the "
        "same layer profile, drawn from the same candidates (b, mean of the draws). Unit: share "
        f"of the neurons in either set. {_resampled(pairs)} One colour scale; the diagonal, 1 by "
        "definition, is left blank.",
        _table(source, pairs),
    )


def _resampled(pairs: Pairs) -> str:
    row = next(iter(pairs.values()))
    if row["n"] is None or row["low"] is None:
        return "No interval in this run."
    return f"Intervals in the table: 95% percentile bootstrap, n = {row['n']} ({row['unit']})."


def _normalised(source: Source, pairs: Pairs) -> Figure:
    matrix = _matrix(source.languages, pairs, "normalised")
    values = flat(matrix)
    domain = (
        Domain.about_zero(values) if min(finite(values)) < -0.02 else Domain.of(values, low=0.0)
    )
    words = ("overlap-c", "", "Normalised sharing")
    return Figure(
        "overlap-normalised",
        [pairs_panel(source.languages, matrix, domain, words)],
        "Normalised sharing: 0 is the overlap of random sets, 1 the overlap of two halves of one "
        "language's own repositories. It can be compared between pairs whose sets differ in "
        "steadiness; the plain overlap cannot.",
    )


def _matrix(labels: Sequence[str], pairs: Pairs, column: str) -> Matrix:
    return [
        [pairs[a, b][column] if a != b and (a, b) in pairs else None for b in labels]
        for a in labels
    ]


def _table(source: Source, pairs: Pairs) -> Table:
    place = {label: index for index, label in enumerate(source.languages)}
    order = sorted(
        (pair for pair in pairs if place[pair[0]] < place[pair[1]]),
        key=lambda pair: (place[pair[0]], place[pair[1]]),
    )
    columns = ("both", "jaccard", "low", "high", "odds_ratio", "independent", "self", "normalised")
    return Table(
        "overlap-table",
        "",
        [
            Column("a"),
            Column("b"),
            Column("neurons in both", "count"),
            Column("Jaccard", "fixed"),
            Column("low", "fixed"),
            Column("high", "fixed"),
            Column("odds ratio", "fixed", 2),
            Column("random sets", "fixed"),
            Column("with itself", "fixed"),
            Column("normalised", "fixed"),
        ],
        [[named(a), named(b), *(pairs[a, b][name] for name in columns)] for a, b in order],
        first=10,
        filter=True,
    )
