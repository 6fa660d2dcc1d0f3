"""Lines of JSON, an object on each, with the place of each: every message names the line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.errors import CorpusError

Placed = tuple[str, Mapping[str, Any]]
"""A row and its place, as "line 3 of pairs.jsonl"."""


def json_lines(file: Path, lines: Iterable[str], *, columns: str) -> Iterator[Placed]:
    """The objects of lines, those that are blank left out.

    columns: those that an object should have, for whoever gave something else. Raises CorpusError.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"line {number} of {file.name}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise CorpusError(f"{place} is not JSON ({error}): give one object a line") from error
        if not isinstance(row, dict):
            raise CorpusError(f"{place} holds no object: give one with {columns}")
        yield place, row
