"""Control sets: matched unit for unit, as large, outside the set, and reproducible."""

import numpy as np
import pytest

from neuroglot.analyses.controls import (
    least_specific,
    matched_sets,
    random_sets,
    strengths,
)
from neuroglot.analyses.lape import lape
from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.base.units import NeuronSet
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments

LABELS = ("python", "go", "rust")


@pytest.fixture(scope="module")
def neurons():
    draw = np.random.default_rng(5)
    active = draw.binomial(1000, draw.beta(1, 3, size=(3, 4, 200)))
    activity = NeuronActivity.from_counts(
        languages=LABELS, active=active.astype(np.int64), tokens=np.full(3, 1000)
    )
    return lape(activity, tau=0.6, nu=20)


@pytest.fixture(scope="module")
def strength():
    return np.random.default_rng(6).gamma(2.0, size=(3, 4, 200))


def test_each_unit_is_matched_in_layer_quintile_and_probability(neurons, strength):
    for k, label in enumerate(LABELS):
        probability = neurons.probability[k]
        candidate = probability > neurons.bound
        edges = np.quantile(strength[k][candidate], [0.2, 0.4, 0.6, 0.8])
        for matched in matched_sets(neurons, strength, label, neurons[label], draws=5):
            assert len(matched.units) == 20 and len(matched.units & neurons[label]) == 0
            assert matched.units.layers.tolist() == neurons[label].layers.tolist()
            alike = 0
            for (layer, mine), (_, other) in zip(neurons[label], matched.units, strict=True):
                assert candidate[layer, other]
                same = np.searchsorted(edges, strength[k, layer, mine]) == np.searchsorted(
                    edges, strength[k, layer, other]
                )
                alike += same
            assert matched.in_quintile == alike / 20
            gaps = np.abs(
                probability[matched.units.layers, matched.units.indices]
                - probability[neurons[label].layers, neurons[label].indices]
            )
            assert matched.probability_gap == pytest.approx(gaps.mean())
            assert (
                gaps.mean()
                < 0.5 * np.abs(probability[candidate][:, None] - probability[candidate]).mean()
            )


def test_draws_differ_and_seeds_repeat(neurons, strength):
    first = matched_sets(neurons, strength, "go", neurons["go"], draws=6, seed=1)
    again = matched_sets(neurons, strength, "go", neurons["go"], draws=6, seed=1)
    other = matched_sets(neurons, strength, "go", neurons["go"], draws=6, seed=2)
    assert [list(m.units) for m in first] == [list(m.units) for m in again]
    assert len({m.units for m in first}) == 6
    assert [m.units for m in first] != [m.units for m in other]


def test_where_nothing_is_alike_the_layer_serves_and_is_counted(neurons):
    lonely = np.ones((3, 4, 200))
    mine = neurons["go"]
    lonely[1, mine.layers, mine.indices] = 100.0
    (matched,) = matched_sets(neurons, lonely, "go", mine, draws=1)
    assert matched.in_quintile < 1 and len(matched.units) == 20
    everything = NeuronSet.of((0, n) for n in range(200))
    with pytest.raises(ConfigError, match="no neuron left to match"):
        matched_sets(neurons, lonely, "go", everything, draws=1)


def test_random_sets_keep_the_layers(neurons):
    mine = neurons["rust"]
    for drawn in random_sets(mine, n_neurons=200, label="rust", draws=4):
        assert sorted(drawn.layers.tolist()) == sorted(mine.layers.tolist())
        assert len(drawn & mine) == 0
    with pytest.raises(ConfigError, match="no control of that size"):
        random_sets(NeuronSet.of((0, n) for n in range(5)), n_neurons=9, label="rust", draws=1)


def test_the_least_specific_are_the_candidates_of_highest_entropy(neurons):
    found = least_specific(neurons, "python", size=15)
    probability = neurons.probability[0]
    candidates = [
        (layer, n)
        for layer in range(4)
        for n in range(200)
        if probability[layer, n] > neurons.bound and (layer, n) not in neurons["python"]
    ]
    expected = sorted(candidates, key=lambda unit: (-neurons.entropy[unit], unit))[:15]
    assert list(found) == expected


def test_strength_is_activation_times_output_row():
    groups = (Group("go", 0, 1, 1), Group("rust", 0, 1, 1))
    magnitude = np.arange(2 * 2 * 3, dtype=np.float64).reshape(2, 2, 3)
    norm = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
    moments = NeuronMoments(
        labels=("go", "rust"),
        groups=groups,
        entries=np.array([[0, 0], [0, 1]]),
        sum=magnitude,
        magnitude=magnitude,
        tokens=np.array([10, 100]),
        output_norm=norm,
    )
    expected = np.stack([magnitude[0] / 10 * norm, magnitude[1] / 100 * norm])
    assert np.allclose(strengths(moments), expected)
