"""What the tests of the run directory share: a small request, and rows that fit some tables."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from neuroglot.runs.writing import RunWriter, open_for_writing

REQUEST: dict[str, Any] = {
    "study": "neurons",
    "command": "neuroglot neurons --model org/tiny --data code --out first",
    "parameters": {"tau": 0.95, "nu": 4, "languages": ("python", "java"), "model": "org/tiny"},
    "seed": 0,
    "model": {"name": "org/tiny", "fingerprint": "f" * 64},
    "data": {"source": "code", "digest": "d" * 64},
    "steps": ("record", "conclude"),
    "formats": {"activity": 1},
}

CORPUS_ROW: dict[str, Any] = {
    "language": "python",
    "split": "train",
    "documents": 3,
    "repos": 2,
    "bytes": 100,
    "tokens": 40,
    "bytes_per_token": 2.5,
    "dropped_exact": 0,
    "dropped_near": 1,
    "dropped_other": 0,
}


@pytest.fixture
def request_of() -> Callable[..., dict[str, Any]]:
    """The request of a small run, with some of it changed."""
    return lambda **changed: {**REQUEST, **changed}


@pytest.fixture
def corpus_row() -> dict[str, Any]:
    """A row of the table `corpus` without the columns that may be left out."""
    return dict(CORPUS_ROW)


@pytest.fixture
def begin() -> Callable[..., AbstractContextManager[RunWriter]]:
    """Open the small run for writing, with some of its request changed."""
    return lambda path, **changed: open_for_writing(path, **{**REQUEST, **changed})


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The directory of a finished run with one table."""
    path = tmp_path / "finished"
    with open_for_writing(path, **REQUEST) as writer:
        with writer.step("record"):
            writer.write_table("corpus", [CORPUS_ROW])
        with writer.step("conclude"):
            pass
        writer.finish()
    return path
