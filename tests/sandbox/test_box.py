"""The box itself: what is handed in, what it sees, and what is left when it has ended."""

import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from neuroglot.sandbox.box import sealed
from neuroglot.sandbox.command import Command
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import Limits

pytestmark = pytest.mark.usefixtures("boxes")


def sh(script: str, **given: Any):
    return execute(Command(("sh", "-c", script), **given), Limits(wall_seconds=30))


def test_files_and_stdin_arrive_and_words_and_codes_come_back():
    ending = sh("cat; cat a; cat b >&2; exit 7", files={"a": b"\0A", "b": b"B"}, stdin=b"in\xff")
    assert (ending.stdout, ending.stderr, ending.code) == (b"in\xff\0A", b"B", 7)
    assert ending.stopped is None
    assert ending.failure == ""


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_is_told(number: signal.Signals):
    assert sh(f"kill -{number.value} $$").code == 128 + number


def test_the_environment_is_what_was_given_and_nothing_else():
    ending = sh("env", environment={"GIVEN": "1"})
    names = {line.split(b"=")[0] for line in ending.stdout.splitlines()}
    assert names == {b"PATH", b"LANG", b"TZ", b"GOMAXPROCS", b"HOME", b"TMPDIR", b"PWD", b"GIVEN"}


def test_no_descriptor_of_ours_is_open_inside():
    with Path("/etc/hostname").open() as ours:
        os.set_inheritable(ours.fileno(), True)
        ending = sh("ls /proc/self/fd", files={"a": b"x"})
    assert ending.stdout.split() == [b"0", b"1", b"2", b"3"]  # the last is the listing itself


def test_nobody_can_change_what_is_handed_in():
    ending = sh("echo longer >> /proc/self/fd/0; echo longer >&0", stdin=b"given")
    assert ending.code != 0
    descriptor = sealed(b"given")
    with pytest.raises(PermissionError):
        os.write(descriptor, b"x")
    with pytest.raises(PermissionError):
        mmap.mmap(descriptor, 5)
    for length in (0, 9):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, length)
    assert mmap.mmap(descriptor, 5, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE)[:] == b"given"
    os.close(descriptor)


def test_a_thread_that_ends_takes_no_box_with_it():
    """A box ends with the thread that made it, so the call does not come back before its box."""
    endings = []

    def run() -> None:
        endings.append(sh("sleep 0.3; echo done"))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert [ending.stdout for ending in endings] == [b"done\n"]


def test_the_box_goes_when_the_caller_is_killed(alive: Any, looked_up: Any):
    script = (
        "from neuroglot.sandbox.command import Command\n"
        "from neuroglot.sandbox.execution import execute\n"
        "from neuroglot.sandbox.limits import Limits\n"
        "execute(Command(('sh', '-c', 'exec sleep 98.7654 ')), Limits(wall_seconds=90))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", script])
    while not looked_up("sleep\x0098.7654"):
        assert caller.poll() is None
        time.sleep(0.02)
    caller.kill()
    caller.wait()
    assert alive("98.7654") == []


def test_the_box_goes_when_the_caller_is_interrupted(alive: Any):
    interrupted = threading.Event()
    threading.Timer(0.3, interrupted.set).start()
    command = Command(("sleep", "97.6543"))
    ending = execute(command, Limits(), interrupted=interrupted)
    assert ending.stopped == "killed"
    assert alive("97.6543") == []


def test_no_dead_process_is_left_to_whoever_inherits_orphans():
    """As the first process of a container does: nobody else would collect them."""
    script = (
        "import ctypes\n"
        "from pathlib import Path\n"
        "from neuroglot.sandbox.command import Command\n"
        "from neuroglot.sandbox.execution import execute\n"
        "from neuroglot.sandbox.limits import Limits\n"
        "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "for script in ('true', 'sleep 9 & exit 3', 'sleep 9'):\n"
        "    execute(Command(('sh', '-c', script)), Limits(wall_seconds=2))\n"
        "print(Path('/proc/thread-self/children').read_text())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == []


def test_a_command_that_is_not_there_is_its_own_failure_and_not_the_boxs():
    ending = execute(Command(("no-such-program",)), Limits())
    assert ending.code == 127
    assert b"no-such-program" in ending.stderr


def test_a_box_that_cannot_be_made_says_so(tmp_path: Any):
    command = Command(("true",), tools=tmp_path / "nothere")
    ending = execute(command, Limits())
    assert ending.code is None
    assert "nothere" in ending.failure
    assert "\n" not in ending.failure
