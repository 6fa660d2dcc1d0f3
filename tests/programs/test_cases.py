"""Test cases: corners first, different results, the interpreter's values."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.base.seeds import generator
from neuroglot.programs.algorithm import Exercise
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.choices import whole
from neuroglot.programs.reading import read

HALF = read("def half_of(n: int) -> int:\n    'half'\n    return n // 2", title="number_half")
ZERO = read("def nothing_of(n: int) -> int:\n    'zero'\n    return n - n", title="number_none")


def test_corners_then_new_results():
    exercise = Exercise(HALF, lambda rng: (whole(rng, 0, 9),), ((0,), (1,)))
    cases = draw_cases(exercise, generator(0, "test"), count=6)
    assert [case.arguments for case in cases[:2]] == [(0,), (1,)]
    assert all(case.expected == case.arguments[0] // 2 for case in cases)
    assert len({case.arguments for case in cases}) == 6
    assert {case.expected for case in cases} == {0, 1, 2, 3, 4}


def test_the_same_seed_gives_the_same_cases():
    exercise = Exercise(HALF, lambda rng: (whole(rng, 0, 99),))
    first, again, other = (draw_cases(exercise, generator(seed, "test")) for seed in (1, 1, 2))
    assert first == again != other


def test_tests_that_cannot_fail_are_refused():
    with pytest.raises(ProgramError, match="`nothing_of` gives 0 for every input drawn"):
        draw_cases(Exercise(ZERO, lambda rng: (whole(rng, 0, 9),)), generator(0, "test"))
