"""The planted model looked at blind: is what was planted what is found?"""

import numpy as np
import pytest

from neuroglot.base.planted import BOTTOM, PAIRS, PLAN, PLANTED, PLANTED_LANGUAGES, TOP
from neuroglot.text.planted import planted_documents


def assert_exactly_the_planted(entropy, candidates, *, languages=PLANTED_LANGUAGES, nu=50):
    for name, found in zip(languages, candidates, strict=True):
        assert len(found) >= 2 * nu
        assert set(found[:nu]) == set(PLANTED[name])
        assert entropy[found[nu]] - entropy[found[nu - 1]] > 0.5


@pytest.fixture(scope="module")
def small_rates(small_texts, small_counts, rates_by_language):
    return rates_by_language(small_texts, small_counts)


def test_lape_finds_exactly_the_planted_neurons(small_rates, naive_lape):
    entropy, _, candidates = naive_lape(small_rates)
    assert_exactly_the_planted(entropy, candidates)


@pytest.mark.parametrize("tau", [0.93, 0.96])
def test_lape_finds_them_at_other_bounds(tau, small_rates, naive_lape):
    _, _, candidates = naive_lape(small_rates, tau)
    for name, found in zip(PLANTED_LANGUAGES, candidates, strict=True):
        assert set(found[:50]) == set(PLANTED[name])


@pytest.mark.parametrize("left_out", PLANTED_LANGUAGES)
def test_lape_finds_them_with_one_language_left_out(left_out, small_rates, naive_lape):
    kept = [i for i, name in enumerate(PLANTED_LANGUAGES) if name != left_out]
    entropy, _, candidates = naive_lape(small_rates[kept])
    languages = [PLANTED_LANGUAGES[i] for i in kept]
    assert_exactly_the_planted(entropy, candidates, languages=languages)


def test_fractions_of_positions_fired_are_as_documented(small_rates):
    for i, name in enumerate(PLANTED_LANGUAGES):
        for other in range(len(PLANTED_LANGUAGES)):
            fired = [small_rates[other][place] for place in PLAN.exclusive[name]]
            assert min(fired) > 0.9 if other == i else max(fired) < 0.02
    for pair in PAIRS:
        for i, name in enumerate(PLANTED_LANGUAGES):
            fired = [small_rates[i][place] for place in PLAN.shared[pair]]
            assert min(fired) > 0.9 if name in pair else max(fired) < 0.02


def test_generic_neurons_follow_the_repository_and_not_the_language(
    small_texts, small_counts, small_rates
):
    language_of = {document.repo: document.language for document in small_texts}
    layers, neurons = np.array(PLAN.generic).T
    rates = {repo: (active / n)[layers, neurons] for repo, (active, n) in small_counts.items()}
    within = np.mean(
        [
            np.var([rates[r] for r, lang in language_of.items() if lang == name], axis=0, ddof=1)
            for name in PLANTED_LANGUAGES
        ]
    )
    between = np.var([small_rates[i][layers, neurons] for i in range(6)], axis=0, ddof=1).mean()
    assert np.sqrt(within) > 0.05
    assert between < 1.5 * within / 6  # six repositories each: what chance alone leaves
    assert small_rates[:, layers, neurons].min() > 0.3


def test_rare_neurons_are_more_specific_than_any_candidate_but_below_the_bound(
    small_rates, naive_lape
):
    entropy, bound, _ = naive_lape(small_rates)
    rare = {place for places in PLAN.rare.values() for place in places}
    assert max(entropy[place] for place in rare) < 0.7
    assert max(small_rates[:, layer, n].max() for layer, n in rare) < bound


def test_dead_neurons_never_fire_and_content_neurons_stay_below_the_bound(small_rates, naive_lape):
    _, bound, _ = naive_lape(small_rates)
    assert max(small_rates[:, layer, n].max() for layer, n in PLAN.dead) == 0
    assert max(small_rates[:, layer, n].max() for layer, n in PLAN.content) < bound


@pytest.mark.slow
def test_exactly_the_planted_neurons_are_found_in_every_way_of_looking(
    count_firing, rates_by_language, naive_lape
):
    # At full size the study finds them: tests/studies/test_neurons.py.
    texts = planted_documents(repositories=6, held_out_repositories=0)
    counts = count_firing(texts)
    assert_exactly_the_planted(*naive_lape(rates_by_language(texts, counts))[::2])

    repositories = sorted(counts)
    for half in (repositories[::2], repositories[1::2]):
        rates = rates_by_language(texts, counts, kept=set(half).__contains__)
        assert_exactly_the_planted(*naive_lape(rates)[::2])

    long = [document for document in texts if len(document.text) > 1200]
    late = count_firing(long, after=256)
    assert_exactly_the_planted(*naive_lape(rates_by_language(long, late))[::2])


def test_by_the_plan_specific_neurons_are_low_and_exclusive_ones_high(small_rates, naive_lape):
    _, _, candidates = naive_lape(small_rates)
    sets = [set(found[:50]) for found in candidates]
    in_bottom = np.mean([layer in BOTTOM for found in sets for layer, _ in found])
    shared = {p for i, one in enumerate(sets) for p in one if any(p in s for s in sets[:i])}
    exclusive = set.union(*sets) - shared
    assert np.isclose(in_bottom, 34 / 50)
    assert len(exclusive) == 108
    assert sum(layer in TOP for layer, _ in exclusive) == 96
    assert not any(layer in TOP for layer, _ in shared)
