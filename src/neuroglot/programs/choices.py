"""What an algorithm may draw: one of several, a number, a list, a text. Plain Python values out.

Takes a generator from `base.seeds`. Knows no programs.
"""

from collections.abc import Sequence
from typing import TypeVar

from numpy.random import Generator

T = TypeVar("T")

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def pick(rng: Generator, options: Sequence[T]) -> T:
    """One of the options, each as likely as another."""
    return options[int(rng.integers(len(options)))]


def chance(rng: Generator) -> bool:
    """True or false."""
    return bool(rng.integers(2))


def whole(rng: Generator, low: int, high: int) -> int:
    """An integer from `low` to `high`, both included."""
    return int(rng.integers(low, high + 1))


def numbers(
    rng: Generator, *, length: tuple[int, int] = (0, 9), values: tuple[int, int] = (-20, 20)
) -> tuple[int, ...]:
    """A list of integers; its length and its values lie within bounds that are included."""
    return tuple(whole(rng, *values) for _ in range(whole(rng, *length)))


def text(rng: Generator, letters: str = LETTERS, *, length: tuple[int, int] = (0, 12)) -> str:
    """A string of these letters; the bounds of its length are included."""
    return "".join(pick(rng, letters) for _ in range(whole(rng, *length)))
