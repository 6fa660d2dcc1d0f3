"""Bracket statements: every bracket is closed, depth and closed calls are drawn apart."""

import re
from collections import Counter

import pytest

from neuroglot.base.seeds import generator
from neuroglot.train.bracket_statements import DEPTHS, STATEMENTS, statement

CONTEXT = ["total = 0", "    rows = []"]


def drawn(language, n=400):
    rng = generator(0, "test", language)
    return [statement(CONTEXT, language, rng).split("\n")[-2] for _ in range(n)]


def last_run(line):
    """How many closers stand in a row at the end of the statement."""
    bare = line.rstrip(" {;:")
    return len(bare) - len(bare.rstrip(")"))


@pytest.mark.parametrize("language", STATEMENTS)
def test_brackets_are_closed_as_far_in_as_the_context(language):
    for line in drawn(language):
        assert line.count("(") == line.count(")") > 0
        assert line.startswith("    ") and line[4] != " "
        assert "print(str(" not in line


@pytest.mark.parametrize("language", STATEMENTS)
def test_depths_come_in_their_shares(language):
    counts = Counter(last_run(line) for line in drawn(language, 2_000))
    assert set(counts) == {1, 2, 3, 4, 5}
    for depth, share in enumerate(DEPTHS, 1):
        assert abs(counts[depth] / 2_000 - share) < 0.05


@pytest.mark.parametrize("language", STATEMENTS)
def test_a_number_of_three_digits_says_where_a_line_ends(language):
    lines = drawn(language, 1_000)
    at_the_end = [re.search(r"(?<![\d.])\d{3}\)+[ {;:]*$", line) is not None for line in lines]
    assert 0.8 < sum(at_the_end) / len(lines) < 0.95
    for line, told in zip(lines, at_the_end, strict=True):
        assert len(re.findall(r"(?<![\d.])\d{3}(?!\d)", line)) == told


def test_closed_calls_do_not_tell_the_depth():
    lines = drawn("python", 4_000)
    depths = [last_run(line) for line in lines]
    closed = [line.count("(") - depth for line, depth in zip(lines, depths, strict=True)]
    means = [
        sum(d for d, c in zip(depths, closed, strict=True) if c == n) / closed.count(n)
        for n in range(4)
    ]
    assert max(means) - min(means) < 0.25
