"""Test cases of an exercise: arguments, and what the interpreter gives for them."""

from numpy.random import Generator

from neuroglot.base.errors import ProgramError
from neuroglot.programs.algorithm import Exercise
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import Case

DRAWS = 12
"""Inputs drawn for each case that is wanted: results that differ are preferred."""


def draw_cases(exercise: Exercise, rng: Generator, *, count: int = 8) -> tuple[Case, ...]:
    """At most `count` cases with different arguments, different results first.

    Corners always stand among them. Raises ProgramError when all results are the same: such tests
    would pass a program that does nothing.
    """
    drawn = [exercise.draw(rng) for _ in range(DRAWS * count)]
    arguments = list(dict.fromkeys([*exercise.corners, *drawn]))
    n_corners = len(exercise.corners)
    corners = [Case(each, run(exercise.program, each)) for each in arguments[:n_corners]]
    results = {case.expected for case in corners}
    fresh: list[Case] = []
    again: list[Case] = []
    for each in arguments[n_corners:]:
        if n_corners + len(fresh) >= count:
            break
        case = Case(each, run(exercise.program, each))
        (again if case.expected in results else fresh).append(case)
        results.add(case.expected)
    chosen = [*corners, *fresh, *again][:count]
    if len({case.expected for case in chosen}) < 2:
        name = exercise.program.entry.name
        raise ProgramError(f"`{name}` gives {chosen[0].expected!r} for every input drawn")
    return tuple(chosen)
