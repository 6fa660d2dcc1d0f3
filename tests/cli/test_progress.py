"""Progress: bars on a terminal, now and then a line elsewhere, whatever the labels are called."""

import io

import pytest
from rich.console import Console

from neuroglot.cli import progress
from neuroglot.cli.progress import shown_progress


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, as a list of one."""
    seconds = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: seconds[0])
    return seconds


def test_a_log_gets_a_line_at_the_start_and_one_every_half_minute(capsys, clock):
    with shown_progress() as watch:
        watch("checks", 0, 1, "checks", "")
        watch("record", 2_000, 12_000, "tokens", "go")
        for second in range(1, 70):
            clock[0] = second
            watch("record", 2_000 + 100 * second, 12_000, "tokens", "go")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "checks",
        "record: 12,000 tokens",
        "record: 5,100 of 12,000 tokens, 100/s, 69 s left go",
        "record: 8,200 of 12,000 tokens, 100/s, 38 s left go",
    ]


def test_a_terminal_gets_bars_that_fit_80_columns(monkeypatch):
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(progress, "progress_console", lambda: console)
    with shown_progress() as watch:
        watch("record_untrained", 50_000, 200_000_000, "tokens", "java[/script]\x1b")
    drawn = file.getvalue()
    assert "record_untrained" in drawn
    assert "java[/script]\\x1b" in drawn
    assert max(len(line) for line in drawn.replace("\x1b[2K", "").splitlines()) <= 90


def test_a_step_that_is_taken_again_counts_anew(capsys, clock):
    with shown_progress() as watch:
        for name in ("first", "second"):
            for done in range(5):
                clock[0] += 40
                watch("programs", done, 5, "programs", name)
    assert capsys.readouterr().err.splitlines()[5:] == [
        "programs: 5 programs",
        "programs: 1 of 5 programs, 0.025/s, 160 s left second",
        "programs: 2 of 5 programs, 0.025/s, 120 s left second",
        "programs: 3 of 5 programs, 0.025/s, 80 s left second",
        "programs: 4 of 5 programs, 0.025/s, 40 s left second",
    ]


def test_a_bar_that_is_taken_again_counts_anew(monkeypatch):
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(progress, "progress_console", lambda: console)
    with shown_progress() as watch:
        watch("programs", 5, 5, "programs", "first")
        watch("programs", 1, 4, "programs", "second")
        (task,) = watch.bars.tasks
        assert (task.completed, task.total, task.finished) == (1, 4, False)
