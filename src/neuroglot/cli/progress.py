"""Progress on stderr: a bar for each step, with rate and time left.

Where stderr is no terminal (a log, a cluster), a line every half minute instead of a bar.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from neuroglot.cli.console import progress_console, tell
from neuroglot.report.escaping import visible
from neuroglot.studies.watching import Watcher


class _Rate(ProgressColumn):
    """Units a second, as 12,300 tokens/s."""

    def render(self, task: Task) -> Text:
        if not task.speed:
            return Text("")
        return Text(f"{_figure(task.speed)} {task.fields['unit']}/s", style="progress.data.speed")


def _figure(rate: float) -> str:
    """Whole numbers, and two figures of what is slow."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


@dataclass
class _Lines:
    """Progress as plain lines."""

    step: str = ""
    started: float = 0.0
    spoken: float = 0.0
    first: int = 0
    last: int = 0

    def __call__(self, step: str, done: int, total: int, unit: str, detail: str) -> None:
        now = time.monotonic()
        # Some steps are taken several times: a count that falls is a new one.
        if step != self.step or done < self.last:
            self.step, self.started, self.first = step, now, done
            tell(step if total == 1 else f"{step}: {total:,} {unit}")
            self.spoken = now
        elif now - self.spoken > 30 and done > self.first:
            rate = (done - self.first) / (now - self.started)
            left = (total - done) / rate
            said = f"{done:,} of {total:,} {unit}, {_figure(rate)}/s, {left:,.0f} s left"
            tell(f"{step}: {said} {detail}")
            self.spoken = now
        self.last = done


@dataclass
class _Bars:
    """Progress as bars."""

    bars: Progress
    tasks: dict[str, TaskID] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def __call__(self, step: str, done: int, total: int, unit: str, detail: str) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.bars.add_task(step, total=total, unit=unit, detail="")
        task = self.tasks[step]
        if done < self.last.get(step, 0):
            self.bars.reset(task, total=total)
        self.last[step] = done
        self.bars.update(task, completed=done, detail=visible(detail) if done < total else "")


@contextmanager
def shown_progress() -> Iterator[Watcher]:
    """Something to hand to a study as its watcher, drawn while the block runs."""
    console = progress_console()
    if not console.is_terminal:
        yield _Lines()
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f}%"),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        # What is at hand is a label from the data, which may look like markup.
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
        console=console,
        transient=False,
    ) as bars:
        yield _Bars(bars)
