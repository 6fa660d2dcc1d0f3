"""Parallel items as rows: plain JSONL, CoST's snippets and HumanEval-X as they were released.

Takes a file or folder, gives one mapping per item: its id, its problem and a text per language.
Knows nothing of what is done with them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.languages import language_id
from neuroglot.text.source import Source
from neuroglot.text.tables import json_rows

_COST_FILE = "snippets.jsonl"
_HUMANEVAL = "humaneval_"


def read_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Rows of a .jsonl, .jsonl.zst or .json file. Raises ValueError for what is no JSON object."""
    source = Source(str(file))
    yield from json_rows(file, source)
    if source.skipped:
        raise ValueError(f"{source.skipped.total()} lines are no UTF-8")


def read_cost(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Items of CoST: `snippets.jsonl`, or a folder per language with `<problem>-<number>.json`.

    An item is one that has a file in every language's folder. Raises ValueError for another layout.
    """
    if folder.is_file() or (folder / _COST_FILE).is_file():
        yield from read_rows(folder if folder.is_file() else folder / _COST_FILE)
        return
    folders = {
        id: place
        for place in sorted(folder.iterdir())
        if place.is_dir() and (id := language_id(place.name)) and any(place.glob("*-*.json"))
    }
    if not folders:
        raise ValueError(
            f"neither {_COST_FILE} nor folders such as Python with files such as 747-1.json"
        )
    names = [{file.stem for file in place.glob("*-*.json")} for place in folders.values()]
    for name in sorted(set.intersection(*names), key=_numbers):
        found = {id: _json(place / f"{name}.json") for id, place in folders.items()}
        yield {
            "id": name,
            "problem": name.split("-")[0],
            **{id: content.get("snippet") for id, content in found.items()},
            "english": found.get("c", {}).get("comment"),
        }


def read_humaneval_x(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Tasks of HumanEval-X: `humaneval_<language>.jsonl`, joined by the number of the task.

    Raises ValueError for a folder without such files and for rows without their columns.
    """
    tasks: dict[str, dict[str, Any]] = {}
    for id, row in read_humaneval_x_rows(folder, ("declaration", "canonical_solution")):
        number = str(row["task_id"]).rpartition("/")[2]
        task = tasks.setdefault(number, {"id": number, "problem": number})
        task[id] = f"{row['declaration']}{row['canonical_solution']}"
        if id == "python":
            task["english"] = row.get("text")
    for number in sorted(tasks, key=_numbers):
        yield tasks[number]


def read_humaneval_x_rows(
    place: Path, columns: Iterable[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows of HumanEval-X as released, each with its language: of one file, or of all in a folder.

    Raises ValueError for a place without such files and for rows without task_id or `columns`.
    """
    wanted = ("task_id", *columns)
    files = [place] if place.is_file() else sorted(place.glob(f"{_HUMANEVAL}*.jsonl"))
    if not files:
        raise ValueError(f"no file {_HUMANEVAL}<language>.jsonl, such as {_HUMANEVAL}python.jsonl")
    for file in files:
        name = file.stem.removeprefix(_HUMANEVAL)
        id = language_id(name)
        if id is None:
            raise ValueError(f"{file.name} names no language: {name!r}")
        for row in read_rows(file):
            absent = [column for column in wanted if column not in row]
            if absent:
                raise ValueError(f"a row of {file.name} has no {', '.join(absent)}")
            yield id, row


def _numbers(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts `9-2` before `10-1`."""
    return tuple((int(part) if part.isdigit() else -1, part) for part in name.split("-"))


def _json(file: Path) -> dict[str, Any]:
    content = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{file.name} holds no object")
    return content
