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
