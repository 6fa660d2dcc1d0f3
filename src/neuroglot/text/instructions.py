"""Questions with their answers, to be trained on: rows of JSONL, of two layouts.

Takes a file; gives prompts. McEval-Instruct's rows have `instruction`, `output` and `language`;
a row of one's own has `question`, `answer` and, where it has one, `language` and `id`. An
instruction is asked as in the release of 2512.19980: a blank line and "code:" behind it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import language_id
from neuroglot.text.prompts import Prompt
from neuroglot.text.published import read_rows

LAYOUTS = {"instruction": "output", "question": "answer"}
"""Columns of the question and of the answer."""
LABELS = ("language", "lang")


def read_instructions(path: str | Path, *, language: str | None = None) -> list[Prompt]:
    """The pairs of a .jsonl file, in order; `language`: only those in one.

    A row without a language is taken to be in the one asked for. Raises CorpusError for a file that
    cannot be read, a row without a question or an answer, and where no row is left.
    """
    file = Path(path)
    if not file.is_file():
        raise CorpusError(f"no file {str(path)!r}: give a .jsonl file of questions and answers")
    try:
        rows = list(read_rows(file))
    except (OSError, ValueError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}") from error
    found = [
        _pair(row, file, number)
        for number, row in enumerate(rows, start=1)
        if language is None or _label(row) in (None, language)
    ]
    if not found:
        there = sorted({str(_label(row)) for row in rows})
        raise CorpusError(
            f"{path} holds no pair in {language}: it has {', '.join(there)}"
            if rows
            else f"{path} is empty: give one pair of question and answer on each line"
        )
    return found


def _pair(row: Mapping[str, Any], file: Path, number: int) -> Prompt:
    id = str(row.get("id") or row.get("task_id") or f"{file.name}:{number}")
    layout = next((each for each in LAYOUTS if each in row), None)
    if layout is None:
        raise CorpusError(
            f"row {number} of {file} has neither instruction nor question: it has "
            f"{', '.join(sorted(map(str, row))) or 'nothing'}"
        )
    question, answer = row[layout], row.get(LAYOUTS[layout])
    if not isinstance(question, str) or not isinstance(answer, str) or not answer.strip():
        raise CorpusError(
            f"row {number} of {file} has no text as {LAYOUTS[layout]}: give each {layout} its own"
        )
    asked = f"{question.rstrip()}\n\ncode:\n" if layout == "instruction" else question
    return Prompt(asked + answer, len(asked), item=id)


def _label(row: Mapping[str, Any]) -> str | None:
    given = next((row[name] for name in LABELS if row.get(name)), None)
    return None if given is None else language_id(str(given)) or str(given)
