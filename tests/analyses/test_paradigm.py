"""O-2: alignment by style, in worlds where the answer is known."""

from collections import Counter

import numpy as np
import pytest

from neuroglot.analyses.paradigm import Styles, _hits, shared_paradigm, written_classes

PROGRAMS, LEVELS, ALGORITHMS = 60, 3, 20


def world(seed, *, shared=0.0, layers=12):
    """Cosines in which object-oriented Java is nearer its C# by `shared`."""
    rng = np.random.default_rng(seed)
    base = rng.normal(0, 1, (2, LEVELS, PROGRAMS, PROGRAMS))
    at = np.arange(PROGRAMS)
    base[:, :, at, at] += 3.0
    base[0, :, at, at] += shared
    bags = rng.normal(0, 1, (2, PROGRAMS, PROGRAMS))
    return Styles(
        layers=layers,
        algorithm=np.arange(PROGRAMS) % ALGORITHMS,
        oriented=base[0],
        procedural=base[1],
        bag_oriented=bags[0],
        bag_procedural=bags[1],
        sizes={"tokens": (90.0, 80.0)},
    )


def verdict(found, seed):
    (claim,), _ = shared_paradigm(found, permutations=99, resamples=200, seed=seed)
    return claim["verdict"]


def test_hits_by_hand():
    cosines = np.array([[[0.9, 0.1, 0.2], [0.3, 0.5, 0.6], [0.0, 0.4, 0.7]]])
    assert _hits(cosines).tolist() == [[1.0, 0.0, 1.0]]


@pytest.mark.parametrize(("shared", "least", "most"), [(0.0, 0, 2), (1.5, 18, 20)])
def test_it_holds_when_it_should(shared, least, most):
    found = Counter(verdict(world(seed, shared=shared), seed) for seed in range(20))
    assert least <= found["holds"] <= most, found


def test_few_layers_cannot_tell():
    assert verdict(world(0, shared=1.5, layers=4), 0) == "cannot tell"


@pytest.mark.parametrize(("share", "least", "most"), [(0.5, 0, 2), (0.9, 18, 20)])
def test_examples_in_a_style_bias_when_they_do(share, least, most):
    found = Counter()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        tasks = np.arange(96)
        oriented, procedural = rng.random(96) < share, rng.random(96) < 0.5
        (claim,), _ = written_classes(
            oriented, procedural, tasks // 4, permutations=199, resamples=200, seed=seed
        )
        assert claim["scope"] == "generation"
        assert claim["margin"] == 0.10
        found[claim["verdict"]] += 1
    assert least <= found["holds"] <= most, found


def test_a_model_that_writes_no_class_cannot_tell():
    none = np.zeros(80, dtype=bool)
    (claim,), _ = written_classes(
        none, none, np.arange(80) // 4, permutations=99, resamples=100, seed=0
    )
    assert claim["verdict"] == "cannot tell"
