"""Alignment beside surface similarity: planted lines, and worlds without one."""

import numpy as np
import pytest

from neuroglot.analyses.surface import over_surface, token_overlap


def symmetric(rng, n=8):
    values = rng.random((n, n))
    return (values + values.T) / 2


def test_overlap_by_hand():
    first = [np.array([1, 2, 2, 3]), np.array([7])]
    second = [np.array([2, 3, 4]), np.array([8])]
    assert token_overlap(first, second) == pytest.approx((2 / 4 + 0) / 2)


def test_a_planted_line_is_found():
    rng = np.random.default_rng(0)
    overlap, identical = symmetric(rng), symmetric(rng)
    align = 0.2 + 0.5 * overlap + 0.1 * identical
    found = over_surface(align, overlap, identical, permutations=99, seed=0)
    upper = np.triu_indices(8, 1)
    np.testing.assert_allclose(found.predicted, align[upper])
    assert found.explained == pytest.approx(1)
    assert found.p == pytest.approx(0.01)


def test_what_has_no_line_is_not_explained():
    small = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = over_surface(
            symmetric(rng), symmetric(rng), symmetric(rng), permutations=99, seed=seed
        )
        small += found.p <= 0.05
    assert small <= 6


def test_few_pairs_say_nothing():
    rng = np.random.default_rng(1)
    found = over_surface(
        symmetric(rng, 3), symmetric(rng, 3), symmetric(rng, 3), permutations=9, seed=0
    )
    assert np.isnan(found.explained)
