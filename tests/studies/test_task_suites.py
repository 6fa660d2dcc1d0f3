"""Suites by their word or path; what a task is a part of."""

import json
from dataclasses import replace

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.studies.task_suites import opening, suite, suite_word, whole_of

PLAIN = {
    "task_id": "Python/3",
    "prompt": "def f(n):\n    '''One more.'''\n",
    "canonical_solution": "    return n + 1\n",
    "test": "assert f(1) == 2\n",
}


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "mine.jsonl"
    with file.open("wb") as opened:
        write_rows(generate(3, languages=["python"], seed=5), opened, ending=".jsonl")
    return file


def lines(file, *rows):
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def test_the_suite_of_programs_is_the_same_every_time():
    found = suite("programs")
    assert {row.style for row in found.values()} == {"procedural"}
    assert {row.level for row in found.values()} == {1, 2}
    assert found.keys() == suite("programs").keys()
    assert len({row.program for row in found.values()}) == 150


def test_each_kind_of_file_is_known_by_what_it_holds(table, tmp_path, monkeypatch):
    humaneval = lines(tmp_path / "humaneval_python.jsonl", {**PLAIN, "declaration": "def f(n):\n"})
    mceval = lines(tmp_path / "Python.jsonl", {**PLAIN, "entry_point": "f"})
    found = {file: suite(str(file)) for file in (table, humaneval, mceval)}
    assert [suite_word(str(file)) for file in found] == ["mine", "humaneval-x", "mceval"]
    assert [len(each) for each in found.values()] == [6, 1, 1]
    assert suite_word("programs") == "programs"
    monkeypatch.setenv("NEUROGLOT_DATA", str(tmp_path))
    (tmp_path / "humaneval-x").mkdir()
    humaneval.rename(tmp_path / "humaneval-x" / humaneval.name)
    assert suite("humaneval-x") == found[humaneval]


@pytest.mark.parametrize("name", ["nothing", "nothing.jsonl", "humaneval-x"])
def test_an_unknown_suite_is_refused_in_one_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEUROGLOT_DATA", raising=False)
    with pytest.raises(CorpusError, match=r"nothing at|no table") as refused:
        suite(name)
    assert "\n" not in str(refused.value)


def test_a_family_is_one_whole_and_so_is_a_task_in_all_languages(table):
    for id, row in suite(str(table)).items():
        assert whole_of(id) == ("algorithm family", row.family)
    assert whole_of("Python/12") == whole_of("Go/12") == ("task", "12")
    assert whole_of("of_old-1-2.python.procedural") == ("algorithm family", "of_old")


def test_a_model_goes_on_without_the_last_line_break(table, tmp_path):
    tasks = suite(str(lines(tmp_path / "Python.jsonl", {**PLAIN, "entry_point": "f"})))
    task = tasks["Python/3"]
    assert opening(task) == PLAIN["prompt"].rstrip()
    assert opening(replace(task, prompt="a\n\n")) == "a\n"
    assert not any(opening(row).endswith("\n") for row in suite(str(table)).values())
