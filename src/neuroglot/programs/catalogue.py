"""All algorithms, by hand: one line per family. Whole families are held out."""

from neuroglot.base.errors import ConfigError
from neuroglot.programs.algorithm import Algorithm
from neuroglot.programs.algorithms import (
    balances,
    bases,
    divisors,
    lists,
    matching,
    number_theory,
    numbers,
    primes,
    recursion,
    searching,
    sequences,
    strings,
)

ALGORITHMS: tuple[Algorithm, ...] = (
    *numbers.ALGORITHMS,
    *bases.ALGORITHMS,
    *sequences.ALGORITHMS,
    *balances.ALGORITHMS,
    *divisors.ALGORITHMS,
    *number_theory.ALGORITHMS,
    *primes.ALGORITHMS,
    *matching.ALGORITHMS,
    *searching.ALGORITHMS,
    *lists.ALGORITHMS,
    *strings.ALGORITHMS,
    *recursion.ALGORITHMS,
)

HELD_OUT: frozenset[str] = frozenset({"recursion"})
"""Families whose programs are never in the training split."""

BY_NAME = {algorithm.name: algorithm for algorithm in ALGORITHMS}
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(each.family for each in ALGORITHMS))


def find(name: str) -> Algorithm:
    """The algorithm of a name. Raises ConfigError for an unknown one."""
    if name not in BY_NAME:
        raise ConfigError(f"unknown algorithm {name!r}: known are {', '.join(BY_NAME)}")
    return BY_NAME[name]
