"""The interpreter: values worked out by hand, and runs that leave the bounds."""

import sys

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.interpreter import DEPTH, run
from neuroglot.programs.reading import read
from neuroglot.programs.tree import LARGEST


def program(lines, head="def work_out(n: int) -> int:"):
    text = "\n".join(f"    {line}" for line in lines.split("\n"))
    return read(f"{head}\n    'it'\n{text}", title="test_case")


LIST = "def work_out(values: list, n: int) -> list:"
STR = "def work_out(text: str, n: int) -> str:"
BOOL = "def work_out(text: str, n: int) -> bool:"


@pytest.mark.parametrize(
    ("lines", "head", "arguments", "result"),
    [
        ("return 17 // n * 10 + 17 % n", "def work_out(n: int) -> int:", (5,), 32),
        ("return -n - -3", "def work_out(n: int) -> int:", (5,), -2),
        ("a = 0\nfor i in range(1, n + 1):\n    a += i\nreturn a", None, (4,), 10),
        ("a = 0\nfor i in range(n, 0, -2):\n    a = a * 10 + i\nreturn a", None, (5,), 531),
        ("a = 0\nfor i in range(2, n, 3):\n    a = a * 10 + i\nreturn a", None, (9,), 258),
        ("a = n\nb = 0\nwhile a > 0:\n    a //= 2\n    b += 1\nreturn b", None, (9,), 4),
        ("a = list(values)\na[0] = n\na.append(n)\nreturn a", LIST, ((1, 2), 9), (9, 2, 9)),
        ("a = [n] * 2\nfor x in values:\n    a.append(x * n)\nreturn a", LIST, ((1, 4), 3),
         (3, 3, 3, 12)),
        ("return [n, len(values)]", LIST, ((), 7), (7, 0)),
        ("a = ''\nfor c in text:\n    a += chr(ord(c) + n)\na += str(n)\nreturn a", STR,
         ("abz", 1), "bc{1"),
        ("return n == 0 or text[n - 1] < 'm'", BOOL, ("az", 0), True),
        ("return n == 0 or text[n - 1] < 'm'", BOOL, ("az", 2), False),
        ("return n > 0 and text[n - 1] == 'z'", BOOL, ("", 0), False),
        ("if n > 9:\n    return 1\nelif n > 5:\n    return 2\nelse:\n    return 3", None, (6,), 2),
    ],
)  # fmt: skip
def test_value(lines, head, arguments, result):
    found = run(program(lines, head or "def work_out(n: int) -> int:"), arguments)
    assert found == result
    assert type(found) is type(result)


def test_arguments_are_not_changed():
    values = [3, 1]
    helped = """
def make_longer(values: list) -> list:
    'them and one more'
    longer = list(values)
    longer.append(1)
    return longer

def count_twice(values: list) -> int:
    'both lengths'
    longer = make_longer(values)
    return len(values) * 10 + len(longer)
"""
    assert run(read(helped, title="test_case"), (tuple(values),)) == 23


@pytest.mark.parametrize(
    ("lines", "n", "words"),
    [
        ("return n + 1", LARGEST, "2147483647 \\+ 1 is not within"),
        ("return n * n", 50_000, "is not within"),
        ("return n // 2", -1, "-1 // 2: a negative dividend"),
        ("return 3 % n", 0, "no positive divisor"),
        ("return 3 // n", -2, "no positive divisor"),
        ("a = [1]\nreturn a[n]", 1, "index 1 of a sequence of 1"),
        ("a = [1]\nreturn a[n]", -1, "index -1 of a sequence of 1"),
        ("a = [1] * n\nreturn len(a)", -1, "a list of length -1"),
        ("return ord(chr(n))", 127, "127 is no code"),
        ("a = n\nwhile a > 0:\n    a = a + 0\nreturn a", 1, "a loop does not end"),
    ],
)
def test_runs_that_leave_the_bounds(lines, n, words):
    with pytest.raises(ProgramError, match=words):
        run(program(lines), (n,))


def down(lines):
    return program(lines, "def count_down(n: int) -> int:")


def test_depth_of_calls():
    countdown = down("if n == 0:\n    return 0\nreturn 1 + (0 + (0 + count_down(n - 1)))")
    limit = sys.getrecursionlimit()
    assert run(countdown, (DEPTH - 1,)) == DEPTH - 1
    with pytest.raises(ProgramError, match="`count_down` calls itself more than 200 times deep"):
        run(countdown, (DEPTH,))
    assert sys.getrecursionlimit() == limit


def test_steps_are_counted():
    loop = program("a = 0\nfor i in range(n):\n    a += 1\nreturn a")
    assert run(loop, (50,), steps=60) == 50
    with pytest.raises(ProgramError, match="more steps"):
        run(loop, (50,), steps=40)
