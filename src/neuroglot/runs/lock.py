"""One writer at a time in a run's directory.

The lock is the kernel's (flock) on the file `.lock`: it ends with the process, kill -9 included, so
the next start takes over without having to guess whether a process id of another time or another
machine is still alive. Host and process id stand in the file only so that a message can name them.
Children of a fork hold it too; those that exec another program do not.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from neuroglot.base.errors import LockedRunError
from neuroglot.runs.manifest import host_name
from neuroglot.runs.storage import refusals

LOCK_NAME = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock while the block runs.

    Raises LockedRunError naming the process that holds it, StorageError when the disk refuses.
    """
    path = folder / LOCK_NAME
    with refusals(path, "lock"):
        descriptor = _acquire(path)
    try:
        yield
    finally:
        # Removed while it is still held: see _acquire. What cannot be removed is merely left over.
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last owner may have removed the file between our opening and locking it; the next
            # one then opens a new file, and a lock on the old one keeps nobody out.
            if _is_still(path, descriptor):
                os.truncate(descriptor, 0)
                os.write(descriptor, json.dumps({"host": host_name(), "pid": os.getpid()}).encode())
                return descriptor
        except OSError as error:
            held = error.errno == errno.EWOULDBLOCK
            owner = _owner(descriptor) if held else ""
            os.close(descriptor)
            if held:
                raise LockedRunError(
                    f"{path.parent} is being written by {owner}: wait for it, or stop it"
                ) from error
            raise
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _owner(descriptor: int) -> str:
    """Who holds the lock, as far as the file tells: its owner may be just about to write it."""
    try:
        owner = json.loads(os.pread(descriptor, 1024, 0))
        return f"process {owner['pid']} on {owner['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
