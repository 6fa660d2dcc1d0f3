"""Other statements, the same results."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.seeds import generator
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.interpreter import run
from neuroglot.programs.normalisation import digest
from neuroglot.programs.reading import read
from neuroglot.programs.restructuring import opposite, restructured
from neuroglot.programs.tree import Binary, Not, Number, Variable

N = Variable("n")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), algorithm=st.sampled_from(ALGORITHMS))
def test_results_stay_and_statements_change(seed, algorithm):
    exercise = algorithm.make(generator(seed, algorithm.name))
    other = restructured(exercise.program, generator(seed, "changes"))
    if other is None:
        return
    assert digest(other) != digest(exercise.program)
    for case in draw_cases(exercise, generator(seed, "cases"), count=12):
        assert run(other, case.arguments) == case.expected


def forms(lines, head="def work_out(values: list, n: int) -> int:"):
    text = "\n".join(f"    {line}" for line in lines.split("\n"))
    program = read(f"{head}\n    'it'\n{text}", title="test_case")
    found = [restructured(program, generator(seed, "changes")) for seed in range(12)]
    return {repr(each.entry.body) for each in found if each is not None}, program


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = len(values)\na += n\nreturn a", "a = len(values)\na = a + n\nreturn a"),
        ("return len(values) + n", "outcome = len(values) + n\nreturn outcome"),
        (
            "a = n\nfor i in range(len(values)):\n    a = i\nreturn a",
            "a = n\ni = 0\nwhile i < len(values):\n    a = i\n    i += 1\nreturn a",
        ),
        (
            "a = n\nfor x in values:\n    a = x\nreturn a",
            "a = n\nfor outcome in range(len(values)):\n    x = values[outcome]\n    a = x\n"
            "return a",
        ),
        (
            "a = len(values)\nif a < n:\n    a = 1\nelse:\n    a = 2\nreturn a",
            "a = len(values)\nif a >= n:\n    a = 2\nelse:\n    a = 1\nreturn a",
        ),
        (
            "a = len(values)\nif a < n and n > 1:\n    a = 1\nreturn a",
            "a = len(values)\nif a < n:\n    if n > 1:\n        a = 1\nreturn a",
        ),
    ],
)
def test_each_change_by_hand(before, after):
    found, _ = forms(before)
    _, wanted = forms(after)
    assert repr(wanted.entry.body) in found


def test_where_there_is_no_other_way():
    found, _ = forms("a = len(values) - n\nreturn a")
    assert found == set()


def test_opposites():
    assert opposite(Binary("<", N, Number(1))) == Binary(">=", N, Number(1))
    assert opposite(Not(Variable("b"))) == Variable("b")
    assert opposite(Variable("b")) == Not(Variable("b"))
    both = Binary("and", Variable("b"), Variable("c"))
    assert opposite(both) == Not(both)
