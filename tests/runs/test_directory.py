import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuroglot.base.errors import MissingExtraError, RunError, UnfinishedRunError
from neuroglot.runs.directory import Run, open_run, table_path
from neuroglot.runs.manifest import MANIFEST_NAME, read_manifest, write_manifest


def test_a_finished_run_is_read_back(tmp_path: Path, begin, corpus_row):
    activity = {"tokens": np.array([3, 4]), "active": np.arange(8).reshape(2, 2, 2)}
    with begin(tmp_path / "run") as writer:
        with writer.step("record"):
            writer.write_tensors("activity", activity, {"labels": "[]"})
            writer.write_tensors("activity.untrained", activity)
        with writer.step("conclude"):
            writer.write_table("corpus", [corpus_row])
        writer.finish()
    run = open_run(str(tmp_path / "run"))
    assert run.tables == ("corpus",)
    assert run.tensor_files == ("activity", "activity.untrained")
    assert run.has("corpus")
    assert not run.has("activity")
    assert run.has_tensors("activity.untrained")
    assert run.table("corpus").to_pylist()[0].items() >= corpus_row.items()
    assert run.tensor_metadata("activity") == {"labels": "[]"}
    assert list(run.tensors("activity")) == ["active", "tokens"]
    for name, array in activity.items():
        np.testing.assert_array_equal(run.tensors("activity")[name], array)
    assert run.report_path == tmp_path / "run" / "report.html"


def test_what_a_run_does_not_have_is_answered_with_what_it_has(finished: Path):
    run = open_run(finished)
    with pytest.raises(RunError, match=r"has no table 'lape': it has corpus \(made by the study"):
        run.table("lape")
    with pytest.raises(RunError, match="has no tensor file 'activity': it has none"):
        run.tensors("activity")
    with pytest.raises(RunError, match="has no tensor file 'activity'"):
        run.tensor_metadata("activity")


@pytest.mark.parametrize("name", ["../corpus", "tables/corpus", "corpus.parquet", ""])
def test_a_name_is_not_a_path(finished: Path, name: str):
    with pytest.raises(RunError, match="has no table"):
        open_run(finished).table(name)


def test_a_folder_without_a_manifest_is_not_a_run_and_says_how_to_make_one(tmp_path: Path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(RunError) as caught:
            open_run(path)
        assert f"{path} is not a run" in str(caught.value)
        assert f"neuroglot neurons --model MODEL --data DATA --out {path}" in str(caught.value)


def test_an_unfinished_run_says_the_line_that_goes_on(tmp_path: Path, begin):
    with begin(tmp_path / "run") as writer, writer.step("record"):
        pass
    with pytest.raises(UnfinishedRunError) as caught:
        open_run(tmp_path / "run")
    assert str(caught.value) == (
        f"{tmp_path / 'run'} is not finished (1 of 2 steps done): to go on where it stopped, start "
        "the same line again: neuroglot neurons --model org/tiny --data code --out first"
    )


def test_files_of_killed_writers_are_no_tables(finished: Path):
    table_path(finished, "corpus").with_name(".lape.parquet.77.part").write_bytes(b"half")
    table_path(finished, ".hidden").write_bytes(b"half")
    assert open_run(finished).tables == ("corpus",)


def test_a_data_frame_needs_pandas_and_says_so(finished: Path, monkeypatch):
    monkeypatch.setattr("neuroglot.runs.directory.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"a data frame needs the package 'pandas'"):
        open_run(finished).frame("corpus")


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
def test_a_data_frame_has_the_table_s_values(finished: Path):
    run = open_run(finished)
    assert (
        run.frame("corpus").to_dict("list")["tokens"] == run.table("corpus")["tokens"].to_pylist()
    )


def test_a_notebook_shows_a_run_and_escapes_what_comes_from_data(finished: Path):
    manifest = read_manifest(finished)
    assert manifest is not None
    write_manifest(
        finished, replace(manifest, data={"source": "<script>alert(1)</script>", "digest": "d"})
    )
    shown = open_run(finished)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "corpus" in shown
    unfinished = Run(finished, replace(manifest, complete=False))
    assert "to do: " in unfinished._repr_html_()


def test_a_damaged_manifest_keeps_a_run_from_opening(finished: Path):
    values = json.loads((finished / MANIFEST_NAME).read_text())
    del values["seed"]
    (finished / MANIFEST_NAME).write_text(json.dumps(values))
    with pytest.raises(RunError, match="the manifest is damaged"):
        open_run(finished)
