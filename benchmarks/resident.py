"""Memory of this process, sampled while something runs; read from Linux's /proc."""

import ctypes
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STATUS = Path("/proc/self/status")
INTERVAL_SECONDS = 0.002
_THRESHOLD = "MALLOC_MMAP_THRESHOLD_"


@dataclass
class Peak:
    """The largest values seen so far, in bytes: anonymous memory, and all that is resident."""

    anonymous: int
    resident: int


def memory_now() -> Peak:
    """Anonymous and resident memory at this moment."""
    fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return Peak(*(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "VmRSS")))


@contextmanager
def sampled() -> Iterator[Peak]:
    """The peak of memory inside the context, looked at every two milliseconds."""
    peak = memory_now()
    over = threading.Event()

    def look() -> None:
        now = memory_now()
        peak.anonymous = max(peak.anonymous, now.anonymous)
        peak.resident = max(peak.resident, now.resident)

    def keep_looking() -> None:
        while not over.wait(INTERVAL_SECONDS):
            look()

    thread = threading.Thread(target=keep_looking, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
        look()


def peak_extra_bytes(run: Callable[[], object]) -> int | None:
    """How far anonymous memory rises above its value before the call; None where it is unknown."""
    if not STATUS.exists():
        return None
    gc.collect()
    _give_back()
    before = memory_now()
    with sampled() as peak:
        run()
    return peak.anonymous - before.anonymous


def restart_returning_freed_memory() -> None:
    """Start this program anew with a malloc that returns at once what is freed, unless it has it.

    Else glibc keeps pieces of up to 32 MiB for later, and what is resident is more than what is
    held. It reads this when a process starts.
    """
    if _THRESHOLD not in os.environ:
        line = [sys.executable, "-m", "benchmarks", *sys.argv[1:]]
        os.execve(sys.executable, line, os.environ | {_THRESHOLD: str(2**20)})


def _give_back() -> None:
    """Let the allocator return what is free, so that it cannot hide what the next call takes."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
