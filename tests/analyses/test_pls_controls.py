"""Controls of PLS units: of the same layer and projection, as large, and never the units."""

import numpy as np
import pytest

from neuroglot.analyses.pls_controls import (
    largest_units,
    matched_units,
    members_of,
    nearest_units,
    strata,
)
from neuroglot.base.errors import ConfigError

N = 7
"""Projections: the cells of a layer."""


@pytest.fixture
def world():
    """Two layers; projections 4 and 5 of 50 units each, in a row."""
    rng = np.random.default_rng(0)
    cells = np.repeat([4, 5, N + 4, N + 5], 50)
    return rng.lognormal(size=200), cells


def test_a_fifth_of_each_cell_is_a_stratum(world):
    values, cells = world
    found = strata(values, cells)
    assert np.bincount(found)[np.unique(found)].tolist() == [10] * 20
    for members in members_of(cells):
        order = members[np.argsort(values[members])]
        assert (np.diff(found[order]) >= 0).all()


def test_matched_units_are_of_the_same_cell_and_fifth(world):
    values, cells = world
    chosen = np.array([0, 3, 60, 61, 120, 199])
    by_stratum = strata(values, cells)
    draws = matched_units(chosen, values, cells, draws=20, seed=1, name="go")
    for found in draws:
        assert len(set(found.tolist())) == len(chosen) and not np.isin(found, chosen).any()
        assert sorted(by_stratum[found]) == sorted(by_stratum[chosen])
    assert len({tuple(sorted(found.tolist())) for found in draws}) > 10
    again = matched_units(chosen, values, cells, draws=20, seed=1, name="go")
    assert all(np.array_equal(a, b) for a, b in zip(draws, again, strict=True))


def test_a_full_cell_borrows_from_other_layers(world):
    values, cells = world
    chosen = np.arange(30)  # of the 50 units of one cell
    (found,) = matched_units(chosen, values, cells, draws=1, seed=0, name="x")
    assert len(set(found.tolist())) == 30 and set(cells[found] % N) == {4}
    with pytest.raises(ConfigError, match="no unit left to match with"):
        matched_units(np.arange(60), values[:100], np.full(100, 4), draws=1, seed=0, name="x")


def test_nearest_units_are_near_in_value(world):
    values, cells = world
    chosen = np.array([10, 70])
    for found in nearest_units(chosen, values, cells, draws=10, seed=0, name="universal"):
        for unit in chosen:
            (own,) = [each for each in found if cells[each] == cells[unit]]
            others = np.setdiff1d(np.flatnonzero(cells == cells[unit]), chosen)
            distance = np.sort(np.abs(values[others] - values[unit]))
            assert abs(values[own] - values[unit]) <= distance[9]


def test_largest_units_leave_the_chosen_ones_out():
    values = np.array([5.0, 1.0, 4.0, 3.0])
    assert largest_units(2, values, without=np.array([0])).tolist() == [2, 3]
