"""Files of clone pairs: JSONL or CSV, with the functions in a file of their own or in each row.

Takes paths, gives `ClonePairs`; every message names the line. Columns of functions: id, language,
code, and problem where it is known. Of pairs: id1, id2, label (1 a clone, 0 none), and type, split,
problem where they are known; or code1, code2, language1, language2 in place of the ids.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.digests import text_digest
from neuroglot.base.errors import CorpusError
from neuroglot.text.clone_pairs import (
    SPLITS,
    TEST,
    VALIDATION,
    CloneFunction,
    ClonePair,
    ClonePairs,
    paired,
)
from neuroglot.text.columns import label_id
from neuroglot.text.json_lines import Placed, json_lines

ENDINGS = (".jsonl", ".csv")
BESIDE = ("functions", "files", "programs")
"""Where functions are looked for: `x_pairs.jsonl` has them in `x_functions.jsonl`, and so on."""
ALIASES: Mapping[str, tuple[str, ...]] = {
    "language": ("language", "lang"),
    "code": ("code", "text", "func"),
    "problem": ("problem", "problem_id", "case", "family"),
    "label": ("label", "clone"),
    "type": ("type", "level"),
    "language1": ("language1", "lang1", "language", "lang"),
    "language2": ("language2", "lang2", "language", "lang"),
}
"""Field -> the columns it is read from; the first that holds something wins."""
LABELS = {"0": False, "1": True, "false": False, "true": True}
SPLIT_WORDS = {VALIDATION: VALIDATION, "valid": VALIDATION, "dev": VALIDATION, TEST: TEST}


def read_clone_pairs(pairs: str | Path, *, functions: str | Path | None = None) -> ClonePairs:
    """The pairs of a file, checked as `paired` does.

    functions: the file of the functions; None looks beside the pairs, and for code in the rows
    themselves. Raises CorpusError, with the line, for what cannot be read or used.
    """
    file = Path(pairs)
    rows = list(_rows(file))
    if not rows:
        raise CorpusError(f"{str(file)!r} has no rows: give pairs of functions")
    if functions is None and "code1" in rows[0][1]:
        known = list(dict.fromkeys(each for row in rows for each in _inline(row)))
        found = [_pair(row, *(each.id for each in _inline(row))) for row in rows]
    else:
        known = [_function(row) for row in _rows(Path(functions or _beside(file)))]
        found = [_pair(row, _word(row, "id1"), _word(row, "id2")) for row in rows]
    return paired(known, found, source=str(file))


def _rows(file: Path) -> Iterator[Placed]:
    if file.suffix.lower() not in ENDINGS:
        raise CorpusError(f"{str(file)!r} is no table of pairs: give one in .jsonl or .csv")
    if not file.is_file():
        raise CorpusError(f"no file {str(file)!r}: give a file of clone pairs")
    try:
        # A byte order mark, as spreadsheets write it, is no part of the first column's name.
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if file.suffix.lower() == ".csv":
                yield from _csv(file, lines)
            else:
                yield from json_lines(file, lines, columns="id1, id2 and label")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"cannot read {str(file)!r}: {error}") from error


def _csv(file: Path, lines: Any) -> Iterator[Placed]:
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(lines)
    for row in reader:
        place = f"line {reader.line_num} of {file.name}"
        if None in row or None in row.values():
            raise CorpusError(
                f"{place}: its cells are not those of the heading "
                f"({', '.join(reader.fieldnames or [])}): quote cells that hold commas or lines"
            )
        yield place, row


def _beside(file: Path) -> Path:
    """The file of functions that goes with a file of pairs. Raises CorpusError."""
    stem = file.stem.removesuffix("pairs")
    names = [f"{stem}{word}{ending}" for word in BESIDE for ending in ENDINGS]
    for name in names:
        if stem != file.stem and (file.parent / name).is_file():
            return file.parent / name
    raise CorpusError(
        f"no functions for {str(file)!r}: name their file, lay it beside as {names[0]}, or give "
        "code1 and code2 in each row"
    )


def _function(row: Placed) -> CloneFunction:
    return CloneFunction(
        _word(row, "id"),
        label_id(_word(row, "language")),
        _code(row, "code"),
        _word(row, "problem", wanted=False),
    )


def _inline(row: Placed) -> list[CloneFunction]:
    """Both functions of a row that holds them; an id is of the text, where none is given."""
    problem = _word(row, "problem", wanted=False)
    found = []
    for n in "12":
        code, language = _code(row, f"code{n}"), label_id(_word(row, f"language{n}"))
        own = _word(row, f"problem{n}", wanted=False) or (problem if n == "1" else "")
        by_text = f"{language}.{text_digest(f'{own}/{code}')[:16]}"
        id = _word(row, f"id{n}", wanted=False) or by_text
        found.append(CloneFunction(id, language, code, own))
    return found


def _pair(row: Placed, first: str, second: str) -> tuple[str, ClonePair]:
    place, _ = row
    label, split = _word(row, "label").lower(), _word(row, "split", wanted=False).lower()
    if label not in LABELS:
        raise CorpusError(f"{place}: label is {label!r}: give 1 for a clone, 0 for none")
    if split and split not in SPLIT_WORDS:
        raise CorpusError(f"{place}: split is {split!r}: give {' or '.join(SPLITS)}")
    kind = _word(row, "type", wanted=False)
    return place, ClonePair(first, second, LABELS[label], kind, SPLIT_WORDS.get(split))


def _code(row: Placed, field: str) -> str:
    place, values = row
    for name in ALIASES.get(field, (field,)):
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return value
    raise CorpusError(f"{place} has no {field}: give the text of the function")


def _word(row: Placed, field: str, *, wanted: bool = True) -> str:
    """A cell as a word, empty where there is none. Raises CorpusError where it is wanted."""
    place, values = row
    for name in ALIASES.get(field, (field,)):
        value = values.get(name)
        if value is not None and not isinstance(value, list | dict) and str(value).strip():
            return str(value).strip()
    if wanted:
        raise CorpusError(
            f"{place} has no {field}: its columns are {', '.join(map(str, values)) or 'none'}"
        )
    return ""
