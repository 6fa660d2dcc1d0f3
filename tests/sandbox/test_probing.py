"""Where no box can be made, nothing is run, and one line says what helps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from neuroglot.base.errors import SandboxError
from neuroglot.sandbox import box, probing
from neuroglot.sandbox.outcomes import Program, passed_line
from neuroglot.sandbox.running import run_programs


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    probing._fault.cache_clear()
    yield
    probing._fault.cache_clear()


def refusal() -> str:
    with pytest.raises(SandboxError) as raised:
        run_programs([Program("python", "")])
    assert "\n" not in str(raised.value)
    return str(raised.value)


def pretend(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A bubblewrap that is a shell script."""
    folder = Path(box.__file__).parent  # any path: it is only looked at, not run
    monkeypatch.setattr(probing, "BWRAP", str(folder))
    monkeypatch.setattr(box, "BWRAP", "/bin/sh")
    monkeypatch.setattr(box, "ordinary_user", lambda: ("/usr/bin/env", "sh", "-c", script))


def test_a_missing_bubblewrap_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probing, "BWRAP", "/usr/bin/no-such-bwrap")
    assert "bubblewrap is not installed: apt-get install bubblewrap" in refusal()


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("bwrap: No permissions to create new namespace, likely because ...", "user namespaces"),
        ("bwrap: Creating new namespace failed: nesting depth or ...", "user namespaces"),
        ("bwrap: Unknown option --disable-userns", "bubblewrap 0.8 or later"),
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "unmasked /proc"),
        ("bwrap: something new", "something new"),
    ],
)
def test_bubblewraps_own_line_stands_beside_its_cure(
    monkeypatch: pytest.MonkeyPatch, line: str, cure: str
):
    pretend(monkeypatch, f'echo "{line}" >&2; exit 1')
    said = refusal()
    assert line in said
    assert cure in said
    assert "without a box" in said


def test_programs_that_are_trusted_run_without_a_box(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probing, "BWRAP", "/usr/bin/no-such-bwrap")
    (outcome,) = run_programs([Program("python", f'print("{passed_line()}")')], unsafe=True)
    assert outcome.status == "passed"
