"""Boxes for the tests: every hostile program is run by root and by an ordinary user.

Where the tests run as root, the ordinary user is a process that gave root up; it gets a copy of the
package, because it may not be able to read this one.
"""

import os
import pickle
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import neuroglot
from neuroglot.base.errors import SandboxError
from neuroglot.sandbox.command import Command, Ending
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.probing import require_box

SOURCE = Path(str(neuroglot.__file__)).parent
ORDINARY = "60500"
SECRET = "the-callers-secret"
ROOMS = ("__init__.py", "_version.py", "base", "sandbox")
CALL = """
import pickle, sys
function, arguments, options = pickle.load(sys.stdin.buffer)
pickle.dump(function(*arguments, **options), sys.stdout.buffer)
"""


@pytest.fixture(scope="session")
def boxes() -> None:
    """Skips the test where no box can be made."""
    try:
        require_box()
    except SandboxError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def package_for_all() -> Iterator[Path]:
    """A folder with the sandbox's part of the package, that every user can read."""
    folder = Path(tempfile.mkdtemp(prefix="neuroglot-tests-"))
    for name in ROOMS:
        there = folder / "neuroglot" / name
        if (SOURCE / name).is_dir():
            shutil.copytree(SOURCE / name, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            there.parent.mkdir(exist_ok=True)
            shutil.copy(SOURCE / name, there)
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["root", "ordinary"])
def called(
    request: pytest.FixtureRequest, boxes: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Call a function of the sandbox as root, then as an ordinary user, with a secret in the
    caller's environment."""
    monkeypatch.setenv("SECRET", SECRET)
    is_root = os.geteuid() == 0
    if request.param == "root":
        if not is_root:
            pytest.skip("not run by root")
        return lambda function, *arguments, **options: function(*arguments, **options)
    if not is_root:
        return lambda function, *arguments, **options: function(*arguments, **options)
    folder = request.getfixturevalue("package_for_all")

    def call(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        dropped = ["--reuid", ORDINARY, "--regid", ORDINARY, "--clear-groups"]
        done = subprocess.run(
            ["/usr/bin/setpriv", *dropped, "/usr/bin/python3", "-B", "-c", CALL],
            input=pickle.dumps((function, arguments, options)),
            env={"PYTHONPATH": str(folder), "SECRET": SECRET, "HOME": "/nonexistent"},
            cwd="/",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return pickle.loads(done.stdout)

    return call


@pytest.fixture
def python(called: Callable[..., Any]) -> Callable[..., Ending]:
    """Run a Python script in a box: python(script, *arguments, limit=...)."""

    def run(script: str, *arguments: str, **limits: Any) -> Ending:
        command = Command(("python3", "-I", "-B", "-c", script, *arguments))
        ending = called(execute, command, Limits(**{"wall_seconds": 30, **limits}))
        assert isinstance(ending, Ending)
        return ending

    return run


@pytest.fixture
def looked_up() -> Callable[[str], list[int]]:
    """The live processes of this machine whose command line holds a mark."""

    def look(mark: str) -> list[int]:
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if mark.encode() in line.read_bytes():
                    found.append(int(line.parent.name))
            except OSError:
                continue
        return found

    return look


@pytest.fixture
def alive(looked_up: Callable[[str], list[int]]) -> Callable[[str], list[int]]:
    """The same, once they had the time that a dying process takes."""

    def settled(mark: str) -> list[int]:
        until = time.monotonic() + 20
        while looked_up(mark) and time.monotonic() < until:
            time.sleep(0.02)
        return looked_up(mark)

    return settled
