"""What Rust wants to know: integers that find elements and are never negative, borrowed strings."""

import pytest

from neuroglot.programs.facts import OBJECT_ORIENTED, PROCEDURAL, facts
from neuroglot.programs.reading import read
from neuroglot.programs.rust_types import rust_types


def types_of(parameters, body, style=PROCEDURAL):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = f"def look_around({parameters}) -> int:\n    '''a number'''\n{lines}"
    return rust_types(facts(read(source, title="some_title"), style)[-1])


@pytest.mark.parametrize(
    ("body", "indices"),
    [
        ("for i in range(len(values)):\n    total += values[i]", {"i"}),
        ("for i in range(len(values) - 1):\n    total += values[i + 1]", {"i"}),
        ("for i in range(len(values) - 1, -1, -1):\n    total += values[i]", {"i"}),
        ("for i in range(len(values)):\n    total += i", set()),
        ("for i in range(limit):\n    total += values[i]", set()),
        ("for i in range(limit, len(values)):\n    total += values[i]", set()),
        ("i = 0\nwhile i < len(values):\n    total += values[i]\n    i += 1", {"i"}),
        ("i = 0\nn = len(values)\nwhile i < n:\n    total += values[i]\n    i += 1", {"i", "n"}),
        ("i = 0\nwhile i < limit:\n    total += values[i]\n    i += 1", set()),
        ("i = len(values)\nwhile i > 0:\n    i -= 1\n    total += values[i]", {"i"}),
        ("i = len(values)\nwhile i >= 1:\n    i -= 2\n    total += values[i]", set()),
        ("i = len(values) - 1\nwhile i >= 0:\n    total += values[i]\n    i -= 1", set()),
        ("i = -1\nif total > 0:\n    i = 1\nif i > 0:\n    total += values[i]", set()),
        ("best = 0\nfor i in range(len(values)):\n    best = i\ntotal += best", set()),
        (
            "best = 0\nfor i in range(len(values)):\n    if values[i] > values[best]:\n"
            "        best = i\ntotal += best",
            {"best", "i"},
        ),
    ],
)
def test_indices(body, indices):
    whole = f"total = limit\n{body}\nreturn total + len(values)"
    assert types_of("values: list, limit: int", whole).indices == indices


def test_borrowed_strings():
    body = (
        "plain = 'few'\nother = text\nmade = str(len(other))\nplain = other\nlater = 'x'\n"
        "later = made\nbuilt = ''\nbuilt += plain\nbuilt += later\nreturn len(built)"
    )
    assert types_of("text: str", body).borrowed == {"text", "plain", "other"}
    assert types_of("text: str", body, OBJECT_ORIENTED).borrowed == set()
