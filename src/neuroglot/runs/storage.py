"""Files that are there whole or not at all.

Takes bytes, text or rows and a path. A file is written under a temporary name in the same folder,
flushed, synced and renamed, and the folder is synced, so a killed process or a power cut leaves the
old file or the new one. Whatever the disk refuses becomes a StorageError. Knows no runs.
"""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from neuroglot.base.errors import StorageError

_REMEDY = {
    errno.ENOSPC: "the disk is full: free some space and start the same line again",
    errno.EDQUOT: "the disk quota is used up: free some space and start the same line again",
    errno.EROFS: "the disk is read-only: choose another folder",
    errno.EACCES: "permission denied: choose a folder you may write to",
    errno.EPERM: "permission denied: choose a folder you may write to",
    errno.ENOENT: "it is not there: was the folder moved or removed?",
    errno.ENOTDIR: "a part of the path is a file, not a folder: choose another folder",
    errno.EEXIST: "a part of the path is a file, not a folder: choose another folder",
    errno.EIO: "the disk failed: choose another folder",
}

# Left behind only by a process that was killed between opening and renaming.
_UNFINISHED = ".part"


@contextmanager
def refusals(path: Path, doing: str) -> Iterator[None]:
    """Turn any OSError of the block into a StorageError of one clear line.

    doing: what failed, as it reads after "cannot": "write", "read", "lock" ...
    """
    try:
        yield
    except OSError as error:
        # safetensors raises the right class, but without a number.
        code = errno.ENOENT if isinstance(error, FileNotFoundError) else error.errno
        reason = _REMEDY.get(code or 0) or error.strerror or str(error)
        raise StorageError(f"cannot {doing} {path}: {reason}") from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path` when the block ends without an exception.

    Missing folders are made. Raises StorageError when the disk refuses; `path` is then as before.
    """
    # The process id keeps two processes that write the same name from sharing a temporary file.
    partial = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    with refusals(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise
        _sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole. Raises StorageError."""
    with replacing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, line ends as they are. Raises StorageError."""
    write_bytes(path, text.encode())


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line, keys in the order given. Raises StorageError."""
    with replacing(path) as file:
        for row in rows:
            file.write(_json_line(row))


def append_jsonl(path: Path, row: Mapping[str, Any]) -> None:
    """Add one line to a growing file, the one kind that is not replaced whole.

    A line that a power cut left without its end is ended first. Raises StorageError.
    """
    with refusals(path, "write"), path.open("a+b") as file:
        line = _json_line(row)
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """All whole rows of a file, in order; a line that was cut off is left out.

    Raises StorageError when the file cannot be read.
    """
    with refusals(path, "read"):
        lines = path.read_bytes().splitlines()
    rows: list[dict[str, Any]] = []
    for line in lines:
        with suppress(ValueError):
            rows.append(json.loads(line))
    return rows


def remove_unfinished(folder: Path) -> None:
    """Remove the temporary files that killed writers left in a folder and below it.

    Only for one who holds the folder's lock: a living writer's file would go too.
    """
    with refusals(folder, "clean up"):
        for leftover in sorted(folder.rglob(f".*{_UNFINISHED}")):
            leftover.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file is the temporary one of a writer that was killed."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def _json_line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    """Make a rename last: without it a power cut may bring the old name back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder and say so; there is nothing else to do.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
