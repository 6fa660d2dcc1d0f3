"""Differences of estimates with intervals: by hand, calibrated, and free of the order of runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.analyses.differences import DEPTHS, Estimate, depth, depth_shares, difference


def test_by_hand():
    found = difference(Estimate(1.0, 0.7, 1.4), Estimate(3.0, 2.6, 3.3))
    assert found.value == 2.0
    assert found.low == pytest.approx(2.0 - 0.4 * 2**0.5)
    assert found.high == pytest.approx(2.0 + (0.3**2 + 0.3**2) ** 0.5)


def test_the_interval_covers_the_true_difference_as_often_as_it_says():
    draw = np.random.default_rng(0)
    covered = 0
    for _ in range(2_000):
        pair = []
        for centre, spread in ((0.0, 1.0), (0.5, 2.0)):
            value = draw.normal(centre, spread)
            pair.append(Estimate(value, value - 1.96 * spread, value + 1.96 * spread))
        found = difference(*pair)
        covered += found.low <= 0.5 <= found.high
    assert 0.935 < covered / 2_000 < 0.965


numbers = st.floats(-5, 5)


@given(numbers, numbers, *[st.floats(0, 3)] * 4)
def test_turned_around_it_changes_its_sign(a, b, la, ha, lb, hb):
    one, other = Estimate(a, a - la, a + ha), Estimate(b, b - lb, b + hb)
    there, back = difference(one, other), difference(other, one)
    assert there.low <= there.value <= there.high
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high)


def test_depth_is_relative():
    assert [depth(layer, 8) for layer in range(8)] == [
        *["bottom"] * 2,
        *["middle"] * 4,
        *["top"] * 2,
    ]
    # x = 1/4 and 3/4 themselves are in the middle.
    assert [depth(layer, 6) for layer in (0, 1, 4, 5)] == ["bottom", "middle", "middle", "top"]
    assert depth_shares([0, 1, 7, 3], 8) == {"bottom": 0.5, "middle": 0.25, "top": 0.25}
    assert depth_shares([], 8) == dict.fromkeys(DEPTHS, 0.0)
