"""Repeated selections: each draw is what `lape` gives on the relabelled or reweighted counts."""

from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses import draws as module
from neuroglot.analyses.bootstrap import drawn_groups, resampled, resampled_n_star
from neuroglot.analyses.draws import MAIN, SCALES, collected, identity, label_sums, rankings
from neuroglot.analyses.evidence import observed_halves, observed_ranking
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.lape import lape
from neuroglot.analyses.permutation import (
    halves_of,
    jaccard,
    permuted_labels,
    permuted_null,
)
from neuroglot.analyses.selection import SelectionRule
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity

RULES = (SelectionRule(tau=0.8, nu=6), SelectionRule(tau=0.8, selection="original", top=0.1))


@pytest.fixture
def activity(simulation):
    world = simulation(labels=4, layers=3, neurons=20, groups=5, tokens=300, seed=4)
    for label in range(4):
        world.plant([label], [2, 1, 1])
    return world.record()


def remade(activity, owner, weight):
    """The activity with other owners and repeated groups, as a user would record it."""
    counts = grouped_counts(activity)
    order = [at for at in np.argsort(owner, kind="stable") for _ in range(int(weight[at]))]
    return NeuronActivity.from_counts(
        languages=activity.labels,
        active=activity.active[order],
        tokens=activity.tokens[order],
        groups=[Group(counts.labels[owner[at]], place, 1, 1) for place, at in enumerate(order)],
    )


def flat_sets(neurons, rule, scale, activity):
    found = lape(
        activity,
        tau=rule.tau,
        selection=rule.selection,
        nu=max(1, round(rule.nu * scale)),
        top=min(1.0, rule.top * scale),
    )
    return [(mine.layers * neurons + mine.indices).tolist() for mine in found.values()]


@pytest.mark.parametrize("rule", RULES, ids=["equal", "original"])
@pytest.mark.parametrize("kind", ["permuted", "resampled", "as it is"])
def test_every_draw_is_a_selection_of_its_own(activity, rule, kind):
    counts = grouped_counts(activity)
    sample = {
        "permuted": permuted_labels(counts, draws=4, seed=1),
        "resampled": drawn_groups(counts, draws=4, seed=1),
        "as it is": identity(counts),
    }[kind]
    found = collected(
        rankings(counts, sample, tau=rule.tau), rule, counts=counts, total=len(sample)
    )
    for draw in range(len(sample)):
        owner = sample.owner[draw if sample.relabels else 0]
        other = remade(activity, owner, sample.weight[draw])
        for at, scale in enumerate(SCALES):
            wanted = flat_sets(20, rule, scale, other)
            for label, mine in enumerate(wanted):
                assert found.members(draw, label, scale=at).tolist() == mine
                assert found.sizes[draw, at, label] == len(mine)
    assert (found.ids[found.ids >= 0] < counts.n_flat).all()


def test_last_entropy_is_that_of_the_last_member(activity):
    counts, rule = grouped_counts(activity), RULES[0]
    ranking = observed_ranking(counts, rule.tau)
    found = collected([ranking], rule, counts=counts, total=1)
    neurons = lape(activity, tau=rule.tau, nu=rule.nu)
    for label, name in enumerate(counts.labels):
        assert found.last_entropy[0, MAIN, label] == neurons.entropies_of(name)[-1]


def test_results_do_not_depend_on_how_many_draws_fit_into_memory(activity, monkeypatch):
    counts, rule = grouped_counts(activity), RULES[0]
    ranking = observed_ranking(counts, rule.tau)
    together = permuted_null(counts, rule, observed=ranking, draws=7, seed=3)
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 1)
    alone = permuted_null(counts, rule, observed=ranking, draws=7, seed=3)
    np.testing.assert_array_equal(together.draws.ids, alone.draws.ids)
    np.testing.assert_array_equal(together.halves, alone.halves)


def test_permutation_keeps_the_number_of_groups_of_every_label(activity):
    counts = grouped_counts(activity)
    owners = permuted_labels(counts, draws=50, seed=0).owner
    for owner in owners:
        np.testing.assert_array_equal(np.bincount(owner), counts.groups_per_label())
    assert len({tuple(owner) for owner in owners}) == 50


def test_bootstrap_draws_as_many_groups_as_there_are_inside_each_label(activity):
    counts = grouped_counts(activity)
    weight = drawn_groups(counts, draws=200, seed=0).weight
    for label in range(counts.n_labels):
        np.testing.assert_array_equal(weight[:, counts.owner == label].sum(1), 5)
    assert abs(weight.mean() - 1) < 1e-9
    assert weight.max() >= 3


def test_equal_seeds_pair_two_arms_and_other_seeds_do_not(activity):
    counts = grouped_counts(activity)
    twin = replace(counts, active=counts.active[:, ::-1].copy())
    first, second = (drawn_groups(one, draws=9, seed=5).weight for one in (counts, twin))
    np.testing.assert_array_equal(first, second)
    assert (drawn_groups(counts, draws=9, seed=6).weight != first).any()


def test_halves_hold_all_groups_and_about_half_of_the_tokens(simulation):
    counts = grouped_counts(simulation(labels=3, groups=9, neurons=4, seed=1).record())
    owners = np.vstack([counts.owner, permuted_labels(counts, draws=20, seed=0).owner])
    half = halves_of(counts, owners)
    for owner, side in zip(owners, half, strict=True):
        for label in range(3):
            tokens = [counts.tokens[(owner == label) & (side == one)].sum() for one in (0, 1)]
            groups = [((owner == label) & (side == one)).sum() for one in (0, 1)]
            assert sum(groups) == 9
            assert abs(groups[0] - groups[1]) == 1
            assert min(tokens) / max(tokens) > 0.55


def test_agreement_of_halves_is_the_jaccard_of_two_selections(activity):
    counts, rule = grouped_counts(activity), RULES[0]
    side = halves_of(counts, counts.owner[None])[0]
    sets = [
        flat_sets(20, rule, 1.0, activity.of_groups(np.flatnonzero(side == one).tolist()))
        for one in (0, 1)
    ]
    wanted = [len({*a} & {*b}) / len({*a} | {*b}) for a, b in zip(*sets, strict=True)]
    np.testing.assert_allclose(observed_halves(counts, rule), wanted)


def test_a_label_of_one_group_has_no_halves():
    rng = np.random.default_rng(0)
    single = NeuronActivity.from_counts(
        languages=("a", "b"), active=rng.integers(0, 40, (2, 2, 20)), tokens=np.full(2, 50)
    )
    assert np.isnan(observed_halves(grouped_counts(single), RULES[0])).all()


def test_tick_counts_every_draw(activity):
    counts, rule = grouped_counts(activity), RULES[0]
    seen = []
    ranking = observed_ranking(counts, rule.tau)
    permuted_null(counts, rule, observed=ranking, draws=8, seed=0, tick=seen.append)
    resampled(counts, rule, draws=5, seed=0, tick=seen.append)
    resampled_n_star(
        counts, rule, observed=ranking, draws=3, permutations=4, seed=0, tick=seen.append
    )
    assert sum(seen) == 8 + 5 + 3 + 4


def test_sums_are_exact_beyond_single_precision():
    big = 2**40 + 1
    one = NeuronActivity.from_counts(
        languages=("a",),
        active=np.array([[[big]], [[1]]]),
        tokens=np.array([2**41, 3]),
        groups=[Group("a", 0, 1, 1), Group("a", 1, 1, 1)],
    )
    counts = grouped_counts(one)
    active, tokens = label_sums(counts, identity(counts))
    assert (active[0, 0, 0], tokens[0, 0]) == (big + 1, 2**41 + 3)


def test_jaccard_of_nothing_is_undefined():
    assert np.isnan(jaccard(np.array([], int), np.array([], int)))
    assert jaccard(np.array([1, 2]), np.array([2, 5, 7])) == 1 / 4
