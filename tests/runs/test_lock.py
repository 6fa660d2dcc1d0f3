import errno
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neuroglot.base.errors import LockedRunError, StorageError
from neuroglot.runs import lock
from neuroglot.runs.lock import LOCK_NAME, locked

HOLD = """
import sys
from pathlib import Path
from neuroglot.runs.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Start a process that holds a folder's lock until its input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_lock_names_its_owner_and_goes_with_the_block(tmp_path: Path):
    with locked(tmp_path):
        owner = json.loads((tmp_path / LOCK_NAME).read_text())
        assert owner == {"host": platform.node(), "pid": os.getpid()}
    assert list(tmp_path.iterdir()) == []


def test_it_is_released_by_an_exception_too(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), locked(tmp_path):
        raise KeyboardInterrupt
    with locked(tmp_path):
        pass


def test_another_living_process_is_named(tmp_path: Path, holder):
    process = holder(tmp_path)
    with pytest.raises(LockedRunError) as caught, locked(tmp_path):
        pass
    assert str(caught.value) == (
        f"{tmp_path} is being written by process {process.pid} on {platform.node()}: "
        "wait for it, or stop it"
    )
    process.communicate()
    with locked(tmp_path):
        pass


def test_the_same_process_may_not_take_it_twice(tmp_path: Path):
    with locked(tmp_path):
        with pytest.raises(LockedRunError, match=f"by process {os.getpid()} on"), locked(tmp_path):
            pass
        assert (tmp_path / LOCK_NAME).exists()


def test_a_killed_owner_leaves_no_lock(tmp_path: Path, holder):
    process = holder(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (tmp_path / LOCK_NAME).exists()
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()


def test_a_file_of_another_host_or_a_damaged_one_does_not_lock(tmp_path: Path):
    for left in ('{"host": "gone", "pid": 1}', "", "not json" * 100):
        (tmp_path / LOCK_NAME).write_text(left)
        with locked(tmp_path):
            assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()


def test_a_lock_on_a_file_that_was_just_removed_is_not_taken_for_one(tmp_path: Path, monkeypatch):
    """Its owner ends between our opening and our locking: the lock must be on the new file."""
    path = tmp_path / LOCK_NAME
    flock, tries = lock.fcntl.flock, []

    def flock_after_owner_left(descriptor: int, operation: int) -> None:
        tries.append(descriptor)
        if len(tries) == 1:
            path.unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(lock.fcntl, "flock", flock_after_owner_left)
    with locked(tmp_path):
        assert len(tries) == 2
        with pytest.raises(LockedRunError), locked(tmp_path):
            pass


CONTEND = """
import sys
from pathlib import Path
from neuroglot.base.errors import LockedRunError
from neuroglot.runs.lock import locked
folder, marker, done = Path(sys.argv[1]), Path(sys.argv[1]) / "inside", 0
while done < 100:
    try:
        with locked(folder):
            marker.touch(exist_ok=False)  # fails when another process is inside
            marker.unlink()
            done += 1
    except LockedRunError:
        pass
"""


def test_two_processes_are_never_inside_together(tmp_path: Path):
    both = [
        subprocess.Popen([sys.executable, "-c", CONTEND, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0)] * 2


def test_a_disk_that_refuses_the_lock_is_one_clear_line(tmp_path: Path, monkeypatch):
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(lock.os, "open", refuse)
    with (
        pytest.raises(StorageError, match=r"cannot lock .*\.lock: the disk is read-only"),
        locked(tmp_path),
    ):
        pass
