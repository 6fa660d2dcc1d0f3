from collections import Counter

import pytest

from neuroglot.base.digests import json_digest
from neuroglot.base.planted import (
    BOTTOM,
    LAYERS,
    NEURONS,
    PAIRS,
    PLAN,
    PLANTED,
    PLANTED_LANGUAGES,
    TOP,
)


def test_every_neuron_has_exactly_one_part():
    parts = [*PLAN.shared.values(), *PLAN.exclusive.values(), *PLAN.rare.values()]
    places = [place for part in (*parts, PLAN.generic, PLAN.content, PLAN.dead) for place in part]
    assert sorted(places) == [(layer, n) for layer in range(LAYERS) for n in range(NEURONS)]


@pytest.mark.parametrize("language", PLANTED_LANGUAGES)
def test_a_language_has_eighteen_of_its_own_and_sixteen_with_each_of_two_others(language):
    assert len(set(PLANTED[language])) == 50
    assert set(PLAN.exclusive[language]) <= set(PLANTED[language])
    partners = Counter(
        {other: len(set(PLANTED[language]) & set(PLANTED[other])) for other in PLANTED_LANGUAGES}
    )
    assert sorted(partners.values()) == [0, 0, 0, 16, 16, 50]


def test_shared_neurons_lie_in_the_bottom_quarter_and_exclusive_ones_mostly_in_the_top_quarter():
    assert {layer for pair in PAIRS for layer, _ in PLAN.shared[pair]} == set(BOTTOM)
    for places in PLAN.exclusive.values():
        assert sum(layer in TOP for layer, _ in places) == 16
        assert sum(layer in BOTTOM for layer, _ in places) == 2
    assert all((layer + 0.5) / LAYERS < 1 / 4 for layer in BOTTOM)
    assert all((layer + 0.5) / LAYERS > 3 / 4 for layer in TOP)


def test_the_planted_neurons_are_spread_evenly_over_their_layers():
    layers = Counter(layer for layer, _ in {p for places in PLANTED.values() for p in places})
    assert layers == {0: 54, 1: 54, 6: 48, 7: 48}


def test_the_answer_does_not_change():
    assert json_digest({name: list(map(list, PLANTED[name])) for name in PLANTED_LANGUAGES}) == (
        "9141b0e1da7204dd14a2a8ff826112fc296b8a37c96c09c5d88163d388f637df"
    )
