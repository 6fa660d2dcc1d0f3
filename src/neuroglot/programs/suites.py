"""Published tasks with tests that run: HumanEval-X in six languages.

Takes the released files, gives tasks; names those whose own solution does not pass. Runs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroglot.base.errors import CorpusError
from neuroglot.programs.tasks import SOURCES, Task
from neuroglot.sandbox.outcomes import Status
from neuroglot.text.published import read_humaneval_x_rows

HUMANEVAL_X = "humaneval-x"
COLUMNS = ("prompt", "declaration", "canonical_solution", "test")
GO_COLUMNS = ("import", "test_setup")
RUST_CRATES = ("rand", "regex", "md5")
TESTIFY = "github.com/stretchr/testify/assert"


@dataclass(frozen=True, slots=True)
class Defect:
    """What becomes of a task's canonical solution, and why it does not always pass."""

    statuses: frozenset[Status]
    cause: str


DEFECTS: Mapping[str, Defect] = {
    "Go/95": Defect(
        frozenset(("passed", "wrong")),
        "goes by the order of a map, which Go draws anew in each run",
    ),
    "JavaScript/112": Defect(
        frozenset(("wrong",)), "its solution returns (z, true), which is true and no pair"
    ),
    "JavaScript/155": Defect(
        frozenset(("wrong",)), "its solution finds no digit in 0, where the tests want one even"
    ),
    "Rust/32": Defect(frozenset(("compile_error",)), "its tests are commented out"),
    "Rust/50": Defect(
        frozenset(("compile_error",)), "its tests call rand as it was before 0.8: gen_range(0, 2)"
    ),
}
"""Tasks whose own solution does not always pass. Of the last two, no answer can be checked."""


def defect(task: Task) -> Defect | None:
    """What is known to be wrong with a task; other suites number their tasks in the same way."""
    return DEFECTS.get(task.id) if task.suite == HUMANEVAL_X else None


def expected(task: Task) -> frozenset[Status]:
    """What may become of a task's canonical solution: it passes, unless the task has a defect."""
    known = defect(task)
    return frozenset(("passed",)) if known is None else known.statuses


def humaneval_x(path: str | Path) -> list[Task]:
    """The tasks of `humaneval_<language>.jsonl`, one file or all of a folder, as released.

    Raises CorpusError for a path without them, for rows without their columns, and for a language
    that HumanEval-X is not written in.
    """
    place = Path(path)
    if not place.exists():
        raise CorpusError(f"nothing at {str(path)!r}: give the folder of HumanEval-X, or a file")
    try:
        return [_task(id, row) for id, row in read_humaneval_x_rows(place, COLUMNS)]
    except (OSError, ValueError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}") from error


def _task(language: str, row: Mapping[str, Any]) -> Task:
    if language not in SOURCES:
        known = ", ".join(SOURCES)
        raise ValueError(f"{row['task_id']}: tasks in {language} are not run, only in {known}")
    wanted = COLUMNS + (GO_COLUMNS if language == "go" else ())
    strange = [column for column in wanted if not isinstance(row.get(column), str)]
    if strange:
        raise ValueError(f"{row['task_id']} has no text as {', '.join(strange)}")
    prompt, declaration = row["prompt"], row["declaration"]
    imports = ""
    if language == "go":
        imports = row["import"] + row["test_setup"].replace("package main", "")
    elif language == "rust":
        prompt += declaration
    return Task(
        id=str(row["task_id"]),
        language=language,
        prompt=prompt,
        declaration=declaration,
        canonical=row["canonical_solution"],
        tests=row["test"],
        imports=imports,
        libraries=_libraries(language, prompt),
        suite=HUMANEVAL_X,
    )


def _libraries(language: str, prompt: str) -> tuple[str, ...]:
    if language == "cpp":
        return ("crypto",) if "openssl/" in prompt else ()
    return {"go": (TESTIFY,), "rust": RUST_CRATES}.get(language, ())
