"""How often programs pass: pass@k over tasks, and the share of one try with its interval.

Takes counts of tries and of passes, gives shares. Runs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from neuroglot.analyses.uncertainty import wilson_interval
from neuroglot.base.errors import ConfigError


@dataclass(frozen=True)
class PassRate:
    """Tasks that passed in one try each: count, share, and Wilson's interval at 95%."""

    passed: int
    tasks: int
    share: float
    low: float
    high: float


def pass_rate(passed: Sequence[bool]) -> PassRate:
    """pass@1 of one try for each task; nan and (0, 1) without tasks."""
    low, high = wilson_interval(sum(passed), len(passed))
    share = sum(passed) / len(passed) if passed else float("nan")
    return PassRate(sum(passed), len(passed), share, low, high)


def pass_at(k: int, *, tries: int, passed: int) -> float:
    """The chance that at least one of k tries of a task passes, without bias.

    tries: how many were made, of which `passed` passed. It is the share of all choices of k tries
    that hold one that passed, 1 - C(tries - passed, k) / C(tries, k). Raises ConfigError unless
    0 <= passed <= tries and 1 <= k <= tries.
    Source: Chen et al., arXiv 2107.03374, 2021.
    """
    if not 0 <= passed <= tries or not 1 <= k <= tries:
        raise ConfigError(
            f"pass@{k} of {tries} tries of which {passed} passed: give 1 <= k <= tries and "
            "0 <= passed <= tries"
        )
    return 1 - comb(tries - passed, k) / comb(tries, k)
