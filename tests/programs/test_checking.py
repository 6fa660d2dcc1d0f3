"""The rules of the tree: each is broken once."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.checking import check, read_names, written_names
from neuroglot.programs.reading import read
from neuroglot.programs.tree import ForEach, Function, Number, Program, Return, Type, Variable

HEAD = "def work_out(values: list, text: str, limit: int) -> int:\n    'a number'\n"
USED = "    unused = len(values) + len(text) + limit\n"


def body(lines):
    return HEAD + USED + "\n".join(f"    {line}" for line in lines.split("\n"))


def test_types_of_every_name():
    source = body(
        "result = ''\nfor letter in text:\n    result += letter\n"
        "for i in range(limit):\n    unused += i\nreturn unused + len(result)"
    )
    types = check(read(source, title="test_case"))
    assert types == {
        "work_out": {
            "values": "list", "text": "str", "limit": "int", "unused": "int", "result": "str",
            "letter": "char", "i": "int",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("limit += 1\nreturn unused", "parameters change: limit"),
        ("values.append(1)\nreturn unused", "parameters change: values"),
        ("if limit > 0:\n    a = 1\n    unused += a\nunused += a\nreturn unused", "not in sight"),
        ("a = 1\nreturn unused", "`a` is never read"),
        ("if limit > 0:\n    a = 1\n    unused += a\na = 2\nreturn unused + a", "declared twice"),
        ("class_ = 1\nreturn unused + class_", "not free in every language"),
        ("while_length = 1\nreturn unused + while_length", "not free in every language"),
        ("for i in range(3):\n    i += 1\nreturn unused", "`i` changes inside its own loop"),
        ("for limit in range(3):\n    unused += limit\nreturn unused", "already in sight"),
        ("stop = 3\nfor i in range(stop):\n    stop += 1\nreturn unused", "bounds of `i` change"),
        (
            "a = [1]\nfor i in range(len(a)):\n    a.append(i)\nreturn unused",
            "bounds of `i` change",
        ),
        ("a = [1]\nfor x in a:\n    a.append(x)\nreturn unused", "`a` changes"),
        ("for x in values:\n    unused += 1\nreturn unused", "`x` is never read"),
        ("a = values\nreturn unused + len(a)", "second name of a list"),
        ("a = 'x'\na += 'b'\nreturn unused + len(a)", "begins as an empty string"),
        ("while True:\n    unused += 1\nreturn unused", "never changes"),
        ("return unused\nunused += 1\nreturn unused", "something follows a return"),
        ("if limit > 1:\n    return unused", "ends without a return"),
        (
            "if unused > 0:\n    return text\nreturn unused",
            "returned is str, int is wanted",
        ),
        ("if limit:\n    return 1\nreturn unused", "a condition is int"),
        ("for i in range(limit, 0, 0):\n    unused += i\nreturn unused", "wrong step 0"),
        ("limit[0] = 1\nreturn unused", "parameters change: limit"),
        ("unused[0] = 1\nreturn unused", "`unused` is no list to write to"),
    ],
)
def test_broken_rule(lines, words):
    with pytest.raises(ProgramError, match=words) as raised:
        read(body(lines), title="test_case")
    assert str(raised.value).startswith("in `work_out`: ")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (("short", ["work_out"]), "title 'short': two words"),
        (("two_words", ["out"]), "function 'out': two words"),
        (("two_words", ["work_out", "work_out"]), "only once"),
        (("two_words", ["work_out", "end_here"]), "`work_out` is never called"),
    ],
)
def test_names_of_functions(program, words):
    title, names = program
    functions = tuple(Function(name, (), Type.INT, "one", (Return(Number(1)),)) for name in names)
    with pytest.raises(ProgramError, match=words):
        check(Program(title, functions))


def test_a_parameter_is_not_returned_as_a_list():
    source = "def give_back(values: list) -> list:\n    'them'\n    return values"
    with pytest.raises(ProgramError, match="return a copy"):
        read(source, title="test_case")


def test_names_that_change_and_names_that_are_read():
    program = read(
        body("a = [1]\na[0] = limit\nfor x in values:\n    unused += x\nreturn unused + a[0]"),
        title="test_case",
    )
    block = program.entry.body
    assert set(written_names(block)) == {"a", "unused"}
    assert read_names(block) == {"values", "text", "limit", "x", "unused", "a"}
    loop = next(node for node in block if isinstance(node, ForEach))
    assert loop.sequence == Variable("values")
