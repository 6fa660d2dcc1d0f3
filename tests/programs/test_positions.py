"""Positions: counters that only index, told from counters that are numbers."""

import pytest

from neuroglot.programs.positions import positions
from neuroglot.programs.reading import read


def found(body):
    source = (
        "def look_around(values: list, limit: int) -> int:\n    '''a number'''\n    total = limit\n"
    )
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    end = "    return total + len(values)\n"
    return positions(read(source + lines + end, title="some_title").entry.body)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("for i in range(len(values)):\n    total += values[i]", {"i"}),
        ("for i in range(1, len(values)):\n    total += values[i - 1]", {"i"}),
        ("for i in range(len(values) - 1):\n    total += values[i + 1]", {"i"}),
        ("for i in range(len(values)):\n    total += i", set()),
        ("for i in range(len(values)):\n    total += values[i] * i", set()),
        ("for i in range(limit):\n    total += values[i]", set()),
        ("for i in range(-1, len(values)):\n    total += values[i + 1]", set()),
        ("for i in range(limit, len(values)):\n    total += values[i]", set()),
        ("for i in range(len(values) - 1, -1, -1):\n    total += values[i]", set()),
        (
            "for i in range(len(values)):\n    for j in range(i + 1, len(values)):\n"
            "        total += values[i] * values[j]",
            {"i", "j"},
        ),
        (
            "for i in range(len(values)):\n    for j in range(i):\n        total += values[j]",
            set(),
        ),
        (
            "for i in range(len(values)):\n    total += i\n"
            "    for j in range(i + 1, len(values)):\n        total += values[j]",
            set(),
        ),
        (
            "for i in range(len(values)):\n    total += values[i]\n"
            "for i in range(len(values)):\n    total -= i",
            set(),
        ),
        (
            "kept = [0] * 9\nfor i in range(len(values)):\n    kept[values[i]] = values[i]\n"
            "total += kept[0]",
            {"i"},
        ),
        ("for i in range(len(values)):\n    if i < limit:\n        total += values[i]", set()),
    ],
)
def test_positions_only_index(body, names):
    assert found(body) == names
