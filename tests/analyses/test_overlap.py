"""Sharing between labels: by hand, against closed forms, and on planted pairs."""

import numpy as np
import pytest

from neuroglot.analyses.evidence import Effort, evidence
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.overlap import (
    jaccard_matrix,
    normalised_sharing,
    odds_ratio,
    overlap_rows,
    random_set,
)
from neuroglot.analyses.selection import SelectionRule


def test_odds_ratio_by_hand():
    a, b = np.array([1, 2, 3, 4]), np.array([3, 4, 5])
    assert odds_ratio(a, b, n_flat=20) == pytest.approx((2.5 * 15.5) / (2.5 * 1.5))
    assert np.isfinite(odds_ratio(a, np.array([9]), n_flat=20))


def test_normalised_sharing_is_zero_at_chance_and_one_with_itself():
    assert normalised_sharing(0.1, 0.1, 0.6) == 0
    assert normalised_sharing(0.6, 0.1, 0.6) == 1
    assert np.isnan(normalised_sharing(0.3, 0.5, 0.5))
    assert np.isnan(normalised_sharing(0.3, 0.5, float("nan")))


def test_jaccard_matrix_is_pair_by_pair():
    sets = [np.array([1, 2, 3]), np.array([3, 4]), np.array([], int)]
    np.testing.assert_allclose(jaccard_matrix(sets), [[1, 1 / 4, 0], [1 / 4, 1, 0], [0, 0, np.nan]])


def test_random_sets_keep_layers_and_stay_among_candidates():
    rng = np.random.default_rng(0)
    candidates = rng.permutation(400)[:120]
    like = candidates[:30]
    seen = set()
    for _ in range(60):
        drawn = random_set(candidates, like=like, n_neurons=50, rng=rng)
        assert len(set(drawn.tolist())) == 30
        assert set(drawn.tolist()) <= set(candidates.tolist())
        np.testing.assert_array_equal(
            np.bincount(drawn // 50, minlength=8), np.bincount(like // 50, minlength=8)
        )
        seen |= set(drawn.tolist())
    assert seen == set(candidates.tolist())


def test_rows_show_planted_pairs_and_chance(simulation):
    world = simulation(labels=4, neurons=64, seed=2)
    for label in range(4):
        world.plant([label], [2] * 8)
    for pair in ([0, 1], [0, 1], [2, 3]):
        world.plant(pair, [1] * 8)
    counts = grouped_counts(world.record())
    found = evidence(counts, SelectionRule(tau=0.8, nu=32), effort=Effort(19, 60), seed=0)
    rows = {(row["a"], row["b"]): row for row in overlap_rows(found, seed=0)}
    assert len(rows) == 6
    near, far = rows["label0", "label1"], rows["label0", "label2"]
    assert near["normalised"] > 0.2 > abs(far["normalised"])
    assert near["odds_ratio"] > 10
    assert near["low"] <= near["jaccard"] <= near["high"]
    for row in rows.values():
        a, b = (counts.labels.index(row[one]) for one in "ab")
        mine, theirs = (set(found.observed.members(0, one).tolist()) for one in (a, b))
        assert row["both"] == len(mine & theirs)
        assert row["jaccard"] == pytest.approx(len(mine & theirs) / len(mine | theirs))
        assert row["self"] == pytest.approx((found.halves[a] + found.halves[b]) / 2)
        assert row["n"] == 32


def test_chance_is_near_its_expectation(simulation):
    """Expected shared members, from the shares of the candidates taken in each layer."""
    counts = grouped_counts(simulation(labels=3, neurons=64, seed=5).record())
    found = evidence(counts, SelectionRule(tau=0.7, nu=60), effort=Effort(3, 3), seed=0)
    rate = np.zeros((3, counts.n_flat))
    for label in range(3):
        candidates = found.ranking.order(label)
        taken = np.bincount(found.observed.members(0, label) // 64, minlength=8)
        there = np.bincount(candidates // 64, minlength=8)
        rate[label, candidates] = (taken / np.maximum(there, 1))[candidates // 64]
    for row in overlap_rows(found, seed=1):
        a, b = (counts.labels.index(row[one]) for one in "ab")
        both = (rate[a] * rate[b]).sum()
        assert row["independent"] == pytest.approx(both / (120 - both), rel=0.1)
