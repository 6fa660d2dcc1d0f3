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
def test_a_language_has_twenty_of_its_own_and_thirty_shared_with_two_others(language):
    assert len(set(PLANTED[language])) == 50
    assert set(PLAN.exclusive[language]) <= set(PLANTED[language])
    partners = Counter(
        {other: len(set(PLANTED[language]) & set(PLANTED[other])) for other in PLANTED_LANGUAGES}
    )
    assert sorted(partners.values()) == [0, 0, 0, 15, 15, 50]


def test_shared_neurons_lie_in_the_bottom_quarter_and_exclusive_ones_in_the_top_quarter():
    assert {layer for pair in PAIRS for layer, _ in PLAN.shared[pair]} == set(BOTTOM)
    assert {layer for places in PLAN.exclusive.values() for layer, _ in places} == set(TOP)
    assert all((layer + 0.5) / LAYERS < 1 / 4 for layer in BOTTOM)
    assert all((layer + 0.5) / LAYERS > 3 / 4 for layer in TOP)


def test_the_planted_neurons_are_spread_evenly_over_their_layers():
    layers = Counter(layer for layer, _ in {p for places in PLANTED.values() for p in places})
    assert layers == {0: 45, 1: 45, 6: 60, 7: 60}


def test_the_answer_does_not_change():
    assert json_digest({name: list(map(list, PLANTED[name])) for name in PLANTED_LANGUAGES}) == (
        "b424e459c2a0464ef627ef1c45057d8a144cc8595b3c53791b7eb2d56ce98287"
    )
