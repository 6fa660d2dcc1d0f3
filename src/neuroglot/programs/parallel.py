"""Generated programs as texts that models read: documents, and items that are parallel.

Takes rows, gives `Document`s (their repository is the family, so a whole family counts as one
source) and plain rows for a parallel corpus: `id`, `problem`, one column per language, `english`.
Near duplicates are wanted here: programs of one algorithm are alike, so leave dropping them off.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from neuroglot.programs.facts import PROCEDURAL, Style
from neuroglot.programs.generation import Row
from neuroglot.text.document import Document

Item = dict[str, str]


def documents(rows: Iterable[Row]) -> Iterator[Document]:
    """A document for each row: its code under its language, in the split of its family."""
    for row in rows:
        yield Document(
            row.code, row.language, id=row.id, repo=row.family, path=row.program, split=row.split
        )


def parallel_items(rows: Iterable[Row], *, style: Style = PROCEDURAL) -> Iterator[Item]:
    """An item for each program, its code by language, in one style.

    `problem` is the family: items of one family are resampled together. `english` is the
    description. Rows of one program stand together, as they are generated.
    """
    for program, group in groupby(rows, key=lambda row: row.program):
        written = [row for row in group if row.style == style]
        if written:
            codes = {row.language: row.code for row in written}
            first = written[0]
            yield {"id": program, "problem": first.family} | codes | {"english": first.description}
