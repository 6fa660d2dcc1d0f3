"""Where sets lie: shares, exclusive members and layer counts against loops over Python sets."""

import numpy as np
import pytest

from neuroglot.analyses.concentration import (
    bottom_share,
    effect,
    exclusive_at_top,
    exclusive_at_top_without_prose,
    known_mean,
)
from neuroglot.analyses.draws import MAIN, Draws
from neuroglot.analyses.evidence import Effort, evidence
from neuroglot.analyses.grouped import GroupedCounts, grouped_counts
from neuroglot.analyses.placement import (
    bottom,
    cuts,
    exclusive,
    held,
    layer_counts,
    relative_depth,
    top,
)
from neuroglot.analyses.selection import SelectionRule

LAYERS, NEURONS = 8, 6


@pytest.fixture
def drawn():
    """Three draws of random sets of three labels, of different sizes, in a model of 8 x 6."""
    rng = np.random.default_rng(7)
    ids = np.stack(
        [[rng.permutation(LAYERS * NEURONS)[:12] for _ in range(3)] for _ in range(3)]
    ).astype(np.int32)
    sizes = np.tile(np.array([12, 9, 4]), (3, 5, 1))
    for label, size in enumerate((12, 9, 4)):
        ids[:, label, size:] = -1
    return Draws(ids, sizes, np.zeros((3, 5, 3)))


def counts_of(labels=("java", "php", "english")):
    return GroupedCounts(
        labels=labels,
        owner=np.arange(3),
        active=np.ones((3, LAYERS * NEURONS)),
        tokens=np.ones(3),
        repositories=np.ones(3, int),
        n_layers=LAYERS,
        n_neurons=NEURONS,
    )


def as_sets(drawn, cut, draw):
    return [set(drawn.ids[draw, label, : cut[draw, label]].tolist()) for label in range(3)]


def share_in(members, layers):
    return np.mean([unit // NEURONS in layers for unit in members]) if members else np.nan


def test_bottom_and_top_are_quarters_of_the_depth():
    assert np.flatnonzero(bottom(8)).tolist() == [0, 1]
    assert np.flatnonzero(top(8)).tolist() == [6, 7]
    assert np.flatnonzero(bottom(12)).tolist() == [0, 1, 2]
    assert np.flatnonzero(top(10)).tolist() == [8, 9]  # depth 0.75 itself is middle
    assert relative_depth(4).tolist() == [0.125, 0.375, 0.625, 0.875]


def test_cut_is_the_smaller_of_set_and_n_star(drawn):
    assert cuts(drawn, np.array([5, 20, 0])).tolist() == [[5, 9, 0]] * 3


@pytest.mark.parametrize("rivals", [None, [True, True, False]])
def test_exclusive_members_are_in_no_rival_set(drawn, rivals):
    cut = cuts(drawn, np.array([10, 9, 4]))
    inside = held(drawn, cut)
    mask = None if rivals is None else np.array(rivals)
    alone = exclusive(drawn, inside, n_flat=LAYERS * NEURONS, rivals=mask)
    for draw in range(3):
        sets = as_sets(drawn, cut, draw)
        for label in range(3):
            others = [
                sets[one] for one in range(3) if one != label and (rivals is None or rivals[one])
            ]
            wanted = sets[label] - set().union(*others)
            assert set(drawn.ids[draw, label][alone[draw, label]].tolist()) == wanted


def test_layer_counts_are_a_histogram(drawn):
    cut = cuts(drawn, np.array([10, 9, 4]))
    found = layer_counts(drawn, held(drawn, cut), n_layers=LAYERS, n_neurons=NEURONS)
    for draw in range(3):
        for label, members in enumerate(as_sets(drawn, cut, draw)):
            wanted = np.bincount([unit // NEURONS for unit in members], minlength=LAYERS)
            np.testing.assert_array_equal(found[draw, label], wanted)


def test_bottom_share_and_its_mean_over_languages(drawn):
    cut = cuts(drawn, np.array([10, 0, 4]))
    found = bottom_share(drawn, cut, counts_of())
    for draw in range(3):
        shares = [share_in(members, {0, 1}) for members in as_sets(drawn, cut, draw)]
        np.testing.assert_allclose(found[draw, 1:], shares)
        np.testing.assert_allclose(found[draw, 0], (shares[0] + shares[2]) / 2)


@pytest.mark.parametrize("with_english", [True, False])
def test_exclusive_minus_shared_at_the_top(drawn, with_english):
    cut = cuts(drawn, np.array([12, 9, 4]))
    statistic = exclusive_at_top if with_english else exclusive_at_top_without_prose
    found = statistic(drawn, cut, counts_of())
    among = range(3) if with_english else range(2)
    for draw in range(3):
        sets = as_sets(drawn, cut, draw)
        alone = [
            sets[one] - set().union(*(sets[other] for other in among if other != one))
            for one in among
        ]
        common = [sets[one] - alone[one] for one in among]
        for one in among:
            wanted = share_in(alone[one], {6, 7}) - share_in(common[one], {6, 7})
            np.testing.assert_allclose(found[draw, 1 + one], wanted)
        pooled = share_in([u for s in alone for u in s], {6, 7}) - share_in(
            [u for s in common for u in s], {6, 7}
        )
        np.testing.assert_allclose(found[draw, 0], pooled)


def test_effect_is_what_exceeds_permuted_labels(simulation):
    world = simulation(labels=4, neurons=48, seed=1)
    for label in range(4):
        world.plant([label], [8, 8, 1, 1, 1, 1, 1, 1])
    counts = grouped_counts(world.record())
    rule = SelectionRule(tau=0.85, nu=16)
    found = evidence(counts, rule, effort=Effort(39, 50), seed=0)
    judged = effect(found, bottom_share)
    cut = np.minimum(found.sizes, found.n_star)
    raw = np.mean(
        [np.mean(found.observed.members(0, label)[: cut[label]] // 48 < 2) for label in range(4)]
    )
    assert judged.raw[0] == pytest.approx(raw)
    assert judged.value[0] == pytest.approx(raw - judged.permuted[:, 0].mean())
    assert judged.value[0] > 0.2
    assert judged.p[0] == 1 / 40
    assert judged.replicates.shape == (50, 5)
    assert effect(found, bottom_share, scale=0.5).raw.shape == (5,)
    assert MAIN == 2


def test_mean_of_what_is_known():
    values = np.array([[1.0, np.nan], [3.0, np.nan]])
    np.testing.assert_array_equal(known_mean(values, axis=0), [2.0, np.nan])
    np.testing.assert_array_equal(known_mean(values, axis=1), [1.0, 3.0])
