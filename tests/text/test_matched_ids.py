"""Random sets of ids: of the same size and frequency, outside the set, and their mean exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.text.matched_ids import drawn_weights, expected_weights, frequency_bins, matched_pool


def test_bins_are_powers_of_two():
    assert frequency_bins(np.array([0, 1, 2, 3, 7, 8, 1000])).tolist() == [0, 1, 1, 2, 3, 3, 9]


@given(st.integers(0, 10_000))
def test_random_sets_keep_size_and_frequency_and_stay_outside(seed):
    rng = np.random.default_rng(seed)
    bins = rng.integers(0, 4, 60)
    weights = np.where(rng.random(60) < 0.3, rng.random(60), 0.0)
    weights[0] = 0.5
    allowed = rng.random(60) < 0.9
    allowed[1:5], bins[1:5], weights[1:5] = True, np.arange(4), 0.0
    drawn = drawn_weights(weights, bins, allowed, draws=7, rng=rng)
    inside = weights > 0
    assert not drawn[inside].any()
    assert not drawn[~allowed].any()
    for own in range(4):
        wanted = weights[bins == own].sum()
        np.testing.assert_allclose(drawn[bins == own].sum(axis=0), wanted, rtol=1e-5)


def test_the_mean_of_many_sets_is_the_expected_one():
    rng = np.random.default_rng(1)
    bins = np.repeat(np.arange(3), 8)
    weights = np.zeros(24)
    weights[[0, 1, 9, 20]] = 1.0, 0.5, 2.0, 1.0
    allowed = np.ones(24, dtype=bool)
    drawn = drawn_weights(weights, bins, allowed, draws=20_000, rng=rng)
    np.testing.assert_allclose(
        drawn.mean(axis=1), expected_weights(weights, bins, allowed), atol=0.03
    )


def test_a_bin_that_the_set_fills_is_matched_in_the_nearest():
    bins = np.array([0, 0, 1, 5, 5])
    inside = np.array([True, True, False, True, False])
    assert matched_pool(inside, bins, np.ones(5, dtype=bool)).tolist() == [1, 1, -1, 5, -1]


def test_a_set_of_everything_is_refused():
    with pytest.raises(ConfigError, match="every id"):
        matched_pool(np.ones(3, dtype=bool), np.zeros(3, dtype=np.int64), np.ones(3, dtype=bool))
