"""What facts recognise: checks of a range, chains of branches, tables."""

import pytest

from neuroglot.programs.facts import PROCEDURAL, facts, is_table, ways, within
from neuroglot.programs.reading import read
from neuroglot.programs.tree import Binary, If, Letter, Number, Return, Variable, walk


def of(body, *, parameters="low: int, high: int, value: int, text: str", helper=""):
    source = f"{helper}def look_around({parameters}) -> int:\n    '''a number'''\n"
    return facts(read(source + body, title="some_title"), PROCEDURAL)[-1]


@pytest.mark.parametrize(
    ("condition", "recognised"),
    [
        ("low <= value <= high", (Variable("value"), Variable("low"), Variable("high"))),
        ("value >= 1 and high >= value", (Variable("value"), Number(1), Variable("high"))),
        ("value < low or value > 9", (Variable("value"), Variable("low"), Number(9))),
        ("low > value or high < value", (Variable("value"), Variable("low"), Variable("high"))),
        ("low <= value and low <= high", None),
        ("low <= value < high", None),
        ("value <= low or value >= high", None),
        ("low < value or value < high", None),
        ("value >= low + 1 and value <= high", None),
        ("low == value", None),
    ],
)
def test_check_of_a_range(condition, recognised):
    function = of(
        f"    if {condition}:\n        return len(text)\n    return low + high * value\n"
    ).function
    found = function.body[0].condition
    assert isinstance(found, Binary)
    assert within(found) == recognised


def test_check_of_a_range_of_letters():
    function = of(
        "    for letter in text:\n        if 'a' <= letter and letter <= 'z':\n"
        "            return low\n    return high + value\n"
    ).function
    node = next(node for node in walk(function) if isinstance(node, If))
    assert within(node.condition) == (Variable("letter"), Letter("a"), Letter("z"))


def test_ways_of_a_chain():
    function = of(
        "    if low > 1:\n        return 1\n    elif low > 2:\n        return 2\n"
        "    elif high > 3:\n        return 3\n    else:\n        return value + len(text)\n"
    ).function
    branches, otherwise = ways(function.body[0])
    assert [way for _, way in branches] == [(Return(Number(n)),) for n in (1, 2, 3)]
    assert len(otherwise) == 1
    assert ways(If(Variable("a"), branches[0][1])) == ([(Variable("a"), branches[0][1])], ())


def test_tables_are_filled_never_grown_and_stay():
    each = of(
        "    table = [0] * size\n    table[0] = 1\n    handed = [0] * size\n"
        "    grown = [0] * size\n    grown.append(2)\n    copied = list(table)\n    copied[0] = 3\n"
        "    other = [1] * size\n    other = list(table)\n"
        "    return table[0] + add_up(handed) + grown[0] + copied[0] + other[0]\n",
        parameters="size: int",
        helper="def add_up(values: list) -> int:\n    '''a sum'''\n    return values[0]\n\n",
    )
    tables = {name for name in each.types if is_table(name, each)}
    assert tables == {"table"}
