"""Areas, average precision and thresholds, against their definitions written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.analyses.detection import (
    area,
    average_precision,
    balanced_accuracy,
    best_threshold,
    f1,
    floor,
)


def drawn(seed, n=40, steps=12):
    """Scores with many ties, and labels that they tell a little."""
    rng = np.random.default_rng(seed)
    clone = rng.random(n) < 0.4
    clone[:2] = True, False
    return np.round(rng.normal(size=n) + clone, 1).clip(-2, steps), clone


def naive_area(scores, clone, weights):
    over = total = 0.0
    for i in np.flatnonzero(clone):
        for j in np.flatnonzero(~clone):
            both = weights[i] * weights[j]
            total += both
            over += both * ((scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j]))
    return over / total if total else np.nan


def naive_average_precision(scores, clone):
    total, before = 0.0, 0.0
    for cut in sorted(set(scores), reverse=True):
        called = [s >= cut for s in scores]
        right = sum(c and k for c, k in zip(called, clone, strict=True))
        recall = right / sum(clone)
        total += (recall - before) * right / sum(called)
        before = recall
    return total


def naive_f1(scores, clone, cut):
    called = [s > cut for s in scores]
    right = sum(c and k for c, k in zip(called, clone, strict=True))
    precision = right / sum(called) if any(called) else 0
    recall = right / sum(clone)
    return 2 * precision * recall / (precision + recall) if right else 0


@given(st.integers(0, 10**6))
def test_each_is_its_definition(seed):
    scores, clone = drawn(seed, n=25)
    groups = np.arange(25) // 3
    weights = np.random.default_rng(seed + 1).integers(0, 3, (4, 9)).astype(float)
    found = area(scores, clone, groups, weights)
    wanted = [naive_area(scores, clone, own[groups]) for own in weights]
    assert found == pytest.approx(wanted, nan_ok=True)
    assert area(scores, clone) == pytest.approx([naive_area(scores, clone, np.ones(25))])
    assert average_precision(scores, clone) == pytest.approx(
        naive_average_precision(scores.tolist(), clone.tolist())
    )
    for cut in (-0.5, 0.0, 0.35):
        assert f1(scores, clone, cut) == pytest.approx(naive_f1(scores, clone, cut))
        called = scores > cut
        halves = called[clone].mean(), (~called[~clone]).mean()
        assert balanced_accuracy(scores, clone, cut) == pytest.approx(np.mean(halves))
    tuned = f1(scores, clone, best_threshold(scores, clone))
    every = [naive_f1(scores, clone, cut) for cut in [-np.inf, *scores - 1e-9, *scores]]
    assert tuned == pytest.approx(max(every))
    assert tuned >= floor(clone) == pytest.approx(naive_f1(scores, clone, -np.inf))


def test_a_tuned_f1_without_any_signal_is_at_its_floor():
    clone = np.arange(200) < 100
    scores = np.where(clone, 0.1, 0.9)
    assert best_threshold(scores, clone) == -np.inf
    assert f1(scores, clone, -np.inf) == floor(clone) == pytest.approx(2 / 3)
    assert area(scores, clone)[0] == 0
    assert area(np.ones(200), clone)[0] == 0.5 == average_precision(np.ones(200), clone)


def test_a_perfect_score():
    scores, clone = np.array([0.1, 0.2, 0.6, 0.8]), np.array([False, False, True, True])
    cut = best_threshold(scores, clone)
    assert cut == pytest.approx(0.4)
    assert f1(scores, clone, cut) == balanced_accuracy(scores, clone, cut) == 1
    assert area(scores, clone)[0] == average_precision(scores, clone) == 1


def test_without_one_of_the_labels_there_is_no_value():
    scores, all_clones = np.array([0.1, 0.5]), np.array([True, True])
    assert np.isnan(area(scores, all_clones)[0])
    assert np.isnan(balanced_accuracy(scores, all_clones, 0.3))
    assert np.isnan(average_precision(scores, ~all_clones))
