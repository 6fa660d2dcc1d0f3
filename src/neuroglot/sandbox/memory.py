"""What a process and all its descendants hold in memory, together.

No limit of the kernel sums over processes unless control groups are at hand, so it is looked up.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def held_bytes(pid: int, *, enough: int) -> int:
    """Memory held below `pid`, in bytes: a page that n processes share counts 1/n in each.

    That sum is dear, so what is resident is summed first, and stands where it is at most `enough`.
    """
    pids = list(descendants(pid))
    resident = sum(_resident(each) for each in pids)
    return resident if resident <= enough else sum(_proportional(each) for each in pids)


def descendants(pid: int) -> Iterator[int]:
    """`pid` and every process that came of it. Those that end meanwhile are left out."""
    yield pid
    try:
        threads = list((PROC / str(pid) / "task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from descendants(int(child))


def _resident(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * mmap.PAGESIZE
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return _resident(pid)
    except OSError:
        return 0
    return 1024 * sum(
        int(line.split()[1]) for line in lines if line.startswith(("Pss:", "SwapPss:"))
    )
