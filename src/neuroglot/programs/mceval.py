"""Tasks of McEval: functions to be completed, with tests, in the languages whose tasks are run.

Takes lines of JSON with `task_id` (Java/7), `prompt`, `canonical_solution`, `test` and
`entry_point`; gives tasks in the form of HumanEval-X. There a prompt ends with a line break, tests
of Java are a class of their own, and a main of C++ ends without `return`. Runs nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import language_id
from neuroglot.programs.suites import RUST_CRATES, TESTIFY
from neuroglot.programs.tasks import GO_IMPORTS, SOURCES, Task
from neuroglot.text.published import read_rows

MCEVAL = "mceval"
COLUMNS = ("task_id", "prompt", "canonical_solution", "test", "entry_point")
JAVA_CLASS = re.compile(r"^(?:public )?class (\w+)", re.MULTILINE)
CPP_RETURN = re.compile(r"return 0;\s*\}\s*\Z")


def is_mceval(path: str | Path) -> bool:
    """Whether the first row of a file, or of a folder's first file, is one of McEval."""
    for file in _files(Path(path)):
        try:
            return "entry_point" in next(iter(read_rows(file)), {})
        except (OSError, ValueError):
            return False
    return False


def mceval(path: str | Path) -> list[Task]:
    """The tasks of a file, or of all `*.jsonl` of a folder; those in other languages are left out.

    Raises CorpusError for rows without their columns, and where no task is left.
    """
    try:
        rows = [(id, row) for file in _files(Path(path)) for id, row in _rows(file)]
    except (OSError, ValueError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}") from error
    tasks = [_task(id, row) for id, row in rows if id is not None and id in SOURCES]
    if not tasks:
        known = ", ".join(SOURCES)
        raise CorpusError(
            f"no task of {str(path)!r} is in a language that is run: these are {known}"
        )
    return tasks


def _files(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(place.glob("*.jsonl"))
    return [place] if place.is_file() and place.suffix == ".jsonl" else []


def _rows(file: Path) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Each row with its language; None for one that is not known."""
    for row in read_rows(file):
        strange = [column for column in COLUMNS if not isinstance(row.get(column), str)]
        if strange:
            raise ValueError(f"a row of {file.name} has no text as {', '.join(strange)}")
        yield language_id(row["task_id"].partition("/")[0]), row


def _task(language: str, row: Mapping[str, Any]) -> Task:
    task = Task(
        id=row["task_id"],
        language=language,
        prompt=f"{row['prompt'].rstrip()}\n",
        declaration=_signature(language, row),
        canonical=row["canonical_solution"],
        tests=row["test"],
        suite=MCEVAL,
    )
    return FORMS[language](task) if language in FORMS else task


def _signature(language: str, row: Mapping[str, Any]) -> str:
    """The line of the prompt that names the function; its doc stands below it in Python alone."""
    lines = [line for line in row["prompt"].splitlines() if row["entry_point"] in line]
    if language == "python":
        lines = [line for line in lines if line.lstrip().startswith("def ")][:1]
    return lines[-1] if lines else str(row["prompt"])


def _java(task: Task) -> Task:
    """The tests, which stand inside the class, as a class that inherits from it."""
    names = JAVA_CLASS.findall(task.prompt)
    above = f" extends {names[-1]}" if names else ""
    return replace(
        task,
        prompt=JAVA_CLASS.sub(r"class \1", task.prompt),
        canonical=f"{task.canonical}\n}}",
        tests=f"public class Main{above} {{\n{task.tests}\n",
    )


def _cpp(task: Task) -> Task:
    tests = CPP_RETURN.sub("}", task.tests)
    return replace(task, declaration=f"#include <cassert>\n{task.declaration}", tests=tests)


def _go(task: Task) -> Task:
    found = GO_IMPORTS.search(task.prompt)
    return replace(task, imports=found[0] if found else "", libraries=(TESTIFY,))


def _rust(task: Task) -> Task:
    return replace(task, libraries=RUST_CRATES)


FORMS: Mapping[str, Callable[[Task], Task]] = {
    "java": _java,
    "cpp": _cpp,
    "go": _go,
    "rust": _rust,
}
"""What of a language's tasks is laid out in another way than in HumanEval-X."""
