"""Scored samples as a step of their run."""

import json

import pytest

from neuroglot.base.errors import CorpusError, OtherRunError
from neuroglot.runs.directory import open_run
from neuroglot.studies.passing import add_passes
from pls_run import write_pls_run

CLEAN = {
    "suite": "humaneval-x",
    "language": "python",
    "selection": "none",
    "ablated": "none",
    "operation": "none",
    "arm": "none",
    "draw": 0,
    "dose": 0.0,
    "fold": -1,
    "sample": 0,
}
OWN = {"selection": "pls", "ablated": "python", "arm": "neurons", "dose": 1.0}


def written(file, *, lost=4, operation="mean"):
    """Ten tasks: the clean model passes eight, the ablated one so many fewer."""
    rows = []
    for task in range(10):
        clean = CLEAN | {"task_id": f"Python/{task}", "passed": task < 8}
        own = clean | OWN | {"operation": operation, "fold": task % 2, "passed": task < 8 - lost}
        rows += [row | {"status": "passed" if row["passed"] else "wrong"} for row in (clean, own)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


@pytest.fixture
def run(tmp_path):
    return write_pls_run(tmp_path / "run", None, languages=["python"])


def values(run):
    rows = open_run(run.path).table("pass_at_k").to_pylist()
    return {(row["operation"], row["arm"]): (row["value"], row["change_points"]) for row in rows}


def test_a_file_becomes_rows_of_the_table(run, tmp_path):
    made = add_passes(run, written(tmp_path / "a.scored.jsonl"), resamples=50)
    assert values(made)["none", "none"] == (0.8, None)
    assert values(made)["mean", "neurons"] == pytest.approx((0.4, -40.0))
    assert made.manifest.addition("pass_at_k a.scored").step.state == "done"
    assert made.manifest.complete


def test_other_files_add_to_it_and_the_same_one_again_is_done(run, tmp_path):
    first = written(tmp_path / "a.jsonl")
    add_passes(run, first, resamples=50)
    add_passes(run, written(tmp_path / "b.jsonl", operation="zero", lost=8), resamples=50)
    add_passes(run, first, resamples=50)
    assert set(values(run)) == {("none", "none"), ("mean", "neurons"), ("zero", "neurons")}
    assert values(run)["zero", "neurons"] == pytest.approx((0.0, -80.0))
    with pytest.raises(OtherRunError, match="digest"):
        add_passes(run, written(first, lost=1), resamples=50)
    assert values(run)["mean", "neurons"] == pytest.approx((0.4, -40.0))


def test_what_does_not_belong_to_the_run_is_refused(run, tmp_path):
    with pytest.raises(CorpusError, match=r"no file .*absent"):
        add_passes(run, tmp_path / "absent.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(CorpusError, match="has no row"):
        add_passes(run, tmp_path / "empty.jsonl")
    (tmp_path / "plain.jsonl").write_text('{"task_id": "Python/1", "status": "passed"}\n')
    with pytest.raises(CorpusError, match="does not say what was done"):
        add_passes(run, tmp_path / "plain.jsonl")
    other = write_pls_run(tmp_path / "other", None, languages=["go"])
    with pytest.raises(CorpusError, match="has samples in python, which"):
        add_passes(other, written(tmp_path / "a.jsonl"))
    assert not open_run(run.path).has("pass_at_k") and not open_run(other.path).has("pass_at_k")
