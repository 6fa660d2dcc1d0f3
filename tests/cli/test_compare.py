"""`neuroglot compare`: two tables on the terminal, everything as JSON."""

import json
import shutil

import pytest


@pytest.fixture
def copy(planted_run, tmp_path):
    shutil.copytree(planted_run.path, tmp_path / "copy")
    return tmp_path / "copy"


def test_runs_stand_side_by_side(neuroglot, planted_run, copy):
    answer = neuroglot("compare", planted_run.path, copy)
    assert answer.status == 0
    assert "A-1" in answer.out and "copy" in answer.out and "Python" in answer.out


def test_json_holds_every_row(neuroglot, planted_run, copy):
    answer = neuroglot("compare", planted_run.path, copy, "--json")
    found = json.loads(answer.out)
    assert found["runs"] == [planted_run.path.name, "copy"]
    assert {row["scope"] for row in found["claims"]} >= {"overall", "python"}


def test_one_run_alone_is_refused_in_one_line(neuroglot, planted_run):
    answer = neuroglot("compare", planted_run.path)
    assert answer.status == 2
    assert len(answer.err.splitlines()) == 1 and "two or more" in answer.err


def test_sharing_is_compared_in_pairs(neuroglot, planted_run, copy):
    answer = neuroglot("compare", planted_run.path, "--against", copy)
    assert answer.status == 0
    assert "O-1: cannot tell" in answer.out
    neuroglot("compare", planted_run.path, copy, "--against", copy).refusal("2 runs against 1")
