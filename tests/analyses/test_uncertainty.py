"""Intervals and tests against scipy, against full enumeration, and by what they promise."""

from itertools import permutations, product

import numpy as np
import pytest
import scipy.stats

from neuroglot.analyses.uncertainty import (
    holm,
    needed_units,
    percentile_interval,
    permutation_p,
    rank_among,
    rank_sum_p,
    spearman,
    wilson_interval,
)


def test_interval_is_made_of_order_statistics():
    assert percentile_interval(np.arange(1000)[::-1]) == (24, 975)


def test_an_undefined_replicate_may_lie_anywhere():
    drawn = np.r_[np.full(20, np.nan), np.arange(180.0)]
    assert percentile_interval(drawn) == (-np.inf, np.inf)
    few = np.r_[np.nan, np.arange(199.0)]
    low, high = percentile_interval(few)
    assert np.isfinite([low, high]).all()
    assert percentile_interval([]) == (-np.inf, np.inf)


def test_interval_covers_a_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        units = rng.normal(1.0, 1.0, 60)
        means = units[rng.integers(0, 60, (400, 60))].mean(1)
        low, high = percentile_interval(means)
        covered += low <= 1.0 <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_permutation_p_counts_ties_and_the_undefined_against_the_claim():
    assert permutation_p(2.0, [0, 1, 2, np.nan, 1]) == pytest.approx(3 / 6)
    assert permutation_p(9.0, np.zeros(199)) == pytest.approx(1 / 200)


def test_holm_by_hand_and_in_any_order():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    wanted = dict(zip((0.005, 0.2, 0.02, 0.5), holm([0.005, 0.2, 0.02, 0.5]), strict=True))
    for order in permutations(wanted):
        assert [wanted[p] for p in order] == holm(list(order)).tolist()


def test_holm_leaves_out_what_was_not_tested():
    corrected = holm([0.01, np.nan, 0.04])
    np.testing.assert_allclose(corrected, [0.02, np.nan, 0.04])
    assert holm([0.9, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).size == 0


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (120, 400)])
def test_wilson_is_scipys(successes, trials):
    reference = scipy.stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx(tuple(reference), abs=1e-12)


def test_wilson_without_trials_knows_nothing():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("labels", "draws"), [(2, 4), (3, 3), (4, 2)])
def test_rank_test_is_the_enumeration_of_all_ranks(labels, draws):
    sums = [sum(ranks) for ranks in product(range(1, draws + 2), repeat=labels)]
    for ranks in product(range(1, draws + 2), repeat=labels):
        wanted = np.mean([other >= sum(ranks) for other in sums])
        assert rank_sum_p(ranks, draws=draws) == pytest.approx(wanted)


def test_rank_test_finds_over_languages_what_no_single_language_shows():
    assert rank_sum_p([17] * 12, draws=19) < 1e-3
    assert rank_sum_p([10, 11] * 6, draws=19) > 0.4


def test_ties_count_against_the_true_set():
    assert rank_among(3.0, [1.0, 3.0, 3.0, 5.0]) == 2


def test_spearman_is_scipys_where_both_are_known():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 6, 40).astype(float), rng.normal(size=40)
    a[3], b[8] = np.nan, np.nan
    both = ~(np.isnan(a) | np.isnan(b))
    wanted = scipy.stats.spearmanr(a[both], b[both]).statistic
    assert spearman(a, b) == pytest.approx(wanted)
    assert np.isnan(spearman([1, 1, 1], [1, 2, 3]))


def test_needed_units_grow_as_the_margin_comes_near():
    near = needed_units(0.12, margin=0.1, standard_error=0.05, units=20)
    far = needed_units(0.30, margin=0.1, standard_error=0.05, units=20)
    assert near == pytest.approx(20 * (2.8 * 0.05 / 0.02) ** 2)
    assert far < near
    assert needed_units(0.1, margin=0.1, standard_error=0.05, units=20) == np.inf
