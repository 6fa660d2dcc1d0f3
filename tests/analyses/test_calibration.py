"""How often the claims are wrong: 50 simulated studies each of nothing, and of twice the margin.

Also what must never be taken for a language: licence headers, another mix of tokens.
"""

from collections import Counter

import pytest

pytestmark = pytest.mark.slow
SEEDS = range(50)


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
        world.plant_quarters([label], bottom=22, middle=6, top=6)
    return world


def sharing(simulation, seed, *, bottom, middle, top):
    """Exclusive neurons as given, and shared ones in every layer alike."""
    world = simulation(neurons=160, groups=4, seed=seed)
    for label in range(6):
        world.plant_quarters([label], bottom=bottom, middle=middle, top=top)
        for other in (1, 2):
            world.plant([label, (label + other) % 6], [1] * 8)
    return world


def alike(simulation, seed):
    """Exclusive and shared neurons lie the same way."""
    return sharing(simulation, seed, bottom=6, middle=6, top=6)


def high(simulation, seed):
    """Exclusive neurons' share at the top exceeds that of shared ones by twice the margin."""
    return sharing(simulation, seed, bottom=4, middle=3, top=14)


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
    of_languages = 0
    for seed in SEEDS:
        rows, _ = decided(claim, world(simulation, seed), seed=seed)
        overall[rows[0]["verdict"]] += 1
        of_languages += sum(row["verdict"] == "holds" for row in rows[1:])
    assert least <= overall["holds"] <= most, overall
    if most < 25:
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
