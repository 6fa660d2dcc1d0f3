"""Probes on data whose answer is known: a straight cut is found, and what is not there is not."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from neuroglot.analyses import probe
from neuroglot.analyses.probe import (
    CHOOSE,
    TEST,
    TRAIN,
    balanced_accuracy,
    by_token,
    macro_f1,
    rounds,
    shuffled_classes,
    trained,
)
from neuroglot.base.errors import CorpusError

ROWS, WIDTH, CLASSES, TASKS = 3_000, 20, 4, 60


@pytest.fixture(scope="module")
def world():
    """Classes by three straight cuts, some rows noisy; tasks of fifty rows."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(ROWS, WIDTH)) * rng.lognormal(0, 2, WIDTH) + 3
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    classes = (standard @ rng.normal(size=(WIDTH, CLASSES))).argmax(axis=1)
    tasks = np.repeat(np.arange(TASKS), ROWS // TASKS)
    return features, classes, tasks


def test_straight_cuts_are_found_on_tasks_never_seen(world):
    features, classes, tasks = world
    parts = rounds(tasks, seed=0)[0]
    found = trained(features, classes, parts, n_classes=CLASSES)
    test = parts == TEST
    predicted = found.predicted(features[test])
    assert np.mean(predicted == classes[test]) > 0.9
    assert balanced_accuracy(classes[test], predicted) > 0.85


def test_noise_is_read_no_better_than_the_commonest_class(world):
    _, classes, tasks = world
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(ROWS, WIDTH))
    parts = rounds(tasks, seed=0)[0]
    test = parts == TEST
    right = np.mean(
        trained(noise, classes, parts, n_classes=CLASSES).predicted(noise[test]) == classes[test]
    )
    assert right < np.bincount(classes[test]).max() / test.sum() + 0.05


def test_the_slope_is_that_of_the_objective(monkeypatch):
    rng = np.random.default_rng(2)
    rows = np.concatenate([rng.normal(size=(30, 3)), np.ones((30, 1))], axis=1)
    seen = {}

    def watched(objective, start, **_):
        at = rng.normal(size=start.size)
        seen["ours"] = objective(at)[1]
        seen["numeric"] = approx_fprime(at, lambda x: objective(x)[0], 1e-7)
        return type("Found", (), {"x": start})()

    monkeypatch.setattr(probe, "minimize", watched)
    probe._fitted(rows, rng.integers(0, 3, 30), np.zeros((4, 3)), 0.3)
    assert seen["ours"] == pytest.approx(seen["numeric"], abs=1e-5)


def test_tasks_are_whole_in_one_part_and_tested_once(world):
    _, _, tasks = world
    found = rounds(tasks, seed=3)
    for parts in found:
        for task in range(TASKS):
            assert len(set(parts[tasks == task])) == 1
        shares = np.bincount(parts, minlength=3) / len(parts)
        assert shares == pytest.approx([1 / 2, 1 / 6, 1 / 3], abs=0.02)
    assert np.array_equal(sum(parts == TEST for parts in found), np.ones(ROWS))
    again, other = rounds(tasks, seed=3), rounds(tasks, seed=4)
    assert all(map(np.array_equal, found, again)) and not all(map(np.array_equal, found, other))


@pytest.mark.parametrize("n", range(3, 12))
def test_few_tasks_leave_no_part_empty(n):
    found = rounds(np.arange(n) + 5, seed=0)
    assert all(set(parts.tolist()) == {TRAIN, CHOOSE, TEST} for parts in found)
    assert np.array_equal(sum(parts == TEST for parts in found), np.ones(n))


def test_two_tasks_are_too_few():
    with pytest.raises(CorpusError, match="on different tasks: 2"):
        rounds(np.array([0, 1, 1]), seed=0)


def test_what_needs_no_vectors_by_hand():
    tokens = ["a", "a", "b", "b", "a", "c"]
    classes = np.array([0, 0, 1, 1, 2, 1])
    parts = np.array([TRAIN, TRAIN, TRAIN, TRAIN, TEST, TEST])
    assert by_token(tokens, classes, parts).tolist() == [0, 0, 1, 1, 0, 0]
    drawn = shuffled_classes(tokens, classes, seed=0)
    assert drawn[0] == drawn[1] == drawn[4] and drawn[2] == drawn[3]
    assert balanced_accuracy(classes, np.array([0, 0, 1, 1, 1, 0])) == pytest.approx(
        (1 + 2 / 3 + 0) / 3
    )
    assert macro_f1(classes, np.array([0, 0, 1, 1, 1, 0])) == pytest.approx(
        (2 * 2 / 5 + 2 * 2 / 6 + 0) / 3
    )
