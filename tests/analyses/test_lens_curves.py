"""Curves and events of the lens, against sums by hand over planted rows."""

import numpy as np
import pytest

from neuroglot.analyses.lens_curves import Named, curve_columns, depth_rows
from neuroglot.analyses.translations import Translations, faithful, macro_means

LAYERS = 8
LEVELS = tuple(range(-1, LAYERS))
CATEGORIES = (
    "python",
    "english",
    "english only",
    "keywords",
    "source keywords",
    "target keywords",
    "third languages",
)
NAMED = Named(
    layers=LAYERS,
    levels=LEVELS,
    directions=(("python", "java"), ("java", "python")),
    primary=tuple((name, "both", "fractional") for name in CATEGORIES),
    other=(("python", "both", "multi"),),
    sets=("python", "english"),
    sizes={"python both": 7},
)
PROBLEMS = 30
CONTEXT = 2


@pytest.fixture
def found():
    """Two directions, some problems with items that read alike; planted curves."""
    rng = np.random.default_rng(0)
    rows = [
        (d, p, i) for d in (0, 1) for p in range(PROBLEMS) for i in (0, 1) if i == 0 or p % 3 == 0
    ]
    direction, problem, identical = (np.array(column) for column in zip(*rows, strict=True))
    n, levels = len(rows), len(LEVELS)
    noise = rng.uniform(0.9, 1.1, (n, levels, 3, len(CATEGORIES)))
    shape = np.zeros((levels, len(CATEGORIES)))
    layer = np.array(LEVELS)
    shape[:, 1] = np.where(layer == 4, 0.5, 0.1)
    shape[:, 2] = np.where(layer >= 5, 0.4, 0.1)
    shape[:, 3] = 0.2
    shape[:, 4] = 0.3
    shape[:, 5] = np.where(layer >= 6, 0.6, 0.1)
    shape[:, 6] = 0.05
    shape[:, 0] = 0.01
    gold = np.zeros((n, levels, 3))
    gold[..., 2] = np.where(layer >= 5, 0.8, 0.1)
    count = rng.integers(1, 5, n)
    items = np.array(
        [[count[(direction == d) & (identical == i)].sum() for i in (0, 1)] for d in (0, 1)]
    )
    return Translations(
        direction=direction,
        problem=problem,
        identical=identical.astype(bool),
        count=count,
        mass=(noise * shape[:, None]).astype(np.float32),
        expected=np.full((n, levels, 3, len(CATEGORIES)), 0.2, dtype=np.float32),
        named=np.zeros((n, levels, 3, 3), dtype=np.float32),
        gold=gold.astype(np.float32),
        kl=np.tile(np.where(layer >= 2, 1.0, 3.0), (n, 1)).astype(np.float32),
        by_frequency=np.full(n, 2.0, dtype=np.float32),
        items=items,
        random=np.zeros((2, 2, levels, 3, 5), dtype=np.float32),
        other=np.ones((2, 2, levels, 3, 1), dtype=np.float32) * items[..., None, None, None],
        ten=np.ones((2, 2, levels, 3, 3, 2), dtype=np.float32),
        by_id=np.zeros((2, levels, 4), dtype=np.float32),
    )


def rows_of(columns):
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_macro_means_by_hand():
    values = np.arange(12.0).reshape(4, 3)
    direction = np.array([0, 0, 1, 1])
    weights = np.array([[1, 3, 2, 2], [1, 1, 0, 0]])
    found = macro_means(values, direction, weights)
    first = (values[0] + 3 * values[1]) / 4
    second = (values[2] + values[3]) / 2
    np.testing.assert_allclose(found[0], (first + second) / 2)
    np.testing.assert_allclose(found[1], (values[0] + values[1]) / 2)


@pytest.mark.parametrize("identical", ["kept", "dropped"])
def test_curves_by_hand(found, identical):
    rows = rows_of(curve_columns(found, NAMED, lens="plain", resamples=60, seed=0))
    kept = np.ones_like(found.identical) if identical == "kept" else ~found.identical

    def asked(**where):
        (row,) = (r for r in rows if all(r[k] == v for k, v in where.items()))
        return row

    where = {
        "category": "english",
        "scheme": "fractional",
        "excluded": "context",
        "identical": identical,
        "layer": 4,
        "measure": "mass",
    }
    means = []
    for number, (source, target) in enumerate(NAMED.directions):
        own = (found.direction == number) & kept
        mean = np.average(found.mass[own, 5, CONTEXT, 1], weights=found.count[own])
        row = asked(source=source, target=target, **where)
        assert row["value"] == pytest.approx(mean)
        assert row["items"] == found.count[own].sum()
        assert row["control_value"] == pytest.approx(0.2)
        means.append(mean)
    row = asked(source="all", target="all", **where)
    assert row["value"] == pytest.approx(np.mean(means))
    assert row["low"] <= row["value"] <= row["high"]
    assert row["n"] == PROBLEMS
    multi = {**where, "scheme": "multi", "category": "python"}
    assert asked(source="all", target="all", **multi)["value"] == pytest.approx(1)
    gold = asked(
        source="all", target="all", category="gold", measure="top1", identical=identical, layer=6
    )
    assert gold["value"] == pytest.approx(0.8)


def test_keys_are_unique_and_a_side_is_named(found):
    rows = rows_of(curve_columns(found, NAMED, lens="plain", resamples=5, seed=0))
    key = [
        "source",
        "target",
        "layer",
        "lens",
        "category",
        "part",
        "scheme",
        "measure",
        "excluded",
        "identical",
    ]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)
    sides = {
        (row["source"], row["category"]): row["side"] for row in rows if row["source"] != "java"
    }
    assert sides["python", "python"] == "source"
    assert sides["all", "keywords"] is None
    assert sides["all", "target keywords"] == "target"
    assert sides["all", "third languages"] == "third"
    assert sides["all", "english"] is None


def test_events_are_found_where_they_were_planted(found):
    rows = {
        (row["event"], row["category"]): row
        for row in depth_rows(found, NAMED, resamples=60, seed=0)
        if row["identical"] == "kept"
    }
    assert rows["first", "gold"]["layer"] == 5
    assert rows["peak", "english"]["layer"] == 4
    assert rows["onset", "english only"]["layer"] == 5
    assert rows["passes", "target keywords"]["layer"] == 6
    assert rows["passes", "target keywords"]["located"]
    assert rows["peak", "english"]["relative_depth"] == pytest.approx(4.5 / LAYERS)
    assert rows["peak", "english"]["low"] == rows["peak", "english"]["high"] == 4
    assert rows["peak", "third languages"]["layer"] is None


def test_a_peak_is_where_random_sets_lie_farthest_below_not_where_the_mass_is_largest(found):
    at = LEVELS.index(6)
    found.expected[:, at, CONTEXT, 1] = 0.01
    found.mass[:, LEVELS.index(3), CONTEXT, 1] = 0.9
    rows = {
        (row["event"], row["category"]): row
        for row in depth_rows(found, NAMED, resamples=60, seed=0)
        if row["identical"] == "kept"
    }
    assert rows["peak", "english"]["layer"] == 6
    assert rows["onset", "english"]["layer"] == 3


def test_levels_that_frequencies_beat_are_not_looked_at(found):
    assert faithful(found).tolist() == [layer >= 2 for layer in LEVELS]
    found.mass[..., 6] *= 10
    found.mass[:, : LEVELS.index(2), CONTEXT, 6] *= 10
    third = next(
        row
        for row in depth_rows(found, NAMED, resamples=60, seed=0)
        if (row["event"], row["category"]) == ("onset", "third languages")
    )
    assert third["layer"] == 2


def test_what_never_happens_is_not_located(found):
    found.mass[..., 5] = 0.0
    (row,) = (
        row
        for row in depth_rows(found, NAMED, resamples=20, seed=0)
        if row["event"] == "passes" and row["identical"] == "kept"
    )
    assert row["layer"] is None
    assert not row["located"]


def test_a_language_is_looked_at_by_the_part_it_plays(found):
    rows = rows_of(curve_columns(found, NAMED, lens="plain", resamples=5, seed=0))

    def value(source, target):
        (row,) = (
            row
            for row in rows
            if (row["source"], row["target"], row["category"]) == (source, target, "python")
            and (row["scheme"], row["measure"], row["excluded"]) == ("fractional", "mass", "gold")
            and (row["layer"], row["identical"]) == (3, "kept")
        )
        return row

    for number, pair in enumerate((("python", "all"), ("all", "python"))):
        own = found.direction == number
        mean = np.average(found.mass[own, 4, 1, 0], weights=found.count[own])
        assert value(*pair)["value"] == pytest.approx(mean)
        assert value(*pair)["side"] == ("source", "target")[number]
    # With two languages neither is ever a third one.
    assert value("all", "all")["value"] is None
    assert value("all", "all")["side"] == "third"


def test_items_that_all_read_alike_leave_nothing_when_dropped(found):
    found.identical[:] = True
    found.items[:] = found.items.sum(axis=1, keepdims=True) * np.array([[0, 1]])
    rows = rows_of(curve_columns(found, NAMED, lens="plain", resamples=5, seed=0))
    dropped = [row for row in rows if row["identical"] == "dropped"]
    assert dropped and all(row["value"] is None for row in dropped)
    events = depth_rows(found, NAMED, resamples=5, seed=0)
    assert all(row["layer"] is None for row in events if row["identical"] == "dropped")
