"""Leads, accuracies, the two answers that need no model, and claim C-1."""

from collections import Counter

import numpy as np
import pytest

from analyses.bracket_worlds import asked, noise
from neuroglot.analyses.bracket_answers import (
    BracketAnswers,
    accuracy_rows,
    averaged,
    by_count,
    closed_counts,
    closer_lead,
    closer_mean_lead,
    closing_claim,
    closing_gate,
    simple_answers,
)

DRAWN = {"resamples": 200, "seed": 3}


def answers(world, shares, seed=0):
    """Right with these probabilities by count; the arms that need no model; no twin right."""
    draw = noise(seed)
    own = np.array([shares[k] for k in world.k])
    right = draw.random(len(own)) < own
    found = {"model": BracketAnswers(right, right | (draw.random(len(own)) < 0.2))}
    found |= simple_answers(world, np.minimum(world.closed, 1))
    return found | {"untrained": BracketAnswers(np.zeros(len(own), dtype=bool))}


def test_leads_are_over_the_best_and_over_the_mean_of_the_wrong_closers():
    logits = noise(1).normal(size=(5, 3, 4))
    right = np.array([0, 3, 1, 1, 2])
    for prompt, site in np.ndindex(5, 3):
        own = logits[prompt, site]
        wrong = np.delete(own, right[prompt])
        mine = own[right[prompt]]
        assert closer_lead(logits, right)[prompt, site] == pytest.approx(mine - wrong.max())
        assert closer_mean_lead(logits, right)[prompt, site] == pytest.approx(mine - wrong.mean())


def test_means_follow_the_weights_and_have_no_value_without_any():
    values, weights = np.array([1.0, 2.0, 6.0]), np.array([[1, 1, 1], [2, 0, 1], [0, 0, 0.0]])
    found = averaged(weights, values)
    assert found[:2].tolist() == [3.0, 8 / 3]
    assert np.isnan(found[2])


def test_accuracy_by_count_is_that_of_the_prompts_drawn():
    world = asked(train=3, dev=0, test=2)
    right = noise(2).random(len(world.k)) < 0.5
    weights = world.weights(draws=20, seed=1)
    found = by_count(world, weights, right)
    for draw, column in np.ndindex(found.shape):
        own = world.k == world.counts[column]
        value = (weights[draw, own] * right[own]).sum() / weights[draw, own].sum()
        assert found[draw, column] == pytest.approx(value)


def test_the_second_best_count_decides_and_one_alone_does_not():
    world = asked(train=2, dev=0, test=0)
    right = np.isin(world.k, [2]) | ((world.k == 3) & (world.closed < 3))
    once = np.ones((1, len(world.k)))
    assert closed_counts(world, BracketAnswers(right), once)[0] == 0.75
    assert closing_gate(world, BracketAnswers(right)).passed
    assert not closing_gate(world, BracketAnswers(world.k == 2)).passed
    alone = asked(train=2, dev=0, test=0, counts=(1,))
    assert np.isnan(closed_counts(alone, BracketAnswers(alone.k == 1), np.ones((1, 8)))[0])


def test_rows_are_one_for_each_cell_and_count_with_their_intervals():
    world = asked(train=2, dev=1, test=1)
    found = answers(world, dict.fromkeys(world.counts, 0.5))
    rows = accuracy_rows(world, found, template_set="crossed", resamples=50, seed=0)
    cells = [row for row in rows if row["template"] != "all"]
    assert len(cells) == 4 * len(world.k)
    keys = [(r["model_arm"], r["template"], r["k"], r["closed"], r["split"]) for r in rows]
    assert max(Counter(keys).values()) == 1
    whole = [r for r in rows if r["template"] == "all" and r["model_arm"] == "model"]
    assert {r["split"] for r in whole} == {"all", "train", "dev", "test"}
    for row in whole:
        own = (world.k == row["k"]) & ((world.split == row["split"]) | (row["split"] == "all"))
        assert row["accuracy"] == found["model"].right[own].mean()
        assert row["accuracy_among_closers"] >= row["accuracy"]
        assert row["low"] <= row["accuracy"] <= row["high"]


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ({1: 0.95, 2: 0.95, 3: 0.2, 4: 0.1}, "holds"),
        ({1: 0.95, 2: 0.3, 3: 0.2, 4: 0.1}, "does not hold"),
        ({1: 0.98, 2: 0.7, 3: 0.2, 4: 0.1}, "cannot tell"),
    ],
)
def test_c_1_asks_for_two_counts(shares, verdict):
    world = asked()
    claims, parts = closing_claim(world, answers(world, shares), **DRAWN)
    assert [row["scope"] for row in claims] == ["overall", *(f"{k} missing" for k in world.counts)]
    assert claims[0]["verdict"] == verdict
    assert claims[1]["verdict"] == "holds"
    nulls = {row["name"]: row["passed"] for row in parts if row["kind"] == "null"}
    assert set(nulls) == {"majority", "copy", "untrained"}
    if verdict == "holds":
        assert all(nulls.values())


def test_without_the_twin_c_1_cannot_hold():
    world = asked()
    found = answers(world, dict.fromkeys(world.counts, 0.95))
    del found["untrained"]
    claims, _ = closing_claim(world, found, **DRAWN)
    assert claims[0]["verdict"] == "cannot tell"
    assert "untrained" in claims[0]["reason"]


def test_copying_what_was_seen_last_is_no_counting():
    world = asked()
    found = answers(world, {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0})
    found |= simple_answers(world, world.k)
    claims, _ = closing_claim(world, found, **DRAWN)
    assert claims[0]["verdict"] == "cannot tell"
    assert "copy" in claims[0]["reason"]
