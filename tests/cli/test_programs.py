"""`neuroglot programs`: tables of programs, one program on the terminal, and what is refused."""

import re
from pathlib import Path

import pytest

from neuroglot.programs import generation
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import read_rows
from neuroglot.sandbox import probing

LINE = ("programs", "generate", "--count", "4", "--languages", "python,c")


@pytest.mark.parametrize("name", ["made.jsonl", "folder/made.parquet"])
def test_a_table_is_written_and_told(neuroglot, is_narrow, name):
    answer = neuroglot(*LINE, "--seed", "3", "--out", name)
    assert answer.status == 0
    assert answer.err == f"writing programs to {name}\n"
    assert is_narrow(answer.out)
    assert f"4 programs, 12 rows in {name}" in answer.out
    wanted = list(generate(4, languages=["python", "c"], seed=3))
    assert read_rows(Path(name)) == wanted
    before = Path(name).read_bytes()
    neuroglot(*LINE, "--seed", "3", "--out", name)
    assert Path(name).read_bytes() == before


def test_json(neuroglot):
    found = neuroglot(*LINE, "--style", "procedural", "--level", "1,2", "--json").json
    assert (found["out"], found["programs"]) == ("programs.jsonl", 4)
    assert found["rows"] == {"python": 4, "c": 4}
    assert sum(row["programs"] for row in found["families"]) == 4
    assert {row.level for row in read_rows(Path("programs.jsonl"))} <= {1, 2}


def test_algorithms_and_comments(neuroglot):
    neuroglot(*LINE, "--algorithm", "count_beside,digit_total", "--documented")
    rows = read_rows(Path("programs.jsonl"))
    assert {row.algorithm for row in rows} == {"count_beside", "digit_total"}
    assert all('"""' in row.code or "/**" in row.code for row in rows)


def test_one_program_is_shown(neuroglot, is_narrow):
    answer = neuroglot("programs", "show", "count_runs-0-0", "--languages", "python,java")
    assert answer.status == 0
    assert answer.out.startswith("count_runs-0-0: family strings, level 3, train\n")
    prose = answer.out
    for row in generate(1, languages=["python", "java"], algorithms=["count_runs"]):
        if row.style == "procedural":
            assert row.code in answer.out
            prose = prose.replace(row.code, "")
    assert is_narrow(prose)
    by_name = neuroglot("programs", "show", "count_runs", "--languages", "python,java")
    assert by_name.out == answer.out


def test_rows_as_json(neuroglot):
    line = ("programs", "show", "count_runs", "--languages", "python", "--style", "all", "--json")
    rows = neuroglot(*line, "--seed", "4").json
    assert [row["style"] for row in rows] == ["procedural", "object-oriented"]
    assert {row["program"] for row in rows} == {"count_runs-4-0"}


def test_colour_and_wrapping_on_a_terminal_only(process, neuroglot, is_narrow, monkeypatch):
    line = ("programs", "show", "count_runs", "--languages", "java")
    assert "\x1b[" not in neuroglot(*line).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    out = process(*line).out
    assert "\x1b[" in out
    assert is_narrow(re.sub(r"\x1b\[[\d;]*m", "", out))


def test_algorithms_are_listed(neuroglot, is_narrow):
    answer = neuroglot("programs", "show")
    assert is_narrow(answer.out)
    assert len(answer.out.splitlines()) == len(ALGORITHMS) + 2
    listed = neuroglot("programs", "show", "--json").json
    assert [row["algorithm"] for row in listed] == [each.name for each in ALGORITHMS]


def test_without_a_verb_it_says_what_there_is(neuroglot):
    answer = neuroglot("programs")
    assert answer.status == 0
    assert "generate" in answer.out and "show" in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--count", "0"), ("count is 0", "1 or more")),
        (("--count", "many"), ("--count", "valid integer", "neuroglot programs generate --help")),
        (("--seed", "-1"), ("seed is -1",)),
        (
            ("--languages", "cobol"),
            ("unknown language 'cobol'", "known are c, cpp, csharp, go, java"),
        ),
        (("--languages", "haskell"), ("no programs in language 'haskell'", "python")),
        (("--languages", ""), ("no language in ''",)),
        (("--languages", "c", "--style", "object-oriented"), ("c is not written in style",)),
        (("--style", "baroque"), ("unknown style 'baroque'", "procedural")),
        (("--style", ","), ("nothing is named by ','",)),
        (("--level", "9"), ("unknown level 9", "1, 2, 3")),
        (("--level", "hard"), ("no level 'hard'",)),
        (("--algorithm", "count_run"), ("unknown algorithm 'count_run'", "count_runs")),
        (("--algorithm", "count_runs", "--level", "1"), ("no algorithm is left",)),
        (("--out", "made.csv"), ("'made.csv'", ".jsonl or .parquet")),
    ],
)
def test_bad_input(neuroglot, words, said):
    neuroglot("programs", "generate", *words).refusal(*said)
    assert list(Path().iterdir()) == []


def test_too_many_programs_leave_no_table(neuroglot, monkeypatch):
    monkeypatch.setattr(generation, "TRIES", 1)
    line = (*LINE[:2], "--count", "9999", "--algorithm", "selection_sort", "--languages", "python")
    neuroglot(*line).refusal("count is 9999, but only", "different programs")
    assert list(Path().iterdir()) == []


def test_unknown_program(neuroglot):
    neuroglot("programs", "show", "count_run").refusal("did you mean count_runs")
    neuroglot("programs", "show", "count_run-0-0").refusal("unknown algorithm 'count_run'")
    neuroglot("programs", "show", "count_runs", "--seed", "-3").refusal("seed is -3")


def test_a_full_disk(neuroglot, mount):
    disk = mount("size=8k")
    answer = neuroglot(*LINE, "--count", "8", "--out", disk / "made.jsonl")
    answer.refusal("cannot write", "disk is full")
    assert list(disk.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--count", "0"), ("count is 0", "1 or more")),
        (("--languages", "cobol"), ("unknown language 'cobol'",)),
        (("--level", "9"), ("unknown level 9", "1, 2, 3")),
        (("--algorithm", "count_run"), ("unknown algorithm 'count_run'", "count_runs")),
        (("--workers", "0"), ("--workers", "greater than or equal to 1")),
    ],
)
def test_nothing_is_verified_of_bad_input(neuroglot, words, said):
    neuroglot("programs", "verify", *words).refusal(*said)


PYTHON = ("programs", "verify", "--count", "2", "--languages", "python")


@pytest.mark.usefixtures("toolchains_afresh")
def test_without_bubblewrap_it_is_refused_unless_asked_otherwise(neuroglot, monkeypatch):
    monkeypatch.setattr(probing, "BWRAP", "/usr/bin/no-such-bwrap")
    neuroglot(*PYTHON).refusal("apt-get install bubblewrap", "--no-sandbox")
    assert neuroglot(*PYTHON, "--no-sandbox", "--json").json["passed"]


@pytest.mark.usefixtures("toolchains_afresh")
def test_a_missing_toolchain_is_told_and_no_program_is_wrong(neuroglot, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROGLOT_TOOLCHAINS", str(tmp_path / "absent"))
    line = ("--languages", "python,typescript", "--style", "procedural")
    answer = neuroglot(*PYTHON[:4], *line, "--no-sandbox")
    assert answer.status == 1
    assert re.search(r"typescript +procedural +no_toolchain +2\n", answer.out)
    assert f"npm install --prefix {tmp_path / 'absent'}" in " ".join(answer.out.split())
    assert " wrong " not in answer.out
