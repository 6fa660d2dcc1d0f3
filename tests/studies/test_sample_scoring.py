"""Samples run without the model: right and wrong answers, and lines that are no answers."""

import json
from dataclasses import replace

import pytest

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.generation import generate
from neuroglot.programs.tasks import Task
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.studies import sample_scoring
from neuroglot.studies.sample_scoring import UNSCORED, is_whole, score_samples

ADD = Task(
    id="Python/0",
    language="python",
    prompt='def add(a, b):\n    """The sum."""\n',
    declaration="def add(a, b):\n",
    canonical="    return a + b\n",
    tests="assert add(2, 3) == 5\nassert add(-1, 1) == 0\n",
)
TASKS = {"Python/0": ADD, "Python/1": replace(ADD, id="Python/1")}


def sample(completion, task="Python/0", **more):
    return json.dumps({"task_id": task, "completion": completion} | more)


def written(tmp_path, *lines):
    file = tmp_path / "samples.jsonl"
    file.write_bytes("\n".join(lines).encode() + b"\n")
    return file


def scored(tmp_path, *lines, **more):
    file = written(tmp_path, *lines)
    return score_samples(file, TASKS, out=tmp_path / "out.jsonl", **more)


def statuses(found):
    return [row["status"] for row in found.rows]


@pytest.mark.slow
def test_right_and_wrong_answers_are_told_apart(tmp_path):
    found = scored(
        tmp_path,
        sample("    return a + b\n"),
        sample("    return a - b\n"),
        sample("    return a +\n"),
        sample("    while True: pass\n", "Python/1"),
        sample("    raise SystemExit(0)\n", "Python/1"),
        json.dumps({"task_id": "Python/1", "generation": "    return b + a\n\nprint(add(1, 1))\n"}),
        json.dumps({"task_id": "Python/1", "generation": ADD.prompt + ADD.canonical}),
    )
    assert statuses(found) == [
        *("passed", "wrong", "compile_error", "timeout"),
        *(statuses(found)[4], "passed", "passed"),
    ]
    assert statuses(found)[4] != "passed"
    (rate,) = found.rates
    assert (rate["samples"], rate["tasks"], rate["passed"], rate["k"]) == (7, 2, 3, 3)
    assert rate["pass_1"] == pytest.approx((1 / 3 + 2 / 4) / 2)
    assert rate["pass_k"] == pytest.approx((1 + 1) / 2)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == found.rows
    assert not (tmp_path / "out.jsonl.part").exists()


@pytest.mark.slow
def test_lines_that_are_no_answers_spoil_no_other(tmp_path):
    good = sample("    return a + b\n", note="kept")
    found = scored(
        tmp_path,
        good[:-9],
        sample("    pass\n", "Ada/3"),
        sample("x" * 10_000_000),
        json.dumps({"task_id": "Python/0"}),
        json.dumps(["no", "object"]),
        '{"task_id": "Python/0", "completion": "", "score": NaN}',
        "[" * 100_000,
        sample("    return '\\x00\x00\x1b[2J\ud800'\n"),
        good,
    )
    assert statuses(found)[:7] == [UNSCORED] * 7
    assert statuses(found)[7] in ("wrong", "compile_error", "crashed")
    assert found.rows[8]["status"] == "passed" and found.rows[8]["note"] == "kept"
    told = [row["detail"] for row in found.rows[:5]]
    assert told[0] == "line 1 is no JSON object"
    assert told[1] == "no task 'Ada/3' in the suite"
    assert told[2] == "10,000,000 characters: at most 1,000,000 are run"
    assert told[3] == "the line has no text as completion or generation"
    by_language = {rate["language"]: rate for rate in found.rates}
    assert by_language["python"]["tasks"] == 1 and by_language["python"]["passed"] == 1
    assert by_language[""]["statuses"] == {UNSCORED: 5}


def fake(monkeypatch, *, stop_after=None):
    """The sandbox replaced: what it was asked, and answers by the text."""
    asked = []

    def run(programs, *, workers, on_progress):
        if stop_after is not None and len(asked) >= stop_after:
            raise KeyboardInterrupt
        asked.extend(programs)
        return [
            Outcome("no_toolchain", "compile", "install it")
            if "lack" in each.source
            else Outcome("passed" if "a + b" in each.source else "wrong", "run")
            for each in programs
        ]

    monkeypatch.setattr(sample_scoring, "run_programs", run)
    return asked


def test_equal_programs_are_run_once(tmp_path, monkeypatch):
    asked = fake(monkeypatch)
    lines = [sample("    return a + b\n"), sample("    return 0\n"), sample("    return a + b\n")]
    assert statuses(scored(tmp_path, *lines)) == ["passed", "wrong", "passed"]
    assert len(asked) == 2


def test_a_missing_toolchain_is_told(tmp_path, monkeypatch):
    fake(monkeypatch)
    found = scored(tmp_path, sample("    lack\n", "Python/1"), sample("    return a + b\n"))
    row, other = found.rows
    assert (row["status"], row["detail"], row["passed"]) == ("no_toolchain", "install it", False)
    assert other["passed"]
    # It says nothing of the answer, so it is no wrong one.
    (rate,) = found.rates
    assert (rate["samples"], rate["tasks"], rate["pass_1"]) == (2, 1, 1.0)
    assert rate["statuses"] == {"no_toolchain": 1, "passed": 1}


def test_a_scoring_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(sample_scoring, "BATCH", 2)
    lines = [sample(f"    return {n} or a + b\n") for n in range(7)]
    fake(monkeypatch)
    whole = scored(tmp_path, *lines)
    (tmp_path / "out.jsonl").unlink()
    fake(monkeypatch, stop_after=4)
    with pytest.raises(KeyboardInterrupt):
        scored(tmp_path, *lines)
    asked = fake(monkeypatch)
    assert scored(tmp_path, *lines).rows == whole.rows
    assert len(asked) == 3


def test_a_part_of_other_samples_is_not_taken_up(tmp_path, monkeypatch):
    monkeypatch.setattr(sample_scoring, "BATCH", 1)
    fake(monkeypatch, stop_after=1)
    with pytest.raises(KeyboardInterrupt):
        scored(tmp_path, sample("    return 1\n"), sample("    return 2\n"))
    fake(monkeypatch)
    found = scored(tmp_path, sample("    return 3\n"))
    assert len(found.rows) == 1


def test_nothing_is_written_over(tmp_path, monkeypatch):
    fake(monkeypatch)
    scored(tmp_path, sample("    return 1\n"))
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(ConfigError, match="is never written over"):
        scored(tmp_path, sample("    return 2\n"))
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_a_file_without_lines_or_none_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="has no line"):
        score_samples(written(tmp_path, ""), TASKS, out=tmp_path / "o.jsonl")
    with pytest.raises(CorpusError, match="cannot read"):
        score_samples(tmp_path / "absent.jsonl", TASKS, out=tmp_path / "o.jsonl")


def test_a_whole_program_is_told_from_a_body():
    assert is_whole(ADD, ADD.prompt + ADD.canonical)
    assert is_whole(ADD, "import math\n\ndef add( a,b ):\n    return 1\n")
    assert not is_whole(ADD, ADD.canonical)
    assert not is_whole(ADD, "    return add_all(a, b)\n")


def test_a_loop_that_the_declaration_holds_is_no_signature():
    declaration = (
        "string first(string s){\n    for (int i=0;i<3;i++)\n        s+=s;\n}\n"
        "string second(string s){\n    for (int i=0;i<3;i++)\n"
    )
    task = replace(ADD, language="cpp", prompt=declaration, declaration=declaration)
    assert not is_whole(task, "        for (int i=0;i<3;i++)\n    s+=s;\n}\n")
    assert is_whole(task, "string second(string s){ return s; }\n")


@pytest.mark.slow
def test_generated_programs_are_a_suite_too(tmp_path):
    tasks = {row.id: row for row in generate(2, languages=["python"], levels=[1], seed=4)}
    file = tmp_path / "s.jsonl"
    lines = []
    for row in tasks.values():
        prompt = entry_prompt(row)
        lines.append(sample(prompt.text[len(prompt.opening) :], row.id))
    file.write_text("\n".join(lines))
    found = score_samples(file, tasks, out=tmp_path / "o.jsonl")
    assert set(statuses(found)) == {"passed"}
