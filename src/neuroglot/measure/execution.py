"""Completions proven by running them: what becomes of the tests of their programs and tasks.

Takes programs or tasks and what a model wrote for each; gives one Outcome each, in their order.
Equal programs are run once. Writes no completion.
"""

import re
from collections.abc import Callable, Sequence

from neuroglot.base.errors import ConfigError
from neuroglot.programs.entries import completed
from neuroglot.programs.generation import Row
from neuroglot.programs.tasks import Task, program
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import Outcome, Program
from neuroglot.sandbox.running import run_programs
from neuroglot.text.definitions import defined_behind
from neuroglot.text.function_end import function_end

WORD = re.compile(r"\w+")
MAIN = frozenset(("main", "Main"))
"""What the tests bring themselves, whole or not."""

CLOSED = {"java": "\n}"}
"""What a task's completion lacks when it is cut where the function ends: the end of the class."""


def row_outcomes(
    rows: Sequence[Row],
    completions: Sequence[str],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """What becomes of completions of `programs.entries.entry_prompt`, one for each row given.

    A completion is cut where its function ends, so what follows may be left on. Raises ConfigError
    for unequal numbers of rows and completions, and what `run_programs` and `completed` raise.
    """
    _check(rows, completions)
    programs = [
        completed(row, completion) for row, completion in zip(rows, completions, strict=True)
    ]
    return _outcomes(programs, limits, workers, on_progress)


def task_outcomes(
    tasks: Sequence[Task],
    completions: Sequence[str],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """What becomes of completions of `Task.prompt`, one for each task given.

    A completion is cut where its function ends, and closes no class. Raises as `row_outcomes`.
    """
    _check(tasks, completions)
    programs = [
        program(task, cut(task, completion))
        for task, completion in zip(tasks, completions, strict=True)
    ]
    return _outcomes(programs, limits, workers, on_progress)


def _check(given: Sequence[object], completions: Sequence[str]) -> None:
    if len(given) != len(completions):
        raise ConfigError(
            f"{len(completions)} completions for {len(given)} tasks or rows: give one for each"
        )


def cut(task: Task, completion: str) -> str:
    """A completion up to where its function ends, with what closes the class in Java.

    What follows stays where it is whole and defines what the function or the tests use: a helper,
    not the next thing that came to a model's mind, nor the same function once more.
    """
    end = function_end(task.language, task.prompt, completion)
    closed = CLOSED.get(task.language, "")
    kept = completion[:end] + closed
    if end is None or not completion[end:].strip():
        return kept
    there = MAIN | _defined(task, task.prompt + kept) | _defined(task, task.tests)
    used = set(WORD.findall(completion[:end] + task.tests))
    for whole in (completion, completion + closed):
        more = _defined(task, task.prompt + whole, len(task.prompt) + end)
        if more & used and not more & there:
            return whole
    return kept


def _defined(task: Task, code: str, start: int = 0) -> frozenset[str]:
    return defined_behind(code, task.language, start)


def _outcomes(
    programs: Sequence[Program],
    limits: Limits | None,
    workers: int | None,
    on_progress: Callable[[int, int], None] | None,
) -> list[Outcome]:
    different = list(dict.fromkeys(programs))
    found = run_programs(different, limits=limits, workers=workers, on_progress=on_progress)
    by_program = dict(zip(different, found, strict=True))
    return [by_program[each] for each in programs]
