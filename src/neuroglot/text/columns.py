"""Columns of tables and data sets: which of them a document is made of.

Takes column names or a row, gives a document. One list of names serves JSONL, Parquet and the hub.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import language_id
from neuroglot.text.document import SPLITS, Document

ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "content", "code"),
    "language": ("language", "lang", "label"),
    "id": ("id",),
    "repo": ("repo", "repo_name", "max_stars_repo_name"),
    "path": ("path", "max_stars_repo_path"),
    "split": ("split",),
    "licence": ("licence", "license", "licenses", "max_stars_repo_licenses"),
}
"""Field of a document -> the columns it is read from; the first that is there wins."""


@dataclass(frozen=True)
class Columns:
    """Which column each field of a document comes from.

    of: field -> column. ignored: the other columns. label: what every row is labelled where no
    column says it.
    """

    of: Mapping[str, str]
    ignored: tuple[str, ...]
    label: str | None = None


def match_columns(
    names: Iterable[str], *, place: str, label_column: str | None = None, label: str | None = None
) -> Columns:
    """Find a document's fields among column names.

    label_column: the column whose values are the labels (any column), instead of `language`.
    label: the one label of all rows. Raises CorpusError where text or label has no column.
    """
    given = list(dict.fromkeys(names))
    aliases = dict(ALIASES)
    if label_column is not None:
        aliases["language"] = (label_column,)
    of = {
        field: next(name for name in spellings if name in given)
        for field, spellings in aliases.items()
        if any(name in given for name in spellings)
    }
    if label is not None:
        of.pop("language", None)
    for field in ("text",) if label is not None else ("text", "language"):
        if field not in of:
            raise CorpusError(
                f"{place} has no column {' or '.join(aliases[field])}: "
                f"its columns are {', '.join(given) or 'none'}"
            )
    known = {*of.values(), *(name for spellings in aliases.values() for name in spellings)}
    return Columns(of, tuple(name for name in given if name not in known), label)


def document_of(row: Mapping[str, Any], columns: Columns, *, place: str) -> Document | str:
    """A row as a document, or the reason why it is none ("no text", "no label")."""
    values = {field: row.get(column) for field, column in columns.of.items()}
    text = values.get("text")
    if not isinstance(text, str):
        return "no text"
    label = columns.label if columns.label is not None else _word(values.get("language"))
    if not label:
        return "no label"
    split = _word(values.get("split"))
    if split is not None and split not in SPLITS:
        raise CorpusError(
            f"{place} has a row with split {split!r}: a column split holds "
            f"{' or '.join(SPLITS)}; rename the values or the column"
        )
    return Document(
        text,
        label_id(label),
        id=_word(values.get("id")) or "",
        repo=_word(values.get("repo")),
        path=_word(values.get("path")),
        split=split,
        licence=_word(values.get("licence")),
    )


def label_id(label: str) -> str:
    """A language's id for any of its spellings, any other label as it is."""
    return language_id(label) or label


def _word(value: Any) -> str | None:
    """A cell as text: lists are joined, blanks are None."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(part) for part in value)
    return str(value).strip() or None
