"""Sets of PLS units: each half is chosen by the other, beside random sets of the same kind."""

import numpy as np
import pytest

from neuroglot.stats.pls import PROJECTIONS
from neuroglot.studies.pls_sets import HALVES, own_units
from neuroglot.studies.unit_ablation import half_sets
from pls_run import pls_of, write_pls_run

LABELS = ("python", "java", "go")
WIDTHS = np.array([40, 20, 20, 40, 60, 60, 40])
LAYERS, UNITS, BUCKETS = 3, 280, 4
PLANTED = {
    "python": {0: (1, 5), 1: (2, 100)},
    "java": {0: (0, 279), 1: (0, 278)},
    "go": {0: (1, 45), 1: (1, 46)},
}
"""Language -> half of the buckets -> layer and place of the unit that matters there alone."""


@pytest.fixture
def sums():
    """Scores [label, bucket, layer, unit], a text in each bucket."""
    found = np.random.default_rng(0).uniform(0.9, 1.1, (3, BUCKETS, LAYERS, UNITS))
    for k, units in enumerate(PLANTED.values()):
        for half, place in units.items():
            found[(k, slice(half, None, HALVES), *place)] = 500
    return found


@pytest.fixture
def halves(sums, tmp_path):
    """What is removed on each half."""
    pls = pls_of(sums, labels=LABELS, widths=WIDTHS)
    run = write_pls_run(tmp_path / "run", pls, languages=list(LABELS))
    return [half_sets(run, fold=fold, draws=3, seed=0) for fold in range(HALVES)]


def flat(units):
    starts = np.concatenate([[0], np.cumsum(WIDTHS)])
    sites = [PROJECTIONS.index(site) for site in units.sites]
    return (units.layers * UNITS + starts[sites] + units.indices).tolist()


def test_a_half_is_without_the_units_that_the_other_half_chose(halves):
    for fold, sets in enumerate(halves):
        for label in LABELS:
            own, *matched = own_units(sets, label, "zero")
            layer, unit = PLANTED[label][1 - fold]
            assert flat(own.units) == [layer * UNITS + unit]
            for v in (own, *matched):
                assert (v.fold, v.selection, v.operation, v.dose) == (fold, "pls", "zero", 1.0)
                assert v.evaluated == (LABELS if v.draw == 0 else (label,))
                assert len(v.values) == len(v.units) and not v.values.any()


def test_a_unit_s_mean_is_over_texts_and_then_over_languages(halves, sums):
    means = -sums.mean(axis=1).mean(axis=0).ravel()
    for sets in halves:
        for v in own_units(sets, "java", "mean"):
            assert v.values == pytest.approx(means[flat(v.units)])


def test_random_sets_are_of_the_same_layers_and_projections(halves):
    for sets in halves:
        for label in LABELS:
            own, *matched = own_units(sets, label, "mean")
            assert [v.draw for v in matched] == [0, 1, 2]
            for v in matched:
                assert set(flat(v.units)).isdisjoint(flat(own.units))
                places = [
                    sorted(zip(each.units.sites, each.units.layers.tolist(), strict=True))
                    for each in (own, v)
                ]
                assert places[0] == places[1]


def test_a_set_is_cut_at_the_units_that_are_real(sums, tmp_path):
    pls = pls_of(sums, labels=LABELS, widths=WIDTHS)
    real = {"python": 0, "java": 1, "go": 9}
    run = write_pls_run(tmp_path / "cut", pls, languages=list(LABELS), real=real)
    sets = half_sets(run, fold=0, draws=1, seed=0)
    assert {label: len(units) for label, units in sets.own.items()} == {
        "python": 0,
        "java": 1,
        "go": 1,
    }
