"""Runs side by side: what each says, the differences, and what is refused."""

import shutil

import pytest

import neuroglot as ng
from neuroglot.base.errors import RunError
from neuroglot.studies.compare import compare_sharing


@pytest.fixture(scope="module")
def other(planted_run, tmp_path_factory):
    """The same counts with another threshold."""
    return ng.conclude(planted_run, tau=0.9, out=tmp_path_factory.mktemp("other") / "tau")


def test_a_run_beside_itself_differs_by_nothing(planted_run, tmp_path):
    shutil.copytree(planted_run.path, tmp_path / "copy")
    found = ng.compare([planted_run, tmp_path / "copy"])
    assert found.runs == (planted_run.path.name, "copy") and not found.notes
    changes = [row["difference"] for row in found.claims if row["run"] == "copy"]
    assert {change for change in changes if change is not None} == {0.0}
    assert all(row["difference"] is None for row in found.claims if row["run"] != "copy")


def test_figures_are_those_of_the_runs(planted_run, other):
    found = ng.compare([planted_run, other.path])
    for run, name in zip((planted_run, other), found.runs, strict=True):
        claims = {(row["id"], row["scope"]): row for row in run.table("claims").to_pylist()}
        mine = [row for row in found.claims if row["run"] == name]
        assert len(mine) == len(claims)
        for row in mine:
            assert row["verdict"] == claims[row["id"], row["scope"]]["verdict"]
            assert row["value"] == claims[row["id"], row["scope"]]["value"]
        lape = run.table("lape").to_pylist()
        for row in (row for row in found.neurons if row["run"] == name):
            layers = [each["layer"] for each in lape if each["language"] == row["language"]]
            assert row["bottom"] == pytest.approx(sum(x < 2 for x in layers) / len(layers))
            assert row["bottom"] + row["middle"] + row["top"] == pytest.approx(1)
            assert row["n_star"] >= 0 and row["size"] == len(layers)


def test_what_cannot_be_compared_is_refused_in_one_line(planted_run, tmp_path):
    with pytest.raises(RunError, match="two or more run directories"):
        ng.compare([planted_run])
    with pytest.raises(RunError):
        ng.compare([planted_run, tmp_path])
    bare = tmp_path / "bare"
    shutil.copytree(planted_run.path, bare)
    (bare / "tables" / "lape.parquet").unlink()
    with pytest.raises(RunError, match="holds no conclusions"):
        ng.compare([planted_run, bare])


def test_sharing_of_pairs_of_runs(planted_run):
    found = compare_sharing([planted_run] * 3, [planted_run] * 3)
    assert found.claim["value"] == 0
    assert len(found.pairs) == 3
    rows = planted_run.table("overlap").to_pylist()
    values = [r["normalised"] for r in rows if "english" not in (r["a"], r["b"])]
    assert found.pairs[0]["sharing"] == pytest.approx(sum(values) / len(values))


def test_runs_that_are_not_in_pairs_are_refused(planted_run):
    with pytest.raises(RunError, match="2 runs against 1"):
        compare_sharing([planted_run] * 2, [planted_run])
