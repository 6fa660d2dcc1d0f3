"""Prove HumanEval-X in the sandbox: its own solutions pass, pass under other names, and fail once a
bug is planted in them.

`python tools/humaneval_x.py FOLDER` prints a table, and then every task that is not as
`neuroglot.programs.suites` says; it ends with code 1 if there is one.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from neuroglot.programs.suites import DEFECTS, expected, humaneval_x
from neuroglot.programs.tasks import SOURCES, Task, program
from neuroglot.programs.trials import plant, renamed
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.sandbox.running import run_programs

HEADER = """\
| language | solutions that pass | others | seconds | renamed | bugs caught | bugs tried | seconds |
|---|---|---|---|---|---|---|---|"""


def main() -> int:
    """Run the three proofs, language by language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="HumanEval-X as released, or one of its files")
    parser.add_argument("--languages", default=",".join(SOURCES))
    parser.add_argument("--bugs", type=int, default=20, help="bugs tried until one shows")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    tasks = humaneval_x(asked.folder)
    strange: list[str] = []
    print(HEADER)
    for language in asked.languages.split(","):
        own = [task for task in tasks if task.language == language]
        cells, not_expected = _solutions(own)
        passed, changed = _renamed(own, seed=asked.seed)
        more_cells, no_bug = _bugs(own, most=asked.bugs, seed=asked.seed)
        print(f"| {language} | {' | '.join([*cells, passed, *more_cells])} |", flush=True)
        strange += not_expected + changed + no_bug
    print("\n".join(["", *(strange or ["Every task is as expected."])]))
    return 1 if strange else 0


def _solutions(tasks: Sequence[Task]) -> tuple[list[str], list[str]]:
    """Cells of the table, and a line for each solution that did not do what was expected."""
    start = time.monotonic()
    outcomes = run_programs([program(task, task.canonical) for task in tasks])
    seconds = time.monotonic() - start
    pairs = list(zip(tasks, outcomes, strict=True))
    passed = sum(outcome.status == "passed" for outcome in outcomes)
    others = ", ".join(f"{t.id} {o.status}" for t, o in pairs if o.status != "passed")
    cells = [f"{passed} of {len(tasks)}", others, f"{seconds:.0f}"]
    strange = [f"{t.id} {o.status}: {o.detail}" for t, o in pairs if o.status not in expected(t)]
    return cells, strange


def _renamed(tasks: Sequence[Task], *, seed: int) -> tuple[str, list[str]]:
    """A cell of the table, and a line for each solution that new names have changed."""
    outcomes = run_programs([renamed(task, seed=seed) for task in tasks])
    passed = sum(outcome.status == "passed" for outcome in outcomes)
    strange = [
        f"{task.id} renamed: {outcome.status}: {outcome.detail}"
        for task, outcome in zip(tasks, outcomes, strict=True)
        if outcome.status not in expected(task)
    ]
    return f"{passed} of {len(tasks)}", strange


def _bugs(tasks: Sequence[Task], *, most: int, seed: int) -> tuple[list[str], list[str]]:
    """Cells of the table, and a line for each solution in which no bug showed."""
    start = time.monotonic()
    sound = [task for task in tasks if task.id not in DEFECTS]
    trials = plant(sound, seed=seed, most=most)
    seconds = time.monotonic() - start
    shown = {trial.task.id for trial in trials if trial.shows}
    cells = [
        f"{len(shown)} of {len(sound)}",
        _counts(trial.outcome for trial in trials),
        f"{seconds:.0f}",
    ]
    return cells, [f"{task.id}: no bug shows" for task in sound if task.id not in shown]


def _counts(outcomes: Iterable[Outcome]) -> str:
    counts = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
