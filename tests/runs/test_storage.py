import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import StorageError
from neuroglot.runs import storage
from neuroglot.runs.storage import (
    append_jsonl,
    read_jsonl,
    remove_unfinished,
    replacing,
    write_bytes,
    write_jsonl,
    write_text,
)


def test_a_file_is_written_and_replaced(tmp_path: Path):
    path = tmp_path / "new" / "folder" / "file"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert path.read_bytes() == b"two"
    assert [file.name for file in path.parent.iterdir()] == ["file"]


def test_line_ends_are_kept(tmp_path: Path):
    write_text(tmp_path / "text", "a\r\nb\n")
    assert (tmp_path / "text").read_bytes() == b"a\r\nb\n"


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "file"
    write_bytes(path, b"old")
    with pytest.raises(RuntimeError), replacing(path) as file:
        file.write(b"half of")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_reaches_the_disk_before_its_name_does(tmp_path: Path, monkeypatch):
    happened = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(descriptor: int) -> None:
        happened.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def watched_replace(self: Path, target: Path) -> Path:
        happened.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    write_bytes(tmp_path / "file", b"new")
    assert happened == [f".file.{os.getpid()}.part", "rename", tmp_path.name]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "the disk is full: free some space and start the same line again"),
        (errno.EROFS, "the disk is read-only: choose another folder"),
        (errno.EACCES, "permission denied: choose a folder you may write to"),
        (errno.ENOENT, "it is not there: was the folder moved or removed?"),
        (errno.EBADF, os.strerror(errno.EBADF)),
    ],
)
def test_what_the_disk_refuses_is_one_clear_line(tmp_path: Path, monkeypatch, code, sentence):
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    path = tmp_path / "file"
    write_bytes(path, b"old")
    monkeypatch.setattr(storage.os, "fsync", refuse)
    with pytest.raises(StorageError) as caught:
        write_bytes(path, b"new")
    assert str(caught.value) == f"cannot write {path}: {sentence}"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_at_the_very_write_is_refused_too():
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("no /dev/full on this machine")
    with pytest.raises(StorageError, match="cannot write /dev/full: the disk is full"):
        append_jsonl(full, {"event": "begun"})


def test_a_folder_below_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot write .*file/inner/name: "):
        write_text(tmp_path / "file" / "inner" / "name", "text")


def test_a_file_system_that_cannot_sync_folders_will_do(tmp_path: Path, monkeypatch):
    fsync = os.fsync

    def only_files(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == tmp_path:
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Lone surrogates too: text comes from the files of strangers.
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
json_rows = st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=4)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(json_rows)
def test_rows_written_then_read_are_equal(tmp_path: Path, rows):
    write_jsonl(tmp_path / "rows.jsonl", rows)
    assert read_jsonl(tmp_path / "rows.jsonl") == rows
    (tmp_path / "grown.jsonl").unlink(missing_ok=True)
    for row in rows:
        append_jsonl(tmp_path / "grown.jsonl", row)
    if rows:
        assert (tmp_path / "grown.jsonl").read_bytes() == (tmp_path / "rows.jsonl").read_bytes()


def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    append_jsonl(path, {"event": "one"})
    with path.open("ab") as file:
        file.write(b'{"event":"tw')
    append_jsonl(path, {"event": "three"})
    assert read_jsonl(path) == [{"event": "one"}, {"event": "three"}]


def test_only_the_traces_of_killed_writers_are_removed(tmp_path: Path):
    for name in (".table.parquet.123.part", ".lock", "kept.part", "tables/.a.9.part", "tables/a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    remove_unfinished(tmp_path)
    left = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert left == {".lock", "kept.part", "tables/a"}


# Writes ever new versions of three kinds of files, and says when the first round is over.
ENDLESS = """
import sys, itertools
from pathlib import Path
import numpy as np
from neuroglot.runs.storage import write_text
from neuroglot.runs.tables import as_table, write_table
from neuroglot.runs.tensors import write_tensors
folder = Path(sys.argv[1])
for version in itertools.count():
    write_text(folder / "note.json", '{"version": %d, "filling": "%s"}' % (version, "x" * 100_000))
    write_tensors(folder / "counts.safetensors", {"counts": np.full(50_000, version)})
    rates = {"layer": [0] * 5000, "neuron": range(5000), "language": ["go"] * 5000,
             "probability": [version / 1e6] * 5000}
    write_table(folder / "rates.parquet", as_table("neuron_rates", rates))
    if version == 0:
        print("ready", flush=True)
"""


@pytest.mark.parametrize("moment", [0.0, 0.004, 0.011, 0.023, 0.041, 0.07])
def test_killed_in_the_middle_of_writing_leaves_whole_files_only(tmp_path: Path, moment: float):
    import pyarrow.parquet as pq
    from safetensors.numpy import load_file

    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=moment)
        finally:
            process.kill()
    json.loads((tmp_path / "note.json").read_text())
    counts = load_file(tmp_path / "counts.safetensors")["counts"]
    assert len(counts) == 50_000
    assert (counts == counts[0]).all()
    assert len(set(pq.read_table(tmp_path / "rates.parquet")["probability"].to_pylist())) == 1
