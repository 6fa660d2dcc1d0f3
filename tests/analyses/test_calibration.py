"""How often the claims are wrong: 50 simulated studies each of nothing, and of twice the margin.

Also what must never be taken for a language: licence headers, another mix of tokens.
"""

from collections import Counter

import numpy as np
import pytest

pytestmark = pytest.mark.slow
SEEDS = range(50)
NU = {"A-1": 60, "A-2": 60, "A-3": 80}
TWICE = {"A-1": 2.0, "A-2": 0.2, "A-3": 0.2}


def nothing(simulation, seed):
    """Labels that are the same language."""
    return simulation(neurons=160, groups=6, seed=seed)


def specific(simulation, seed):
    """Twice as many specific neurons per label as are selected, at the least repositories."""
    world = simulation(neurons=160, groups=6, seed=seed)
    for label in range(6):
        world.plant([label], [15] * 8)
    return world


def anywhere(simulation, seed):
    """Specific neurons in every layer alike."""
    world = simulation(neurons=160, groups=4, seed=seed)
    for label in range(6):
        world.plant([label], [10] * 8)
    return world


def low(simulation, seed):
    """Their share at the bottom is twice the margin above that under permuted labels."""
    world = simulation(neurons=160, groups=4, seed=seed)
    for label in range(6):
        world.plant_quarters([label], bottom=21, middle=6, top=7)
    return world


def alike(simulation, seed):
    """Exclusive and shared neurons in every layer alike."""
    world = simulation(neurons=160, groups=6, seed=seed)
    for label in range(6):
        world.plant([label], [6] * 8)
        for other in (1, 2):
            world.plant([label, (label + other) % 6], [1] * 8)
    return world


def high(simulation, seed):
    """What sets exclusive neurons apart at the top exceeds permuted labels by twice the margin."""
    world = simulation(neurons=160, groups=6, seed=seed)
    for label in range(6):
        world.plant_quarters([label], bottom=4, middle=3, top=14)
        for other in (1, 2):
            world.plant_quarters([label, (label + other) % 6], bottom=2, middle=1, top=1)
    return world


@pytest.mark.parametrize(
    ("claim", "world", "least", "most"),
    [
        ("A-1", nothing, 0, 6),
        ("A-1", specific, 45, 50),
        ("A-2", anywhere, 0, 6),
        ("A-2", low, 45, 50),
        ("A-3", alike, 0, 6),
        ("A-3", high, 45, 50),
    ],
)
def test_claims_hold_when_they_should(decided, simulation, claim, world, least, most):
    overall: Counter[str] = Counter()
    of_languages, values = 0, []
    for seed in SEEDS:
        rows, _ = decided(claim, world(simulation, seed), seed=seed, nu=NU[claim])
        values.append(rows[0]["value"])
        overall[rows[0]["verdict"]] += 1
        of_languages += sum(row["verdict"] == "holds" for row in rows[1:])
    assert least <= overall["holds"] <= most, overall
    if least:
        assert np.mean(values) == pytest.approx(TWICE[claim], rel=0.1)
    else:
        assert of_languages <= 0.05 * 6 * len(SEEDS)


@pytest.mark.parametrize("claim", ["A-1", "A-2", "A-3"])
@pytest.mark.parametrize("place", ["bottom", "top"])
def test_headers_and_token_mix_are_not_taken_for_languages(decided, simulation, claim, place):
    """Twelve identical languages, one with licence headers, one with another token mix."""
    layers = [40, 40, 0, 0, 0, 0, 0, 0]
    for seed in range(5):
        world = simulation(labels=12, neurons=160, groups=6, noise=0.25, seed=seed)
        for name in ("comment", "operator"):
            world.plant_in_class(name, layers if place == "bottom" else layers[::-1])
        world.header_share[0] = 0.35
        world.class_shares[1] = [0.3, 0.55, 0.15]
        rows, _ = decided(claim, world, seed=seed, headers_in_text=True)
        assert not [row for row in rows if row["verdict"] == "holds"]
