"""A-6 and A-7: how often they are wrong, and their figures by hand."""

from collections import Counter
from dataclasses import replace
from math import log

import numpy as np
import pytest

from neuroglot.analyses.lens_claims import (
    ENGLISH_AND_KEYWORDS,
    ENGLISH_ONLY,
    THIRD,
    Curves,
    drawn_ratios,
    half_of_problems,
    log_ratios,
    nearest,
    second_half,
)

LAYERS, DIRECTIONS, PROBLEMS, EACH, SETS = 12, 4, 40, 2, 199
LEVELS = tuple(range(-1, LAYERS))
ROWS = DIRECTIONS * PROBLEMS * EACH
TWIN, EXCHANGED = "the untrained twin", "the source exchanged"
IDENTIFIERS = "identifiers of equal frequency"


def world(seed, *, late=0.0, peak=0.0, third=None, gold=0.6):
    """Masses around those of random sets; `late` and `peak` are added to the log of the mass."""
    rng = np.random.default_rng(seed)
    problem = np.tile(np.repeat(np.arange(PROBLEMS), EACH), DIRECTIONS)
    lean = rng.normal(0, 0.2, PROBLEMS)[problem]
    layer = np.array(LEVELS)
    lift = np.where((layer >= LAYERS / 2) & (layer < LAYERS - 1), late, 0.0)
    at_peak = np.where(layer == 7, peak, 0.0)
    at_third = np.where(layer == 7, peak if third is None else third, 0.0)

    def mass(add):
        noise = rng.normal(0, 0.3, (ROWS, len(LEVELS)))
        return np.exp(-4 + add + lean[:, None] + noise)

    own = rng.normal(0, 0.15, SETS)
    noise = rng.normal(0, 0.3, (ROWS, len(LEVELS), SETS))
    sets = np.exp(-4.05 + own + lean[:, None, None] + noise)
    direction = np.repeat(np.arange(DIRECTIONS), PROBLEMS * EACH)
    first = half_of_problems(problem, seed=seed)
    random = np.array(
        [
            [sets[(direction == d) & (first == chosen)].mean(axis=0) for d in range(DIRECTIONS)]
            for chosen in (True, False)
        ]
    )
    added = {ENGLISH_AND_KEYWORDS: lift, ENGLISH_ONLY: at_peak, THIRD: at_third}
    return Curves(
        layers=LAYERS,
        levels=LEVELS,
        direction=direction,
        problem=problem,
        count=np.ones(ROWS, dtype=np.int64),
        mass={name: mass(add) for name, add in added.items()},
        expected=dict.fromkeys(added, sets.mean(axis=-1)),
        first=first,
        random=dict.fromkeys(added, random),
        gold=np.full(ROWS, gold),
        identical=rng.random(ROWS) < 0.3,
        faithful=np.ones(len(LEVELS), dtype=bool),
    )


def verdict(claim, found, beside, seed):
    return claim(found, beside, resamples=200, seed=seed)[0][0]["verdict"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "change", "least", "most"),
    [
        (second_half, {}, 0, 2),
        (second_half, {"late": 2 * log(1.5)}, 45, 50),
        (nearest, {}, 0, 2),
        (nearest, {"peak": 2 * log(2)}, 45, 50),
    ],
    ids=["A-6 nothing", "A-6 twice the margin", "A-7 nothing", "A-7 twice the margin"],
)
def test_it_holds_when_it_should(claim, change, least, most):
    found = Counter()
    for seed in range(50):
        beside = dict.fromkeys((TWIN, EXCHANGED, IDENTIFIERS), world(1_000 + seed))
        found[verdict(claim, world(seed, **change), beside, seed)] += 1
    assert least <= found["holds"] <= most, found


def test_an_untrained_model_and_one_that_copies_never_hold():
    for seed in range(10):
        rising = world(seed, late=1.5, peak=1.5)
        for name in (TWIN, EXCHANGED):
            beside = {TWIN: world(99), EXCHANGED: world(98), name: rising}
            assert verdict(second_half, rising, beside, seed) != "holds"
        assert verdict(nearest, rising, {TWIN: rising, IDENTIFIERS: world(9)}, seed) != "holds"


def test_without_its_controls_or_a_translation_it_cannot_tell():
    assert verdict(second_half, world(0, late=2), {}, 0) == "cannot tell"
    flat = world(5)
    beside = {TWIN: flat, EXCHANGED: flat}
    assert verdict(second_half, world(0, late=2, gold=0.2), beside, 0) == "cannot tell"


def test_one_of_both_is_named():
    flat = world(7)
    claims, _ = nearest(
        world(1, peak=2.0, third=0.0), {TWIN: flat, IDENTIFIERS: flat}, resamples=200, seed=1
    )
    assert claims[0]["verdict"] == "holds"
    assert claims[0]["reason"] == "english only alone"
    assert [claim["scope"] for claim in claims] == ["overall", ENGLISH_ONLY, THIRD]


def test_ratios_by_hand():
    found = world(2, late=1.0)
    found = replace(found, count=1 + np.arange(ROWS) % 3)
    weights = np.ones((1, ROWS))
    weights[0, 5:30] = 3
    ratios = log_ratios(found, ENGLISH_AND_KEYWORDS, weights)
    level = 4

    def macro(values, weights):
        own = [
            np.average(values[found.direction == d], weights=weights[found.direction == d])
            for d in range(DIRECTIONS)
        ]
        return np.mean(own)

    often = weights[0] * found.count
    mass = macro(found.mass[ENGLISH_AND_KEYWORDS][:, level], often)
    expected = macro(found.expected[ENGLISH_AND_KEYWORDS][:, level], often)
    assert ratios[0, level] == pytest.approx(np.log(mass / expected))


@pytest.mark.parametrize("halves", [(0, 1), (1,)])
def test_random_sets_by_hand(halves):
    found = replace(world(3), count=1 + np.arange(ROWS) % 4)
    drawn = drawn_ratios(found, THIRD, halves=halves)
    level, one = 6, 11
    inside = found.first if halves == (0,) else np.ones(ROWS, bool) if 0 in halves else ~found.first
    means, expected = [], []
    for d in range(DIRECTIONS):
        n = [
            found.count[(found.direction == d) & (found.first == (half == 0))].sum()
            for half in halves
        ]
        sets = [found.random[THIRD][half, d, level, one] for half in halves]
        means.append(np.average(sets, weights=n))
        rows = (found.direction == d) & inside
        expected.append(np.average(found.expected[THIRD][rows, level], weights=found.count[rows]))
    assert drawn[one, level] == pytest.approx(np.log(np.mean(means) / np.mean(expected)))
