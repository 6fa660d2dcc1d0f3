"""Programs proven by execution: each in every language and style, compiled and run in a box.

Takes rows as `generate` makes them; gives what became of each, and counts by language, style and
status. A toolchain that is missing or too old is a status of its own, never a wrong program.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from neuroglot.programs.generation import TOKEN, Row
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import Outcome, Program, passed_line
from neuroglot.sandbox.running import run_programs


@dataclass(frozen=True)
class Verified:
    """Rows and what became of each, in the same order."""

    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether every program passed."""
        return all(outcome.status == "passed" for outcome in self.outcomes)

    @property
    def counts(self) -> list[dict[str, str | int]]:
        """Rows of the table `verify`: language, style, status, count, in the order met."""
        found = Counter(
            (row.language, row.style, outcome.status)
            for row, outcome in zip(self.rows, self.outcomes, strict=True)
        )
        return [
            {"language": language, "style": style, "status": status, "count": count}
            for (language, style, status), count in found.items()
        ]

    @property
    def failures(self) -> list[tuple[Row, Outcome]]:
        """What did not pass."""
        pairs = zip(self.rows, self.outcomes, strict=True)
        return [(row, outcome) for row, outcome in pairs if outcome.status != "passed"]


def verify(
    rows: Iterable[Row],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    unsafe: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Verified:
    """Compile and run the tests of every row. Raises what `run_programs` raises."""
    kept: Sequence[Row] = tuple(rows)
    outcomes = run_programs(
        [Program(row.language, row.tests.replace(TOKEN, passed_line())) for row in kept],
        limits=limits,
        workers=workers,
        unsafe=unsafe,
        on_progress=on_progress,
    )
    return Verified(tuple(kept), tuple(outcomes))
