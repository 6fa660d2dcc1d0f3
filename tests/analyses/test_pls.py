"""PLS units: planted ones are found, and the rules give what a slow reading of them gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.analyses.pls import (
    PLSRule,
    chosen_units,
    massive_units,
    pls_neurons,
    pls_rows,
    scaled,
)
from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.pls import PLS, PROJECTIONS

LABELS = ("python", "java", "go")
WIDTHS = np.array([4, 2, 2, 4, 6, 6, 4])
LAYERS = 5
UNITS = int(WIDTHS.sum())


def statistic(scores):
    """A PLS whose scores [label, layer, unit] are these, over two texts in two groups."""
    n = len(scores)
    groups = tuple(Group(label, bucket, 1, 1) for label in LABELS[:n] for bucket in (0, 1))
    summed = np.repeat(scores, 2, axis=0)
    entries = np.array([(0, label) for label in range(n)])
    same = dict.fromkeys(("sum_abs_mean_prod", "sum_prod_mean_abs", "sum_prod_means"), 2 * scores)
    return PLS(
        labels=LABELS[:n],
        groups=groups,
        provenance={},
        sum=summed,
        **same,
        activation=scores,
        magnitude=scores,
        count=np.ones(2 * n, dtype=np.int64),
        widths=WIDTHS,
        entries=entries,
    )


@pytest.fixture
def scores():
    return np.random.default_rng(0).uniform(0.9, 1.1, (3, LAYERS, UNITS))


def test_planted_units_are_found_all_and_no_others(scores):
    planted = {"python": [(0, 1), (3, 9)], "java": [(4, UNITS - 1)], "go": [(2, 12), (1, 0)]}
    for number, units in enumerate(planted.values()):
        for strength, (layer, unit) in enumerate(units):
            scores[number, layer, unit] = 50 - strength
    scores[:, 2, 20] = 60
    found = pls_neurons(statistic(scores), top=0.05, universal_quantile=0.98)
    starts = np.concatenate([[0], np.cumsum(WIDTHS)])
    for label, units in planted.items():
        mine = found[label]
        flat = starts[[PROJECTIONS.index(site) for site in mine.sites]] + mine.indices
        assert list(zip(mine.layers.tolist(), flat.tolist(), strict=True)) == units
    shared = found["universal"]
    (place,) = shared.places()
    assert place == ("up", 2, 20 - int(starts[PROJECTIONS.index("up")]))
    assert found.choice.passing.tolist() == [2, 1, 2]


def test_a_louder_language_gets_no_more_units(scores):
    scores[0, 1, 3] = scores[1, 2, 5] = scores[2, 3, 7] = 20
    plain = pls_neurons(statistic(scores))
    louder = pls_neurons(statistic(scores * np.array([7.0, 1.0, 0.01])[:, None, None]))
    for label in LABELS:
        assert np.array_equal(plain[label].layers, louder[label].layers)
        assert np.array_equal(plain[label].indices, louder[label].indices)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    scope=st.sampled_from(["all", "language"]),
    ratio=st.sampled_from([1.0, 1.2, 2.0]),
    top=st.sampled_from([0.02, 0.3, 1.0]),
)
def test_the_rules_read_slowly_give_the_same(seed, scope, ratio, top):
    rng = np.random.default_rng(seed)
    # Few different values, so that ties are common.
    scores = scaled(rng.integers(0, 6, (3, 4, 10)).astype(float) + 1e-9)
    rule = PLSRule(quantile=0.5, ratio=ratio, top=top, scope=scope, universal_quantile=0.25)
    found = chosen_units(scores, rule)
    n = scores.shape[1]
    over = [sorted(row)[round(0.5 * n) - 1] for row in scores]
    least = [sorted(row)[round(0.25 * n) - 1] for row in scores]
    passing, shared = [], []
    for unit in range(n):
        own = scores[:, unit]
        label = max(range(3), key=lambda k: (own[k], -k))
        second = max(own[k] for k in range(3) if k != label)
        specific = own[label] >= ratio * second or own[label] / second >= ratio
        if specific and any(own[k] > over[k] for k in range(3)):
            passing.append((-own[label], unit, label))
        if not specific and all(own[k] > least[k] for k in range(3)):
            shared.append((-own.min(), unit))
    most = round(top * n)
    passing.sort()
    taken = passing[:most] if scope == "all" else passing
    for label in range(3):
        mine = [unit for _, unit, owner in taken if owner == label][:most]
        assert found.chosen[label].tolist() == mine
    assert found.universal.tolist() == [unit for _, unit in sorted(shared)]


def test_rows_say_where_each_unit_is(scores):
    scores[1, 3, 9] = 80
    found = pls_neurons(statistic(scores), reduction="prod_means", scope="language")
    (row,) = [row for row in pls_rows(found) if row["language"] == "java" and row["rank"] == 1]
    assert (row["layer"], row["projection"], row["neuron"]) == (3, "o", 1)
    assert row["ratio"] > 40 and row["second_language"] in ("python", "go")
    assert (row["selected_by"], row["reduction"]) == ("language", "prod_means")


def test_massive_units_are_named_largest_first(scores):
    pls = statistic(scores)
    assert len(massive_units(pls)) == 0
    scores[1, 3, 9] = 80  # o 1 of layer 3
    scores[0, 2, 0] = 200  # q 0 of layer 2
    assert massive_units(statistic(scores)).places() == [("q", 2, 0), ("o", 3, 1)]
    # A projection whose units are all as large has no massive one.
    scores[:, 1, 12:18] = 500
    assert len(massive_units(statistic(scores))) == 2


def test_sets_are_what_edits_take(scores):
    found = pls_neurons(statistic(scores), ratio=1.0, top=1.0)
    units = found["python"]
    sets = units.sets()
    assert sum(map(len, sets)) == len(units) > 0
    assert [each.site for each in sets] == sorted(set(units.sites), key=PROJECTIONS.index)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"quantile": 1.0}, "quantile is 1.0: give one from 0"),
        ({"ratio": 0.5}, "ratio is 0.5: give at least 1"),
        ({"top": 0}, "top is 0: give a share"),
        ({"scope": "some"}, "unknown scope 'some': known are all, language"),
        ({"reduction": "mean"}, "unknown reduction 'mean': known are mean_abs_prod"),
    ],
)
def test_what_cannot_be_used_is_refused(scores, wrong, message):
    with pytest.raises(ConfigError, match=message):
        pls_neurons(statistic(scores), **wrong)


def test_one_language_or_no_gradient_is_refused(scores):
    with pytest.raises(ConfigError, match="two or more"):
        pls_neurons(statistic(scores[:1]))
    scores[1] = 0
    with pytest.raises(ConfigError, match="no text with a gradient"):
        pls_neurons(statistic(scores))
