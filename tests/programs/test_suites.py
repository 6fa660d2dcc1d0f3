"""HumanEval-X is read as released, and its own solutions pass in the sandbox, or are named."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.base.seeds import generator
from neuroglot.programs.bugs import bugs
from neuroglot.programs.suites import DEFECTS, expected, humaneval_x
from neuroglot.programs.tasks import SOURCES, program
from neuroglot.programs.trials import plant, renamed
from neuroglot.sandbox.running import run_programs

SAMPLE = 4
"""Tasks of each language that the tests run; all of them: tools/humaneval_x.py."""

SHOWS_LITTLE = "Go/50"
"""Its functions give back what they were given, so bugs that show are rare: docs/sandbox.md."""


def test_tasks_are_read_from_a_folder_and_from_a_file(released):
    tasks = humaneval_x(released)
    assert {task.language for task in tasks} == set(SOURCES)
    assert humaneval_x(released / "humaneval_go.jsonl") == [
        task for task in tasks if task.language == "go"
    ]


def test_a_prompt_ends_where_the_body_begins(released):
    for task in humaneval_x(released):
        assert task.prompt.rstrip().endswith(('"""', "{")), task
        assert "number after n" in task.prompt


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("humaneval_python.jsonl", [{"task_id": "Python/1"}], "has no prompt, declaration"),
        ("humaneval_klingon.jsonl", [{}], "names no language: 'klingon'"),
        ("humaneval_ruby.jsonl", [dict.fromkeys(
            ("task_id", "prompt", "declaration", "canonical_solution", "test"), "x")],
         "tasks in ruby are not run, only in python"),
        ("humaneval_python.jsonl", [dict.fromkeys(
            ("task_id", "prompt", "declaration", "canonical_solution", "test"), 7)],
         "7 has no text as prompt, declaration, canonical_solution, test"),
        ("humaneval_go.jsonl", [dict.fromkeys(
            ("task_id", "prompt", "declaration", "canonical_solution", "test"), "x")],
         "x has no text as import, test_setup"),
        ("other.jsonl", [{}], "no file humaneval_<language>.jsonl"),
    ],
)  # fmt: skip
def test_what_is_not_humaneval_x_is_refused_in_one_line(tmp_path, name, rows, message):
    (tmp_path / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.raises(CorpusError, match="cannot read") as refused:
        humaneval_x(tmp_path)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CorpusError, match="nothing at"):
        humaneval_x(tmp_path / "absent")


@pytest.fixture(scope="module")
def tasks():
    if "NEUROGLOT_DATA" not in os.environ:
        pytest.skip("NEUROGLOT_DATA names no folder of data")
    return humaneval_x(Path(os.environ["NEUROGLOT_DATA"]) / "humaneval-x")


def drawn(tasks, language):
    """A sample of a language's tasks, and those with a defect."""
    own = [task for task in tasks if task.language == language]
    places = generator(0, "sample", language).permutation(len(own))[:SAMPLE].tolist()
    return [task for place, task in enumerate(own) if place in places or task.id in DEFECTS]


@pytest.mark.data
def test_every_task_is_read(tasks):
    assert Counter(task.language for task in tasks) == dict.fromkeys(SOURCES, 164)
    assert set(DEFECTS) <= {task.id for task in tasks}


@pytest.mark.data
def test_every_solution_can_be_given_a_bug(tasks):
    for task in tasks:
        assert next(bugs(task.prompt, task.canonical, language=task.language, seed=0), None)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.xdist_group("libraries")
@pytest.mark.parametrize("language", SOURCES)
def test_solutions_pass_under_any_names_and_fail_with_a_bug(boxes, tasks, language):
    sample = drawn(tasks, language)
    originals = [program(task, task.canonical) for task in sample]
    outcomes = run_programs([*originals, *(renamed(task, seed=0) for task in sample)])
    if outcomes[0].status == "no_toolchain":
        pytest.skip(outcomes[0].detail)
    for task, outcome in zip([*sample, *sample], outcomes, strict=True):
        assert outcome.status in expected(task), (task.id, outcome)
    sound = [task for task in sample if task.id not in DEFECTS and task.id != SHOWS_LITTLE]
    caught = {trial.task.id for trial in plant(sound, seed=0) if trial.shows}
    assert caught == {task.id for task in sound}
