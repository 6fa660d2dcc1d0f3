"""Without a box: the same endings and the same limits, but none of the walls."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from neuroglot.sandbox.command import Command
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import MIB, Limits


def sh(script: str, limits: Limits | None = None, **given: Any):
    return execute(Command(("sh", "-c", script), **given), limits or Limits(), unsafe=True)


def test_files_stdin_words_and_codes_are_the_same_as_in_a_box():
    ending = sh("cat; cat a; echo bad >&2; exit 7", files={"a": b"A"}, stdin=b"in")
    assert (ending.stdout, ending.stderr, ending.code) == (b"inA", b"bad\n", 7)
    assert sh("kill -SEGV $$").code == 139


def test_limits_hold():
    assert sh("sleep 100", Limits(wall_seconds=0.3)).stopped == "timeout"
    assert sh("yes", Limits(output_bytes=1000)).stopped == "output_limit"
    hog = "exec python3 -c 'import time; x = b\"x\" * 400 * 2**20; time.sleep(100)'"
    assert sh(hog, Limits(memory_bytes=100 * MIB)).stopped == "memory"


def test_what_it_leaves_running_is_ended(alive: Any):
    assert sh("sleep 96.5432 & echo done").stdout == b"done\n"
    assert alive("96.5432") == []


def test_its_folder_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert sh("pwd").stdout.startswith(os.fsencode(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_callers_environment_is_kept_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "x")
    assert b"SECRET" not in sh("env").stdout
