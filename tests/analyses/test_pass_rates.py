"""pass@k against all choices of k tries; pass@1 against scipy's interval."""

from itertools import combinations

import pytest
import scipy.stats

from neuroglot.analyses.pass_rates import pass_at, pass_rate
from neuroglot.base.errors import ConfigError


@pytest.mark.parametrize("tries", [1, 4, 7])
def test_pass_at_k_is_the_share_of_choices_that_hold_a_pass(tries):
    for passed in range(tries + 1):
        results = [True] * passed + [False] * (tries - passed)
        for k in range(1, tries + 1):
            choices = [any(each) for each in combinations(results, k)]
            found = pass_at(k, tries=tries, passed=passed)
            assert found == pytest.approx(sum(choices) / len(choices), abs=1e-12)


def test_many_tries_do_not_overflow():
    assert pass_at(100, tries=2000, passed=1) == pytest.approx(0.05)


@pytest.mark.parametrize(("k", "tries", "passed"), [(0, 3, 1), (4, 3, 1), (1, 3, 4), (1, 3, -1)])
def test_impossible_counts_are_refused(k, tries, passed):
    with pytest.raises(ConfigError, match=f"pass@{k} of {tries} tries of which {passed} passed"):
        pass_at(k, tries=tries, passed=passed)


def test_one_try_each_has_wilsons_interval():
    found = pass_rate([True] * 3 + [False] * 9)
    wanted = scipy.stats.binomtest(3, 12).proportion_ci(method="wilson")
    assert (found.passed, found.tasks, found.share) == (3, 12, 0.25)
    assert (found.low, found.high) == pytest.approx(tuple(wanted))


def test_without_tasks_nothing_is_known():
    found = pass_rate([])
    assert found.share != found.share
    assert (found.low, found.high) == (0.0, 1.0)
