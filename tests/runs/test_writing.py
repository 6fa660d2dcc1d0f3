import errno
import os
from pathlib import Path

import numpy as np
import pytest

from neuroglot.base.errors import LockedRunError, OtherRunError, RunError, StorageError
from neuroglot.runs.directory import open_run, table_path
from neuroglot.runs.manifest import MANIFEST_NAME, read_manifest
from neuroglot.runs.storage import read_jsonl
from neuroglot.runs.writing import refuse_unusable


def test_steps_are_done_once_and_in_order(tmp_path: Path, begin):
    with begin(tmp_path) as writer:
        with pytest.raises(ValueError, match="'conclude' is not the next: 'record' is"):
            writer.step("conclude").__enter__()
        with writer.step("record") as todo:
            assert todo
            assert read_manifest(tmp_path).step("record").state == "started"
            with pytest.raises(ValueError, match="'conclude' is not the next"):
                writer.step("conclude").__enter__()
        with writer.step("record") as todo:
            assert not todo
        with pytest.raises(KeyError):
            writer.step("lunch").__enter__()
    done = read_manifest(tmp_path).step("record")
    assert done.state == "done"
    assert done.started <= done.finished
    assert done.seconds >= 0


def test_an_interrupted_step_is_done_again_and_an_earlier_one_is_not(tmp_path: Path, begin):
    with pytest.raises(KeyboardInterrupt), begin(tmp_path) as writer:
        with writer.step("record"):
            writer.write_tensors("activity", {"tokens": np.arange(3)})
        with writer.step("conclude"):
            (writer.checkpoint_path / "partial").write_text("half")
            raise KeyboardInterrupt
    with begin(tmp_path) as writer:
        assert not writer.complete
        with writer.step("record") as todo:
            assert not todo
        with writer.step("conclude") as todo:
            assert todo
            assert (writer.checkpoint_path / "partial").read_text() == "half"
        run = writer.finish()
    assert run.has_tensors("activity")
    events = [row["event"] for row in read_jsonl(tmp_path / "log.jsonl")]
    assert events == [
        *("step started", "step done", "step started", "stopped"),
        *("step started", "step done", "finished"),
    ]


def test_checkpoints_go_with_their_step(tmp_path: Path, begin):
    with begin(tmp_path) as writer:
        with writer.step("record"):
            checkpoint = writer.checkpoint_path
            assert checkpoint == tmp_path / "checkpoints" / "record"
            (checkpoint / "sums").write_text("partial")
        assert not checkpoint.exists()
        with writer.step("conclude"):
            pass
        writer.finish()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.jsonl", MANIFEST_NAME]


def test_a_complete_run_asked_again_is_given_back_untouched(finished: Path, begin):
    before = {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()}
    with begin(finished, code={"version": "other", "digest": "other"}) as writer:
        assert writer.complete
        with writer.step("record") as todo:
            assert not todo
            with pytest.raises(ValueError, match="inside a step that is still to be done"):
                writer.write_table("corpus", [])
        with pytest.raises(ValueError, match="is complete: nothing can be added"):
            writer.note("late")
        assert writer.finish() == open_run(finished) == writer.run
    after = {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()}
    assert after == before


def test_a_run_on_a_disk_that_is_now_read_only_is_still_given_back(
    finished: Path, begin, monkeypatch
):
    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with begin(finished) as writer:
        assert writer.complete


def test_another_run_is_refused_with_the_differences_and_nothing_is_lost(finished: Path, begin):
    before = {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()}
    parameters = {"tau": 0.9, "nu": 4, "languages": ["python", "java"]}
    with pytest.raises(OtherRunError) as caught, begin(finished, parameters=parameters, seed=3):
        pass
    assert str(caught.value) == (
        f"{finished} holds another run (tau 0.95 there, 0.9 asked; seed 0 there, 3 asked): "
        "choose another folder with --out, or remove that one"
    )
    assert {file: file.read_bytes() for file in finished.rglob("*") if file.is_file()} == before


def test_a_folder_with_other_content_is_refused_and_untouched(tmp_path: Path, begin):
    for name in ("a.py", "b.py", "c.py", "d.py"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(RunError) as caught, begin(tmp_path):
        pass
    assert str(caught.value) == (
        f"{tmp_path} is not empty and holds no run (it has a.py, b.py, c.py ...): "
        "choose an empty or new folder with --out"
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.py", "b.py", "c.py", "d.py"]
    with (
        pytest.raises(RunError, match=r"a\.py is a file: choose a folder"),
        begin(tmp_path / "a.py"),
    ):
        pass


def test_an_empty_folder_and_one_of_a_start_killed_at_once_will_do(tmp_path: Path, begin):
    (tmp_path / ".lock").write_text('{"host": "gone", "pid": 1}')
    (tmp_path / f".{MANIFEST_NAME}.12.part").write_text("{")
    with begin(tmp_path) as writer:
        assert writer.manifest.remaining == ("record", "conclude")
    assert sorted(file.name for file in tmp_path.iterdir()) == [MANIFEST_NAME]


def test_two_writers_are_kept_apart(tmp_path: Path, begin):
    with begin(tmp_path), pytest.raises(LockedRunError), begin(tmp_path):
        pass


def test_a_changed_code_version_is_noted_once_and_not_refused(tmp_path: Path, begin):
    with begin(tmp_path, code={"version": "1.0", "digest": "a"}):
        pass
    for _ in range(2):
        with begin(tmp_path, code={"version": "1.1", "digest": "b"}) as writer:
            assert writer.manifest.notes == (
                "changed while the run was made: code 1.0 (a) there, 1.1 (b) asked",
            )
    assert writer.manifest.code == {"version": "1.0", "digest": "a"}


def test_notes_and_log(tmp_path: Path, begin):
    with begin(tmp_path) as writer:
        writer.note("memory ran out once")
        writer.note("memory ran out once")
        writer.log("batch halved", {"rows": 8})
        with pytest.raises(TypeError):
            writer.log("batch halved", {"time": "noon"})
    assert read_manifest(tmp_path).notes == ("memory ran out once",)
    (row,) = read_jsonl(tmp_path / "log.jsonl")
    assert row.pop("time").endswith("+00:00")
    assert row == {"event": "batch halved", "rows": 8}


def test_results_are_written_inside_a_step_only(tmp_path: Path, begin, corpus_row):
    with begin(tmp_path) as writer:
        with pytest.raises(ValueError, match="inside a step"):
            writer.write_table("corpus", [corpus_row])
        with pytest.raises(ValueError, match="inside a step"):
            writer.write_tensors("activity", {})
        with pytest.raises(ValueError, match="inside a step"):
            writer.checkpoint_path  # noqa: B018
        with writer.step("record"):
            with pytest.raises(ValueError, match=r"'\.\./x': names are small letters"):
                writer.write_tensors("../x", {})
            with pytest.raises(ValueError, match="columns missing: tokens"):
                del corpus_row["tokens"]
                writer.write_table("corpus", {name: [] for name in corpus_row})
    assert not (tmp_path / "tables").exists()


def test_a_run_ends_when_all_its_steps_are_done_and_its_tables_stand(
    tmp_path: Path, begin, corpus_row
):
    with begin(tmp_path) as writer:
        with pytest.raises(ValueError, match="steps not done: record, conclude"):
            writer.finish()
        with writer.step("record"):
            written = writer.write_table("corpus", [corpus_row])
            assert writer.run.table("corpus").equals(written)
        with writer.step("conclude"):
            pass
        path = table_path(tmp_path, "corpus")
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(RunError, match=r"corpus\.parquet is damaged"):
            writer.finish()
        path.with_stem("moods").write_bytes(whole)
        path.write_bytes(whole)
        with pytest.raises(RunError, match="a table 'moods' that is no table of a run"):
            writer.finish()
        path.with_stem("moods").unlink()
        path.with_stem("checks").write_bytes(whole)
        with pytest.raises(RunError, match="table 'checks' has the columns"):
            writer.finish()
        assert not read_manifest(tmp_path).complete
        path.with_stem("checks").unlink()
        writer.finish()
    assert read_manifest(tmp_path).complete
    assert read_manifest(tmp_path).finished


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_refuses_in_the_middle_loses_no_finished_step(
    tmp_path: Path, begin, corpus_row, monkeypatch, code
):
    def refuse(*_: object) -> Path:
        raise OSError(code, os.strerror(code))

    with pytest.raises(StorageError, match=r"cannot write .*the disk"), begin(tmp_path) as writer:
        with writer.step("record"):
            writer.write_tensors("activity", {"tokens": np.arange(3)})
        with writer.step("conclude"), monkeypatch.context() as patched:
            patched.setattr(Path, "replace", refuse)
            writer.write_table("corpus", [corpus_row])
    assert read_manifest(tmp_path).remaining == ("conclude",)
    with begin(tmp_path) as writer:
        with writer.step("conclude"):
            writer.write_table("corpus", [corpus_row])
        assert writer.finish().has("corpus")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path, begin):
    (tmp_path / "file").write_text("")
    with pytest.raises((StorageError, RunError), match="choose"), begin(tmp_path / "file" / "run"):
        pass


def test_parents_and_parameters_stand_in_the_manifest(tmp_path: Path, begin):
    with begin(tmp_path, parents=["../one", "../two"]) as writer:
        assert writer.manifest.parents == ("../one", "../two")
        assert writer.manifest.parameters["languages"] == ["python", "java"]
    with pytest.raises(TypeError), begin(tmp_path, parameters={"path": Path("x")}):
        pass


def test_what_failed_before_it_measured_anything_does_not_block_its_place(tmp_path: Path, begin):
    folder = tmp_path / "run"
    with pytest.raises(RuntimeError), begin(folder) as writer, writer.step("record"):
        raise RuntimeError
    with begin(folder, parameters={"tau": 0.9}) as writer:
        assert writer.manifest.parameters == {"tau": 0.9}
        with writer.step("record"):
            with pytest.raises(LockedRunError), begin(folder, parameters={"tau": 0.5}):
                pass
            (writer.checkpoint_path / "sums").write_text("partial")
    with pytest.raises(OtherRunError, match="tau"), begin(folder, parameters={"tau": 0.5}):
        pass


def test_a_checkpoint_is_a_result(tmp_path: Path, begin):
    with pytest.raises(RuntimeError), begin(tmp_path) as writer, writer.step("record"):
        (writer.checkpoint_path / "sums").write_text("partial")
        raise RuntimeError
    with pytest.raises(OtherRunError, match="tau"), begin(tmp_path, parameters={"tau": 0.5}):
        pass


def test_a_place_that_cannot_be_used_is_refused_before_the_work(
    tmp_path: Path, finished: Path, monkeypatch
):
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("")
    refuse_unusable(tmp_path / "new" / "run")
    refuse_unusable(finished)
    assert not (tmp_path / "new").exists()
    with pytest.raises(RunError, match="is a file"):
        refuse_unusable(tmp_path / "file")
    with pytest.raises(StorageError, match="a part of the path is a file"):
        refuse_unusable(tmp_path / "file" / "run")
    with pytest.raises(RunError, match=r"holds no run \(it has thesis.tex\)"):
        refuse_unusable(tmp_path / "full")
    monkeypatch.setattr("os.access", lambda *_: False)
    refuse_unusable(finished)
    with pytest.raises(StorageError, match="permission denied"):
        refuse_unusable(tmp_path / "new")
