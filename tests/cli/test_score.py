"""`neuroglot score`: HumanEval-X's own solutions, and files in which not every line is a sample."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from neuroglot.base.errors import SandboxError
from neuroglot.base.seeds import generator
from neuroglot.programs.suites import DEFECTS, humaneval_x
from neuroglot.programs.tasks import SOURCES
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.sandbox.probing import require_box
from neuroglot.studies import sample_scoring

SAMPLE = 1
"""Tasks of each language that are scored, beside those with a defect."""
TASK = {
    "prompt": "def more(n):\n    '''One more.'''\n",
    "declaration": "def more(n):\n",
    "canonical_solution": "    return n + 1\n",
    "test": "assert more(1) == 2\n",
}
GOOD = {"task_id": "Python/0", "generation": "    return n + 1\n"}


def written(file, rows):
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    file.write_bytes(b"\n".join(lines))
    return file


def read(file):
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.xdist_group("libraries")
def test_solutions_of_humaneval_x_pass(neuroglot, data, tmp_path):
    """Each as the body alone and as the whole program, the two forms that CodeGeeX has."""
    try:
        require_box()
    except SandboxError as error:
        pytest.skip(str(error))
    tasks = humaneval_x(data / "humaneval-x")
    samples = []
    for language in SOURCES:
        own = [task for task in tasks if task.language == language]
        places = generator(0, "sample", language).permutation(len(own))[:SAMPLE].tolist()
        for place, task in enumerate(own):
            if place in places or task.id in DEFECTS:
                for answer in (task.canonical, task.prompt + task.canonical):
                    samples.append({"task_id": task.id, "generation": answer})
    file = written(tmp_path / "canonical.jsonl", samples)
    answer = neuroglot("score", file, "--tasks", data / "humaneval-x", "--json")
    assert answer.status == 0, answer
    by_task = defaultdict(set)
    for row in read(tmp_path / "canonical.scored.jsonl"):
        by_task[row["task_id"]].add(row["status"])
        if row["task_id"] in DEFECTS and not row["passed"]:
            assert "known of this task" in row["detail"] or row["status"] == "no_toolchain"
    assert len(samples) == sum(rate["samples"] for rate in answer.json)
    for task, statuses in by_task.items():
        expected = DEFECTS[task].statuses if task in DEFECTS else {"passed"}
        assert statuses <= expected or statuses == {"no_toolchain"}, (task, statuses)


@pytest.fixture
def suite(tmp_path):
    folder = tmp_path / "suite"
    folder.mkdir()
    for name, language in (("Python", "python"), ("JavaScript", "js")):
        written(folder / f"humaneval_{language}.jsonl", [TASK | {"task_id": f"{name}/0"}])
    return folder


@pytest.fixture
def judged(monkeypatch):
    """The box replaced: there is no Node, and Python passes where it adds one."""

    def run(programs, **_):
        return [
            Outcome("no_toolchain", "compile", "node is not installed: apt-get install nodejs")
            if each.language == "javascript"
            else Outcome("passed" if "n + 1" in each.source else "wrong", "run")
            for each in programs
        ]

    monkeypatch.setattr(sample_scoring, "run_programs", run)


ODD = {
    "a line that was cut": json.dumps(GOOD).encode()[:-9],
    "an unknown task": {**GOOD, "task_id": "Cobol/7"},
    "no toolchain": {**GOOD, "task_id": "JavaScript/0"},
    "ten megabytes": {**GOOD, "generation": "x" * 10_000_000},
    "control characters": {**GOOD, "generation": "    return '\x00\x1b[31m\x07'\n"},
    "no UTF-8": b'{"task_id": "Python/0", "generation": "\xff"}',
    "no answer": {"task_id": "Python/0"},
}


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_line_is_told_and_the_others_are_scored(odd, neuroglot, suite, tmp_path):
    file = written(tmp_path / "s.jsonl", [GOOD, ODD[odd], GOOD])
    answer = neuroglot("score", file, "--tasks", suite, "--json")
    assert answer.status == 0, answer
    rows = read(tmp_path / "s.scored.jsonl")
    assert len(rows) == 3
    assert (rows[0]["status"], rows[2]["status"]) == ("passed", "passed")
    status, detail = {
        "a line that was cut": ("unscored", "line 2 is no JSON object"),
        "an unknown task": ("unscored", "no task 'Cobol/7' in the suite"),
        "no toolchain": ("no_toolchain", "apt-get install nodejs"),
        "ten megabytes": ("unscored", "10,000,000 characters: at most 1,000,000 are run"),
        "control characters": ("wrong", ""),
        "no UTF-8": ("unscored", "line 2 is no JSON object"),
        "no answer": ("unscored", "no text as completion or generation"),
    }[odd]
    assert rows[1]["status"] == status and detail in rows[1]["detail"]
    assert not rows[1]["passed"]
    if isinstance(ODD[odd], dict):
        assert rows[1].items() >= ODD[odd].items()
    (python,) = [rate for rate in answer.json if rate["language"] == "python"]
    assert python["passed"] == 2


@pytest.mark.usefixtures("judged")
def test_a_file_of_odd_lines_is_shown_and_scored_again_alike(neuroglot, suite, tmp_path, is_narrow):
    file = written(tmp_path / "s.jsonl", [GOOD, *ODD.values()])
    first = neuroglot("score", file, "--tasks", suite)
    assert first.status == 0, first
    assert "\x1b" not in first.out and "\x00" not in first.out
    told = " ".join(first.out.split())
    assert "unscored" in told and "no_toolchain 1" in told
    neuroglot("score", file, "--tasks", suite).refusal("is never written over")
    again = neuroglot("score", file, "--tasks", suite, "--out", tmp_path / "again.jsonl")
    assert again.status == 0
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "s.scored.jsonl").read_bytes()
