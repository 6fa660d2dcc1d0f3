"""Solutions put to the proof: bugs are planted until the tests catch one; new names must not show.

Takes tasks whose own solution passes. `plant` gives every program that was tried and what became of
it; `renamed` gives the whole program under other names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from neuroglot.programs.bugs import bugs
from neuroglot.programs.tasks import Task, program
from neuroglot.sandbox.outcomes import Outcome, Program
from neuroglot.sandbox.running import run_programs
from neuroglot.text.renaming import rename

SHOWS = ("wrong", "crashed", "timeout", "memory", "output_limit")
"""How a program with a bug fails, once it runs."""

FOUND_BY_NAME = re.compile(r"\bTest\w+")
"""What Go's harness runs because of its name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A task's solution with a bug in it, and what became of it."""

    task: Task
    code: str
    outcome: Outcome

    @property
    def shows(self) -> bool:
        """Whether the tests ran and caught the bug: what does not compile proves nothing."""
        return self.outcome.status in SHOWS


def plant(tasks: Iterable[Task], *, seed: int, most: int = 20) -> list[Trial]:
    """Plant up to `most` bugs in each task's solution, one at a time, until one shows.

    The bugs and their order are drawn by the seed. Raises what `run_programs` raises.
    """
    left = {
        task.id: (
            task,
            islice(bugs(task.prompt, task.canonical, language=task.language, seed=seed), most),
        )
        for task in tasks
    }
    trials: list[Trial] = []
    while left:
        tried = [(task, code) for task, codes in left.values() for code in islice(codes, 1)]
        outcomes = run_programs([program(task, code) for task, code in tried])
        made = [
            Trial(task, code, outcome)
            for (task, code), outcome in zip(tried, outcomes, strict=True)
        ]
        trials += made
        left = {each.task.id: left[each.task.id] for each in made if not each.shows}
    return trials


def renamed(task: Task, *, seed: int) -> Program:
    """A task's solution with its tests, every name of their own replaced: it must do the same."""
    whole = program(task, task.canonical)
    keep = FOUND_BY_NAME.findall(whole.source) if task.language == "go" else ()
    return replace(whole, source=rename(whole.source, task.language, seed=seed, keep=keep).code)
