"""Languages against languages: one panel of a value for every pair, or of every removal."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import NARROW
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.scale import Domain
from neuroglot.report.pages.source import named
from neuroglot.report.parts import Panel

Matrix = list[list[float | None]]

_FIT_A_PHONE = 12
"""So many languages have room for numbers in their cells on a phone; one drawing does for both."""


def pairs_panel(
    languages: Sequence[str], matrix: Matrix, domain: Domain, words: tuple[str, str, str]
) -> Panel:
    """A heat map whose numbers stand in the cells. words: id, title, and what is shown."""
    id, title, spoken = words
    names = [named(language) for language in languages]
    chart = heat(
        HeatMap(
            matrix,
            names,
            names,
            domain,
            spoken,
            f"{spoken}, languages against languages; the numbers stand in the cells.",
            "{row} and {column}: {0}",
            width=NARROW if len(names) <= _FIT_A_PHONE else 428,
        )
    )
    return Panel(id, title, chart)


def removal_panel(
    languages: Sequence[str],
    matrix: Matrix,
    domain: Domain,
    words: tuple[str, str, str],
    *,
    unit: str = "",
    digits: int,
) -> Panel:
    """A heat map of what removing each language's set does to each language.

    words: id, title, and what is done with the column's language (read, written). unit: said behind
    each value. digits: of the values.
    """
    id, title, done = words
    names = [named(language) for language in languages]
    chart = heat(
        HeatMap(
            matrix,
            names,
            names,
            domain,
            title,
            f"Rows: whose set is removed; columns: which language is {done}.",
            f"{{row}} removed, {{column}} {done}: {{0}}{unit}",
            digits=digits,
            numbers=False,
            width=NARROW if len(names) <= _FIT_A_PHONE else 428,
        )
    )
    return Panel(id, title, chart)


def flat(matrix: Matrix) -> list[float | None]:
    """All values of a matrix, row by row."""
    return [value for row in matrix for value in row]
