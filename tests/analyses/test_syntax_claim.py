"""B-5a on simulated probes: what falls from bottom to middle holds, and nothing else does."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from neuroglot.analyses.concept_band import Found, concept_layers_claim
from neuroglot.analyses.probe_counts import (
    CONTROL,
    FEATURES,
    HIDDEN,
    MAJORITY,
    TOKEN,
    UNTRAINED,
    UNTRAINED_CONTROL,
    ProbeCounts,
    TargetCounts,
    syntax_of_tasks,
)
from neuroglot.analyses.syntax_claim import RULE, lower_layers_claim, without_probes

LAYERS, TOKENS = 12, 3_000
KINDS = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
SAME_TOKEN = 0.7
"""How much a token that is hard at one layer is hard at all of them."""
CURVES = {HIDDEN: 0.7, MAJORITY: 0.2, TOKEN: 0.4, CONTROL: 0.4, UNTRAINED: 0.5}


def falling(by, start):
    """A curve over the embedding and the layers whose middle lies lower than its bottom."""
    middle = (np.arange(LAYERS) + 0.5) / LAYERS >= 1 / 4
    return start - by * np.concatenate([[False], middle])


def counts(rng, shares, falls, tasks):
    """Counts of one target whose curves fall by so much; tasks are of different ease."""
    task = np.arange(TOKENS) % tasks
    shape = (len(FEATURES), tasks, len(shares))
    rows, correct = np.zeros(shape, np.int64), np.zeros((LAYERS + 1, *shape), np.int64)
    ease = rng.normal(0, 0.2, tasks)[task]
    for at, name in enumerate(FEATURES):
        classes = rng.choice(len(shares), TOKENS, p=shares)
        np.add.at(rows[at], (task, classes), 1)
        own = rng.normal(size=TOKENS)
        start = CURVES.get(name, CURVES[CONTROL])
        for level, chance in enumerate(falling(falls.get(name, 0), start)):
            noise = np.sqrt(SAME_TOKEN) * own + np.sqrt(1 - SAME_TOKEN) * rng.normal(size=TOKENS)
            right = noise < ndtri(chance) + ease
            np.add.at(correct[level, at], (task[right], classes[right]), 1)
    return TargetCounts(tuple(map(str, range(len(shares)))), rows, correct, correct)


def world(seed, ast=None, language=None, *, tasks=30, languages=6):
    rng = np.random.default_rng(seed)
    targets = {
        "ast": counts(rng, KINDS, ast or {}, tasks),
        "language": counts(rng, np.full(languages, 1 / languages), language or {}, tasks),
    }
    names = tuple(f"task {n}" for n in range(tasks))
    return ProbeCounts(tuple(range(-1, LAYERS)), names, FEATURES, targets)


def verdicts(found, seed=0):
    claims, parts = lower_layers_claim(found, resamples=200, seed=seed)
    return {row["scope"]: row for row in claims}, parts


def held(seeds, *falls, tasks=30):
    """How many of so many worlds hold."""
    found = [
        verdicts(world(seed, *falls, tasks=tasks), seed)[0]["overall"]["verdict"] == "holds"
        for seed in range(seeds)
    ]
    return sum(found)


TWICE = {HIDDEN: 2 * RULE.margin}


def test_a_planted_fall_holds_and_is_measured():
    by_scope, parts = verdicts(world(0, {HIDDEN: 0.15}, {HIDDEN: 0.2}))
    assert {row["verdict"] for row in by_scope.values()} == {"holds"}, by_scope["overall"]["reason"]
    assert by_scope["ast"]["value"] == pytest.approx(0.15, abs=0.03)
    assert by_scope["language"]["value"] == pytest.approx(0.2, abs=0.03)
    smaller = min(by_scope["ast"]["value"], by_scope["language"]["value"])
    assert by_scope["overall"]["value"] == smaller
    judged = [part for part in parts if part["kind"] != "arm"]
    assert all(part["passed"] for part in judged)
    for scope in ("ast", "language"):
        own = [part for part in judged if (part["scope"], part["kind"]) == (scope, "null")]
        assert {part["name"] for part in own} == set(RULE.nulls)


def test_twice_the_margin_at_the_fewest_tasks_holds_almost_always():
    assert held(50, TWICE, TWICE, tasks=RULE.minimum) >= 45


@pytest.mark.parametrize(
    "falls",
    [
        ({}, {}),
        # As an untrained model does: both fall, and the twin as far.
        ({HIDDEN: 0.1, UNTRAINED: 0.1}, {HIDDEN: 0.1, UNTRAINED: 0.1}),
        # What is learned by heart falls as far.
        ({HIDDEN: 0.1, CONTROL: 0.1}, {HIDDEN: 0.1, CONTROL: 0.1}),
        ({HIDDEN: -0.1}, {HIDDEN: 0.1}),
        ({HIDDEN: 0.1}, {}),
    ],
    ids=["flat", "untrained", "by heart", "language alone", "syntax alone"],
)
def test_nothing_holds_almost_never(falls):
    assert held(50, *falls) <= 6


def test_what_rises_does_not_hold():
    by_scope, _ = verdicts(world(0, {HIDDEN: -0.1}, {HIDDEN: 0.15}))
    assert by_scope["ast"]["verdict"] == "does not hold"
    assert by_scope["language"]["verdict"] == "holds"
    assert by_scope["overall"]["verdict"] == "does not hold"


def test_the_twins_own_control_counts():
    # What the twin's probe loses is what it could learn by heart: its syntax does not fall.
    fall = {HIDDEN: 0.12, UNTRAINED: 0.12, UNTRAINED_CONTROL: 0.12}
    by_scope, _ = verdicts(world(1, fall, {HIDDEN: 0.2}))
    assert by_scope["ast"]["verdict"] == "holds", by_scope["ast"]["reason"]


def test_bottom_layers_that_tell_no_more_than_the_token_do_not_hold():
    found = world(0, {HIDDEN: 0.15}, {HIDDEN: 0.2})
    own = found.targets["language"]
    correct, rows = own.correct.copy(), own.rows.copy()
    token, hidden = FEATURES.index(TOKEN), FEATURES.index(HIDDEN)
    correct[:, token], rows[token] = own.correct[1, hidden], own.rows[hidden]
    language = replace(own, correct=correct, rows=rows)
    by_scope, _ = verdicts(replace(found, targets={**found.targets, "language": language}))
    assert by_scope["ast"]["verdict"] == "holds"
    assert by_scope["overall"]["verdict"] == "cannot tell"
    assert by_scope["overall"]["reason"].startswith("not passed: the token's identity (language)")


def test_without_the_twin_nothing_holds():
    found = world(0, {HIDDEN: 0.15}, {HIDDEN: 0.2})
    n = FEATURES.index(UNTRAINED)
    targets = {
        name: TargetCounts(own.classes, own.rows[:n], own.said[:, :n], own.correct[:, :n])
        for name, own in found.targets.items()
    }
    by_scope, _ = verdicts(replace(found, features=FEATURES[:n], targets=targets))
    assert by_scope["overall"]["verdict"] == "cannot tell"
    assert "the untrained twin (ast) (not run in this profile)" in by_scope["overall"]["reason"]


def test_few_tasks_languages_or_layers_shut_the_gate():
    by_scope, _ = verdicts(world(0, TWICE, TWICE, tasks=RULE.minimum - 1))
    assert by_scope["overall"]["verdict"] == "cannot tell"
    assert f"at least {RULE.minimum} wanted" in by_scope["overall"]["reason"]
    by_scope, _ = verdicts(world(0, {HIDDEN: 0.15}, {HIDDEN: 0.2}, languages=4))
    assert by_scope["overall"]["reason"] == "gate: languages 4, at least 5 wanted"
    found = world(0, {HIDDEN: 0.15}, {HIDDEN: 0.2})
    for n_layers in (1, 3, 7):
        targets = {
            name: replace(own, said=own.said[: n_layers + 1], correct=own.correct[: n_layers + 1])
            for name, own in found.targets.items()
        }
        by_scope, _ = verdicts(replace(found, levels=found.levels[: n_layers + 1], targets=targets))
        assert by_scope["overall"]["reason"].startswith(f"gate: layers {n_layers}")


def test_without_probes_nothing_can_be_told():
    (claim,), parts = without_probes("why not")
    assert (claim["id"], claim["verdict"], claim["reason"]) == ("B-5a", "cannot tell", "why not")
    assert claim["value"] is None and claim["n"] == 0 and not parts


def test_syntax_that_falls_is_what_b_5b_asks_for():
    found = world(0, {HIDDEN: 0.15})
    quality = np.full((LAYERS + 1, len(found.tasks)), 0.2)
    quality[4:8] = 0.8
    quality += np.random.default_rng(0).normal(0, 0.05, quality.shape)
    syntax = syntax_of_tasks(found, found.tasks)
    _, parts = concept_layers_claim(Found(quality, found.levels, {}, syntax), resamples=100, seed=0)
    named = {part["name"]: part for part in parts}
    own = named["syntax is lower inside the band"]
    assert own["value"] == pytest.approx(0.15 * 4 / 9, abs=0.03) and own["passed"]
    assert named["first layer of the band"]["value"] >= 3
    assert named["last layer of the band"]["value"] <= 6
