"""Mutants: one change away, and told from the program by its cases."""

from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.seeds import generator
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import Case
from neuroglot.programs.mutations import differs, mutants
from neuroglot.programs.reading import read
from neuroglot.programs.tree import Binary, ForRange, Number, walk

SOURCE = "def work_out(n: int) -> int:\n    'it'\n    return n - 3"


def test_by_hand():
    program = read(SOURCE, title="test_case")
    found = [each.entry.body for each in mutants(program, [Case((5,), 2)])]
    wanted = [
        read(SOURCE.replace("n - 3", text), title="test_case").entry.body
        for text in ("n + 3", "n - 4", "n - 2")
    ]
    assert found == wanted


def test_what_no_case_tells_is_left_out():
    program = read(SOURCE, title="test_case")
    assert not differs(program, [Case((5,), 2)])
    both = read(
        "def work_out(n: int, m: int) -> int:\n    'it'\n    return n - m", title="test_case"
    )
    assert len(list(mutants(both, [Case((5, 3), 2)]))) == 2
    assert len(list(mutants(both, [Case((3, 3), 0)]))) == 1, "m - n gives 0 too"


def test_endless_loops_and_runs_out_of_bounds_are_left_out():
    source = (
        "def work_out(n: int) -> int:\n    'it'\n    a = n\n    while a > 0:\n        a -= 2\n"
        "    return a"
    )
    program = read(source, title="test_case")
    found = [repr(each.entry.body) for each in mutants(program, [Case((4,), 0)])]
    endless = read(source.replace("a > 0", "a < 9"), title="test_case")
    assert found
    assert repr(endless.entry.body) not in found


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), algorithm=st.sampled_from(ALGORITHMS))
def test_every_algorithm_with_something_to_change_has_mutants_that_its_cases_tell(seed, algorithm):
    exercise = algorithm.make(generator(seed, algorithm.name))
    cases = draw_cases(exercise, generator(seed, "cases"))
    found = list(mutants(exercise.program, cases))
    changeable = [n for n in walk(exercise.program) if isinstance(n, Binary | ForRange | Number)]
    assert bool(found) == bool(changeable)
    for mutant in found:
        assert any(run(mutant, case.arguments) != case.expected for case in cases)
        assert len(list(walk(mutant))) == len(list(walk(exercise.program)))
