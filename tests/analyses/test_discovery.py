"""n*: against a count by hand, on planted neurons, and on labels that mean nothing."""

import numpy as np
import pytest

from neuroglot.analyses.discovery import DecoyCounter, largest_real, n_star, n_star_again
from neuroglot.analyses.draws import rankings
from neuroglot.analyses.evidence import observed_ranking
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.permutation import permuted_labels, permuted_null
from neuroglot.analyses.selection import SelectionRule

RULE = SelectionRule(tau=0.85, nu=30)


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [
        ([], 0),
        ([0.06], 0),
        ([0.05], 1),
        ([0.0, 0.0, 0.2], 2),
        ([0.5] + [0.5] * 8 + [0.5], 10),  # a bad start is forgiven when many good ones follow
        ([0.0, 0.0, 5.0, 5.0], 2),
    ],
)
def test_the_largest_number_within_five_percent(expected, wanted):
    assert largest_real(np.array(expected, float)) == wanted


def test_expected_decoys_are_counted_as_defined(simulation):
    counts = grouped_counts(simulation(labels=3, layers=2, neurons=40, seed=1).record())
    observed = observed_ranking(counts, RULE.tau)
    null = permuted_null(counts, RULE, observed=observed, draws=12, seed=2)
    drawn = list(rankings(counts, permuted_labels(counts, draws=12, seed=2), tau=RULE.tau))
    for label in range(3):
        for place, h in enumerate(observed.entropies(label)):
            wanted = np.mean([(one.entropies(label) <= h).sum() for one in drawn])
            assert null.decoys.expected[label][place] == pytest.approx(wanted)


def test_decoys_at_other_entropies_are_never_underestimated(simulation):
    counts = grouped_counts(simulation(labels=3, layers=2, neurons=40, seed=1).record())
    observed = observed_ranking(counts, RULE.tau)
    counter = DecoyCounter(observed)
    drawn = list(rankings(counts, permuted_labels(counts, draws=12, seed=2), tau=RULE.tau))
    for one in drawn:
        counter.add(one)
    decoys = counter.mean()
    for h in np.linspace(0, np.log(3), 40):
        truth = np.mean([(one.entropies(0) <= h).sum() for one in drawn])
        assert decoys.at(0, np.array([h]))[0] >= truth - 1e-12
    np.testing.assert_array_equal(n_star_again(decoys, observed), n_star(decoys))


@pytest.mark.parametrize(("planted", "low", "high"), [(5, 38, 44), (0, 0, 2)])
def test_planted_neurons_are_counted_and_identical_labels_have_none(simulation, planted, low, high):
    world = simulation(labels=5, neurons=96, seed=3)
    for label in range(5):
        world.plant([label], [planted] * 8)
    counts = grouped_counts(world.record())
    observed = observed_ranking(counts, RULE.tau)
    null = permuted_null(counts, RULE, observed=observed, draws=99, seed=0, halves=False)
    real = n_star(null.decoys)
    assert (real >= low).all()
    assert (real <= high).all()
