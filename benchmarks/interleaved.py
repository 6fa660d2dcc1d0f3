"""Tasks timed in interleaved rounds, so that a busy machine slows all of them alike.

Every round runs every task once, in an order that moves on by one place from round to round. A
ratio is taken inside a round and its median over the rounds reported, with a 95% interval from the
order statistics, which asks nothing of how the noise is distributed. CPU time is that of the
process over all its threads: other processes on the machine change it less than the clock on the
wall. Memory is measured in a pass of its own.
"""

import gc
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.resident import peak_extra_bytes

WIDEST = 0.02
"""A ratio whose interval is wider than this is not resolved."""
FEWEST_ROUNDS = 6
"""Fewer ordered values have no 95% interval of their median inside their range."""

Answer = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """Something to time.

    run: does it once and gives the counts it found, None where it counts nothing.
    base: name of the task that its time is divided by. aim: what the ratio should be at most.
    times: how many such runs make the whole work; what takes long does one part of it, and its
    seconds are multiplied.
    """

    name: str
    run: Callable[[], Answer | None]
    base: str
    aim: float | None = None
    times: int = 1


@dataclass(frozen=True)
class Timed:
    """What was seen of one task: seconds float64 [round], most memory above the start, counts."""

    task: Task
    cpu_seconds: NDArray[np.float64]
    wall_seconds: NDArray[np.float64]
    extra_bytes: int | None
    answer: Answer | None


@dataclass(frozen=True)
class Ratio:
    """Median over rounds and its 95% interval; with too few rounds for one, their range."""

    median: float
    low: float
    high: float
    rounds: int

    @property
    def resolved(self) -> bool:
        """Whether there is an interval, narrow enough to say anything."""
        return self.rounds >= FEWEST_ROUNDS and self.high - self.low <= WIDEST

    def __str__(self) -> str:
        return f"{self.median:.3f} [{self.low:.3f}, {self.high:.3f}]"


def measure(
    tasks: Sequence[Task], *, rounds: int, tell: Callable[[str], None]
) -> Mapping[str, Timed]:
    """Each task once to warm up, once for its memory, then `rounds` times for its seconds."""
    answers: dict[str, Answer | None] = {}
    extra: dict[str, int | None] = {}
    for task in tasks:
        tell(f"warm-up and memory: {task.name}")
        answers[task.name] = task.run()
        extra[task.name] = peak_extra_bytes(task.run)
    cpu: dict[str, list[float]] = {task.name: [] for task in tasks}
    wall: dict[str, list[float]] = {task.name: [] for task in tasks}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        first = number % len(tasks)
        for task in (*tasks[first:], *tasks[:first]):
            cpu_seconds, wall_seconds = _seconds(task.run)
            cpu[task.name].append(task.times * cpu_seconds)
            wall[task.name].append(task.times * wall_seconds)
    return {
        task.name: Timed(
            task,
            np.array(cpu[task.name]),
            np.array(wall[task.name]),
            extra[task.name],
            answers[task.name],
        )
        for task in tasks
    }


def ratio(seconds: NDArray[np.float64], base_seconds: NDArray[np.float64]) -> Ratio:
    """The task's seconds over the base's, paired by round."""
    ratios = np.sort(seconds / base_seconds)
    n = len(ratios)
    outside = _outside(n)
    return Ratio(float(np.median(ratios)), float(ratios[outside]), float(ratios[-1 - outside]), n)


def verdict(found: Ratio, aim: float | None) -> str:
    """What the interval allows to be said."""
    if found.rounds < FEWEST_ROUNDS:
        return "not resolved here"
    # An interval on one side of the aim decides, however wide it is.
    if aim is not None and found.high <= aim:
        return f"at most {aim:.2f}"
    if aim is not None and found.low > aim:
        return f"above {aim:.2f}"
    if not found.resolved:
        return "not resolved here"
    return "resolved" if aim is None else f"on the line of {aim:.2f}"


def agreement(answer: Answer | None, reference: Answer) -> str:
    """How far counts agree with the reference's."""
    if answer is None:
        return ""
    if answer.shape != reference.shape:
        return f"shape {answer.shape}, not {reference.shape}"
    same = answer == reference
    if same.all():
        return "all equal"
    largest = int(np.abs(answer - reference).max())
    return f"{np.count_nonzero(~same)} of {same.size:,} differ, by {largest} at most"


def _outside(n: int) -> int:
    """How many of n ordered values a 95% interval of their median leaves out on each side."""
    at_most = np.cumsum([math.comb(n, k) for k in range(n // 2)]) / 2**n
    return max(int(np.count_nonzero(at_most <= 0.025)) - 1, 0)


def _seconds(run: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one call; what earlier calls left to collect is not charged to it."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - wall
