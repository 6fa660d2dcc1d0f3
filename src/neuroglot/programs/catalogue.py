"""All algorithms, by hand: one line per family. Whole families are held out."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from neuroglot.base.errors import ConfigError
from neuroglot.programs.algorithm import Algorithm
from neuroglot.programs.algorithms import (
    balances,
    bases,
    brackets,
    combining,
    divisors,
    dynamic_programming,
    finding,
    lists,
    matching,
    number_theory,
    numbers,
    ordering,
    pairs,
    parsing,
    patterns,
    primes,
    queues,
    rearranging,
    recursion,
    recursive_digits,
    repeats,
    scans,
    searching,
    sentences,
    sequences,
    simulation,
    sorting,
    strings,
    tables,
    text,
    windows,
)

ALGORITHMS: tuple[Algorithm, ...] = (
    *numbers.ALGORITHMS,
    *bases.ALGORITHMS,
    *sequences.ALGORITHMS,
    *balances.ALGORITHMS,
    *divisors.ALGORITHMS,
    *number_theory.ALGORITHMS,
    *primes.ALGORITHMS,
    *finding.ALGORITHMS,
    *searching.ALGORITHMS,
    *sorting.ALGORITHMS,
    *ordering.ALGORITHMS,
    *lists.ALGORITHMS,
    *combining.ALGORITHMS,
    *rearranging.ALGORITHMS,
    *pairs.ALGORITHMS,
    *repeats.ALGORITHMS,
    *scans.ALGORITHMS,
    *windows.ALGORITHMS,
    *strings.ALGORITHMS,
    *matching.ALGORITHMS,
    *patterns.ALGORITHMS,
    *text.ALGORITHMS,
    *sentences.ALGORITHMS,
    *parsing.ALGORITHMS,
    *brackets.ALGORITHMS,
    *dynamic_programming.ALGORITHMS,
    *tables.ALGORITHMS,
    *simulation.ALGORITHMS,
    *queues.ALGORITHMS,
    *recursion.ALGORITHMS,
    *recursive_digits.ALGORITHMS,
)

HELD_OUT: frozenset[str] = frozenset({"recursion", "recursive_digits", "balances", "windows"})
"""Families whose programs are never in the training split: two by recursion, two by loops."""

TWINS: Mapping[str, tuple[str, ...]] = {
    "digits_again": ("digit_total", "extreme_digit"),
    "search_halves": ("binary_search",),
}
"""Held-out algorithms some of whose tasks are those of others in the training split, done by
recursion: their programs are new to a model, what they do is not."""

BY_NAME = {algorithm.name: algorithm for algorithm in ALGORITHMS}
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(each.family for each in ALGORITHMS))


LEVELS: tuple[int, ...] = (1, 2, 3)


def find(name: str) -> Algorithm:
    """The algorithm of a name. Raises ConfigError for an unknown one."""
    if name not in BY_NAME:
        near = get_close_matches(name, BY_NAME)
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        raise ConfigError(f"unknown algorithm {name!r}: {meant}`neuroglot programs show` lists all")
    return BY_NAME[name]


def split_of(algorithm: Algorithm) -> str:
    """The split of its family: train or held_out."""
    return "held_out" if algorithm.family in HELD_OUT else "train"


def select(
    *, levels: Collection[int] | None = None, algorithms: Collection[str] | None = None
) -> tuple[Algorithm, ...]:
    """The algorithms of these names and levels; all where None is given.

    Raises ConfigError for an unknown name or level, and where no algorithm is left.
    """
    wanted = ALGORITHMS if algorithms is None else [find(name) for name in algorithms]
    for level in levels or ():
        if level not in LEVELS:
            raise ConfigError(f"unknown level {level!r}: known are {', '.join(map(str, LEVELS))}")
    chosen = tuple(each for each in wanted if levels is None or each.level in levels)
    if not chosen:
        raise ConfigError(
            f"no algorithm is left of {', '.join(algorithms or []) or 'all'} at level "
            f"{', '.join(map(str, levels or []))}: ask for fewer restrictions"
        )
    return tuple(dict.fromkeys(chosen))
