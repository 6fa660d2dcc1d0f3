"""All algorithms, by hand: one line per family. Whole families are held out."""

from neuroglot.base.errors import ConfigError
from neuroglot.programs.algorithm import Algorithm
from neuroglot.programs.algorithms import (
    brackets,
    combining,
    dynamic_programming,
    lists,
    matching,
    numbers,
    parsing,
    patterns,
    queues,
    rearranging,
    recursion,
    recursive_digits,
    sentences,
    simulation,
    strings,
    tables,
    text,
)

ALGORITHMS: tuple[Algorithm, ...] = (
    *numbers.ALGORITHMS,
    *lists.ALGORITHMS,
    *combining.ALGORITHMS,
    *rearranging.ALGORITHMS,
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

HELD_OUT: frozenset[str] = frozenset({"recursion", "recursive_digits"})
"""Families whose programs are never in the training split."""

BY_NAME = {algorithm.name: algorithm for algorithm in ALGORITHMS}
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(each.family for each in ALGORITHMS))


def find(name: str) -> Algorithm:
    """The algorithm of a name. Raises ConfigError for an unknown one."""
    if name not in BY_NAME:
        raise ConfigError(f"unknown algorithm {name!r}: known are {', '.join(BY_NAME)}")
    return BY_NAME[name]
