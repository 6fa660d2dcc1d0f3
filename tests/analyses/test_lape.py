"""LAPE against an evaluation written from the definition, and what every analysis owes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from neuroglot.analyses.lape import lape
from neuroglot.base.errors import ConfigError
from neuroglot.stats.activity import NeuronActivity


def activity_of(active, tokens):
    labels = [f"label{index}" for index in range(len(active))]
    return NeuronActivity.from_counts(languages=labels, active=active, tokens=tokens)


def by_definition(active, tokens, *, tau, selection, nu, top):
    """One neuron after another, in plain Python. Gives sets, entropies and the bound."""
    n_labels, layers, neurons = active.shape
    rate = {
        (label, layer, neuron): int(active[label, layer, neuron]) / int(tokens[label])
        for label in range(n_labels)
        for layer in range(layers)
        for neuron in range(neurons)
    }
    ascending = sorted(rate.values())
    bound = ascending[max(1, round(tau * len(ascending))) - 1]
    entropy = {}
    for layer in range(layers):
        for neuron in range(neurons):
            mine = [rate[label, layer, neuron] for label in range(n_labels)]
            if sum(mine) > 0:
                shares = [one / sum(mine) for one in mine]
                entropy[layer, neuron] = -sum(q * math.log(q) for q in shares if q > 0)
    order = sorted(entropy, key=lambda unit: (round(entropy[unit], 12), *unit))
    candidates = [
        [unit for unit in order if rate[label, *unit] > bound] for label in range(n_labels)
    ]
    if selection == "equal":
        return [mine[:nu] for mine in candidates], entropy, bound
    of_somebody = [unit for unit in order if any(unit in mine for mine in candidates)]
    lowest = set(of_somebody[: max(1, round(top * layers * neurons))])
    return [[unit for unit in mine if unit in lowest] for mine in candidates], entropy, bound


@st.composite
def recorded(draw):
    """Small counts, so that ties and neurons that never fire are common."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 12)))
    tokens = draw(arrays(np.int64, shape[0], elements=st.integers(1, 12)))
    share = draw(arrays(np.int64, shape, elements=st.integers(0, 6)))
    alive = draw(arrays(np.bool_, shape[1:]))
    return np.minimum(share, tokens[:, None, None]) * alive, tokens


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    recorded(),
    st.sampled_from([0.0, 0.3, 0.5, 0.8, 0.95, 1.0]),
    st.sampled_from(["equal", "original"]),
    st.integers(1, 8),
    st.sampled_from([0.05, 0.2, 1.0]),
)
def test_sets_entropies_and_bound_are_those_of_the_definition(counts, tau, selection, nu, top):
    active, tokens = counts
    found = lape(activity_of(active, tokens), tau=tau, selection=selection, nu=nu, top=top)
    sets, entropy, bound = by_definition(
        active, tokens, tau=tau, selection=selection, nu=nu, top=top
    )
    assert [list(found[label]) for label in found] == sets
    assert found.bound == bound
    for unit in np.ndindex(found.entropy.shape):
        if unit in entropy:
            assert found.entropy[unit] == pytest.approx(entropy[unit], abs=1e-11)
        else:
            assert np.isnan(found.entropy[unit])


@pytest.mark.parametrize("selection", ["equal", "original"])
def test_real_sized_counts_agree_with_the_definition(selection):
    rng = np.random.default_rng(3)
    tokens = rng.integers(50_000, 200_000, 12)
    rate = rng.beta(1, 4, (1, 6, 128)) * rng.uniform(0.5, 1.5, (12, 6, 128))
    active = rng.binomial(tokens[:, None, None], np.minimum(rate, 1))
    active[:, 2, :20] = 0
    active[:, 3, 7] = active[:, 1, 9]
    found = lape(activity_of(active, tokens), selection=selection, nu=20, top=0.05)
    sets, _, bound = by_definition(active, tokens, tau=0.95, selection=selection, nu=20, top=0.05)
    assert [list(found[label]) for label in found] == sets
    assert found.bound == bound
    assert sum(map(len, sets)) > 50


@pytest.mark.parametrize("selection", ["equal", "original"])
def test_permuting_languages_permutes_the_answer(selection):
    rng = np.random.default_rng(1)
    tokens = rng.integers(100, 400, 5)
    active = rng.binomial(tokens[:, None, None], rng.beta(1, 3, (5, 3, 40)))
    order = np.array([3, 0, 4, 1, 2])
    straight = lape(activity_of(active, tokens), selection=selection, nu=6, top=0.1)
    turned = lape(activity_of(active[order], tokens[order]), selection=selection, nu=6, top=0.1)
    for place, label in enumerate(turned):
        assert list(turned[label]) == list(straight[f"label{order[place]}"])
    np.testing.assert_array_equal(turned.entropy, straight.entropy)


def test_what_goes_in_is_not_written_to():
    rng = np.random.default_rng(2)
    activity = activity_of(rng.integers(0, 50, (3, 2, 30)), np.full(3, 60))
    before = {name: array.copy() for name, array in activity.arrays().items()}
    for array in activity.arrays().values():
        array.setflags(write=False)
    lape(activity)
    for name, array in activity.arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_planted_neurons_are_found_and_the_dead_are_not():
    rng = np.random.default_rng(5)
    active = rng.integers(280, 320, (4, 3, 100))
    active[:, 0, :10] = 0
    for label in range(4):
        active[:, 2, label * 5 : label * 5 + 5] = 5
        active[label, 2, label * 5 : label * 5 + 5] = 950
    for tau in (0.5, 0.95):
        found = lape(activity_of(active, np.full(4, 1000)), tau=tau, nu=5)
        for label in range(4):
            wanted = {(2, neuron) for neuron in range(label * 5, label * 5 + 5)}
            assert set(found[f"label{label}"]) == wanted
    everything = lape(activity_of(active, np.full(4, 1000)), tau=0.0, nu=300)
    assert not any((0, dead) in everything["label0"] for dead in range(10))


def test_nu_scales_with_the_model_and_leaves_half_of_the_candidates():
    rng = np.random.default_rng(0)
    tokens = np.full(3, 1000)
    small = lape(activity_of(rng.integers(0, 1000, (3, 4, 200)), tokens))
    assert small.nu == min(50, small.candidates.min() // 2) < 50
    large = lape(activity_of(rng.integers(0, 1000, (3, 10, 10_000)), tokens))
    assert large.nu == round(100_000 * 400 / 352_256)
    assert large.short == ()


def test_a_language_with_too_few_candidates_takes_them_all_and_is_called_short():
    active = np.tile(np.arange(1, 41), (2, 1, 1))
    active[0, 0, :4] += 500
    found = lape(activity_of(active, np.array([1000, 1000])), tau=0.9, nu=30)
    assert len(found["label0"]) == found.candidates[0] < 30
    assert "label0" in found.short


def test_exclusive_neurons_are_in_no_other_set(simulation):
    found = lape(simulation(labels=4, neurons=32, seed=2).record(), nu=12, tau=0.8)
    for label, alone in found.exclusive.items():
        others = set().union(*(set(mine) for name, mine in found.items() if name != label))
        assert set(alone) == set(found[label]) - others


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"tau": 1.2}, r"tau is 1\.2.*from 0 to 1"),
        ({"nu": 0}, "nu is 0"),
        ({"top": 0.0}, r"top is 0\.0"),
        ({"selection": "best"}, "unknown selection 'best'"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(wrong, message):
    activity = activity_of(np.ones((2, 1, 4), int), np.full(2, 9))
    with pytest.raises(ConfigError, match=message):
        lape(activity, **wrong)


def test_a_language_without_tokens_is_named():
    activity = activity_of(np.array([[[3, 4]], [[0, 0]]]), np.array([9, 0]))
    with pytest.raises(ConfigError, match="no counted token of label1"):
        lape(activity)
