"""Reading: what a source becomes, and what is no source."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.reading import read
from neuroglot.programs.tree import (
    Assign,
    Binary,
    Declare,
    Extend,
    ForRange,
    Item,
    Letter,
    Number,
    Parameter,
    Return,
    SetItem,
    Text,
    Type,
    Update,
    Variable,
)


def entry(lines, head="def work_out(n: int, s: str) -> int:"):
    text = "\n".join(f"    {line}" for line in lines.split("\n"))
    return read(f"{head}\n    'a number'\n{text}", title="test_case").entry


def test_docstring_gives_purpose_and_meanings():
    source = """
def add_up(first: int, second: int) -> int:
    '''the sum of `first` and `second`

    first: what to begin with
    '''
    return first + second
"""
    found = read(source, title="test_case").entry
    assert found.purpose == "the sum of `first` and `second`"
    assert found.parameters == (
        Parameter("first", Type.INT, "what to begin with"),
        Parameter("second", Type.INT, "an integer"),
    )
    assert found.body == (Return(Binary("+", Variable("first"), Variable("second"))),)


def test_first_assignment_declares():
    a, b, c, _ = entry("a = n + len(s)\na = 3\na -= 2\nreturn a").body
    assert isinstance(a, Declare)
    assert b == Assign("a", Number(3))
    assert c == Update("a", "-", Number(2))


@pytest.mark.parametrize(
    ("call", "loop"),
    [
        ("range(n)", (Number(0), Variable("n"), 1, False)),
        ("range(2, n + 1)", (Number(2), Variable("n"), 1, True)),
        ("range(2, n, 3)", (Number(2), Variable("n"), 3, False)),
        ("range(n, -1, -1)", (Variable("n"), Number(0), -1, True)),
        ("range(n - 1, 1, -2)", (Binary("-", Variable("n"), Number(1)), Number(2), -2, True)),
    ],
)
def test_ranges(call, loop):
    found = entry(f"a = len(s)\nfor i in {call}:\n    a += i\nreturn a").body[1]
    assert isinstance(found, ForRange)
    assert (found.start, found.stop, found.step, found.inclusive) == loop


def test_one_character_is_a_letter_where_one_is_wanted():
    body = entry("a = ''\na += 'x'\nif s[0] == 'y' or s == 'z':\n    return n\nreturn len(a)").body
    assert body[1] == Extend("a", Letter("x"))
    assert body[2].condition == Binary(
        "or",
        Binary("==", Item(Variable("s"), Number(0)), Letter("y")),
        Binary("==", Variable("s"), Text("z")),
    )


def test_chained_comparison_and_update_of_an_element():
    body = entry("a = [0]\nif 0 < n < len(s):\n    a[0] += n\nreturn a[0]").body
    assert body[1].condition.operator == "and"
    update = body[1].then[0]
    old = Item(Variable("a"), Number(0))
    assert update == SetItem("a", Number(0), Binary("+", old, Variable("n")))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def add_up(a: int) -> int:\n  'a'\n  return a +", "no Python at line 3"),
        ("x = 1", "line 1: the tree has no Assign"),
        ("def add_up(a: int) -> int:\n  return a", "no docstring"),
        ("def add_up(a) -> int:\n  'a'\n  return a", "every parameter and result is annotated"),
        ("def add_up(a: float) -> int:\n  'a'\n  return a", "int, bool, char, str or list"),
        ("def add_up(a: int) -> int:\n  'a'\n  return a ** 2", "the tree has no Pow"),
        ("def add_up(a: int) -> int:\n  'a'\n  return a / 2", "the tree has no Div"),
        ("def add_up(a: int) -> int:\n  'a'\n  return [i for i in a]", "has no ListComp"),
        (
            "def add_up(a: int) -> int:\n  'a'\n  for i in range(0, a, a):\n    a = i",
            "the step of `i` is",
        ),
        ("def add_up(a: str) -> int:\n  'a'\n  return len(a, a)", "takes one argument, 2"),
        ("def add_up(a: int) -> int:\n  'a'\n  return len(a + 1)", "takes a name"),
        ("def add_up(a: int) -> int:\n  'a'\n  return sub_up(a)", "before it is written"),
    ],
)
def test_refused(source, words):
    with pytest.raises(ProgramError, match=words):
        read(source, title="test_case")
