"""O-3: curves and matrices that carry over, that do not, and that are too small to say."""

from collections import Counter

import numpy as np
import pytest

from neuroglot.analyses.carry_over import carried_over


def world(seed, *, alike, layers=32, languages=6):
    # Orders of six languages are counted out in a moment, and p can be as low as 1 / 720.
    rng = np.random.default_rng(seed)
    curve = np.cumsum(rng.normal(0, 1, layers))
    matrix = rng.random((languages, languages))
    matrix = matrix + matrix.T
    other = np.cumsum(rng.normal(0, 1, layers))
    second = rng.random((languages, languages))
    second = second + second.T
    noise = rng.normal(0, 0.05, layers)
    curves = {"curve": (curve, curve + noise if alike else other)}
    matrices = {"pairs": (matrix, matrix * 1.1 if alike else second)}
    return carried_over(curves, matrices, seed=seed)


def verdicts(found):
    return {claim["scope"]: claim["verdict"] for claim in found[0]}


def test_equal_patterns_hold():
    found = Counter(verdicts(world(seed, alike=True))["overall"] for seed in range(10))
    assert found["holds"] == 10, found


def test_strange_patterns_seldom_hold():
    found = Counter(verdicts(world(seed, alike=False))["overall"] for seed in range(10))
    assert not found["holds"], found


def test_twelve_layers_cannot_hold():
    found = verdicts(world(0, alike=True, layers=12))
    assert found["curve"] == "cannot tell"
    assert found["pairs"] == "holds"
    assert found["overall"] == "cannot tell"


def test_the_exact_p_of_a_matrix():
    first = np.array([[0, 1, 5, 9, 2], [1, 0, 3, 7, 4], [5, 3, 0, 6, 8], [9, 7, 6, 0, 10.0],
                      [2, 4, 8, 10, 0]])  # fmt: skip
    claims, _ = carried_over({}, {"pairs": (first, first)}, seed=0)
    assert claims[1]["value"] == pytest.approx(1)
    assert claims[1]["p"] == pytest.approx(1 / 120)
