"""Memory below a process: of all its descendants, shared pages once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from neuroglot.sandbox.memory import descendants, held_bytes

MIB = 2**20
FAMILY = """
import mmap, os, sys
shared = mmap.mmap(-1, 64 * 2**20)
shared.write(b"x" * len(shared))
for _ in range(3):
    if os.fork() == 0:
        own = bytearray(b"x" * 16 * 2**20)
        sum(shared[::4096])
        print("ready", flush=True)
        sys.stdin.read()
        os._exit(0)
sys.stdin.read()
"""


@contextmanager
def family() -> Iterator[subprocess.Popen[bytes]]:
    """A parent and three children: 64 MiB that all share, 16 MiB of each child's own."""
    command = [sys.executable, "-I", "-c", FAMILY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        yield process
        process.communicate()


def test_every_descendant_is_found():
    with family() as process:
        pids = list(descendants(process.pid))
    assert len(pids) == 4
    assert pids[0] == process.pid


def test_shared_pages_count_once_when_it_matters():
    with family() as process:
        quick = held_bytes(process.pid, enough=2**40)
        exact = held_bytes(process.pid, enough=1)
    assert quick > 4 * 64 * MIB
    assert (64 + 3 * 16) * MIB < exact < (64 + 3 * 16 + 80) * MIB


def test_a_process_that_is_gone_holds_nothing():
    process = subprocess.Popen(["true"])
    process.wait()
    assert held_bytes(process.pid, enough=1) == 0
