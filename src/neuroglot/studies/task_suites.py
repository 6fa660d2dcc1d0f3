"""Suites of tasks with tests: what a word or a path stands for, and how each task is asked.

Takes the word of --tasks, gives tasks by their id. What belongs together, a family of algorithms or
a task in all its languages, has a name: it stands in one half of a suite and is resampled as one.
Needs neither a model nor a sandbox.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from neuroglot.analyses.passing import Whole
from neuroglot.programs.catalogue import BY_NAME
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.generation import Row, generate
from neuroglot.programs.mceval import MCEVAL, is_mceval, mceval
from neuroglot.programs.suites import HUMANEVAL_X, humaneval_x
from neuroglot.programs.tables import ENDINGS, read_rows
from neuroglot.programs.tasks import Task
from neuroglot.text.parallel_sources import FOLDER_VARIABLE, FOLDERS

PROGRAMS = "programs"
SUITE_SEED, SUITE_PROGRAMS = 1_000, 150
GENERATED = re.compile(r"(\w+)-\d+-\d+\.[a-z]+\.[a-z-]+")
"""The id of a generated program's row: algorithm, seed, number, language and style."""

Suite = Mapping[str, Task | Row]
"""Tasks by their id."""


def suite(name: str) -> Suite:
    """`programs`: those generated for evaluations; a table of programs; HumanEval-X or McEval.

    `humaneval-x` is looked for below the folder that NEUROGLOT_DATA names where it is not here.
    Raises CorpusError where there is no such file, ConfigError for what is none of these.
    """
    if name == PROGRAMS:
        rows = generate(SUITE_PROGRAMS, styles=["procedural"], levels=[1, 2], seed=SUITE_SEED)
        return {row.id: row for row in rows}
    path = _place(name)
    word = suite_word(name)
    if word == HUMANEVAL_X:
        return {task.id: task for task in humaneval_x(path)}
    if word == MCEVAL:
        return {task.id: task for task in mceval(path)}
    return {row.id: row for row in read_rows(path)}


def suite_word(name: str) -> str:
    """What samples and tables call the suite: its word, or the name of a table of programs."""
    path = _place(name)
    if name == PROGRAMS:
        return PROGRAMS
    if path.name.startswith("humaneval_") or any(path.glob("humaneval_*.jsonl")):
        return HUMANEVAL_X
    if is_mceval(path):
        return MCEVAL
    return path.stem if path.suffix in ENDINGS else HUMANEVAL_X


def opening(task: Task | Row) -> str:
    """What a model is given to go on from: without the last line break, as `Prompt.opening`."""
    if isinstance(task, Row):
        return entry_prompt(task).opening
    return task.prompt.removesuffix("\n")


def whole_of(task_id: str) -> Whole:
    """The family of a generated program; of a published task its number, the same in all languages.

    Held to one half and resampled together, so that no half has seen the other.
    """
    generated = GENERATED.fullmatch(task_id)
    if generated is None:
        return Whole("task", task_id.rpartition("/")[2])
    algorithm = BY_NAME.get(generated[1])
    return Whole("algorithm family", algorithm.family if algorithm else generated[1])


def _place(name: str) -> Path:
    place, above = Path(name), os.environ.get(FOLDER_VARIABLE)
    if name == HUMANEVAL_X and above and not place.exists():
        return Path(above) / FOLDERS[name]
    return place
