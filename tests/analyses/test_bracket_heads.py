"""Heads that follow closed calls (C-5), sound units (C-7), and what is never taken for them."""

import numpy as np
import pytest

from analyses.bracket_worlds import CLOSING, asked, noise
from analyses.test_bracket_units import counted, peaked
from neuroglot.analyses.bracket_heads import followed, sound_claim, tracking_claim
from neuroglot.analyses.bracket_units import text_scores
from neuroglot.analyses.verdicts import gate

DRAWN = {"resamples": 100, "seed": 3}
SEEDS = range(50)


def follows(world, surely, draw):
    """A head that prefers as many closers as calls are closed, else any."""
    own = np.clip(world.closed - 1, 0, 3)
    return np.where(draw.random(len(own)) < surely, own, draw.integers(0, 4, len(own)))


def positional(world, draw):
    """Heads that go by template, length and number of missing closers, and by chance."""
    by_length = draw.integers(0, 4, 100)[world.length]
    by_template = draw.integers(0, 4, 40)[world.template]
    by_count = draw.integers(0, 4, 4)[world.right]
    constant = np.full(len(world.k), int(draw.integers(0, 4)))
    chance = draw.integers(0, 4, len(world.k))
    return [by_length, by_template, by_count, constant, chance]


def c_5(world, heads, *, seed=0, closing=CLOSING, permutations=99):
    preferred = np.stack(heads, axis=1)
    found = followed(world, preferred, permutations=permutations, seed=seed)
    claims, parts = tracking_claim(
        world,
        preferred,
        found,
        names=[f"L0H{n}" for n in range(len(heads))],
        closing=closing,
        **DRAWN,
    )
    return claims[0], parts


def test_a_head_that_follows_is_found_and_named():
    world, draw = asked(), noise(1)
    claim, parts = c_5(world, [*positional(world, draw), follows(world, 1.0, draw)])
    assert claim["verdict"] == "holds"
    assert "L0H5" in claim["reason"]
    assert claim["value"] == 1 and claim["p"] == pytest.approx(0.01)
    told = {row["name"]: row["value"] for row in parts}
    assert told["heads that reach 0.7 where chosen"] == 1


def test_a_loose_head_does_not_hold_and_one_that_fails_elsewhere_neither():
    world, draw = asked(), noise(2)
    claim, _ = c_5(world, [follows(world, 0.6, draw)])
    assert claim["verdict"] == "does not hold"
    here = follows(world, 1.0, draw)
    here[world.split == "test"] = 0
    claim, _ = c_5(world, [here])
    assert claim["verdict"] == "does not hold"


def test_c_5_wants_the_gate_templates_to_judge_on_and_one_to_three_closers():
    draw = noise(3)
    world = asked(test=4)
    assert "at least 10" in c_5(world, [follows(world, 1.0, draw)])[0]["reason"]
    world = asked()
    failed = gate("closes", 0.2, least=0.7)
    claim, _ = c_5(world, [follows(world, 1.0, draw)], closing=failed)
    assert (claim["verdict"], "gate: closes" in claim["reason"]) == ("cannot tell", True)
    few = asked(counts=(1, 2))
    claim, _ = c_5(few, [np.clip(follows(few, 1.0, draw), 0, 1)])
    assert "not all one token" in claim["reason"]


def test_position_constants_and_chance_are_never_taken_for_following():
    held = 0
    for seed in SEEDS:
        world = asked()
        claim, _ = c_5(world, positional(world, noise(100 + seed)), seed=seed, permutations=19)
        held += claim["verdict"] == "holds"
    assert held == 0


def test_a_sure_head_is_found_nearly_always():
    held = 0
    for seed in SEEDS:
        world, draw = asked(), noise(200 + seed)
        heads = [*positional(world, draw), follows(world, 0.99, draw)]
        held += c_5(world, heads, seed=seed, permutations=39)[0]["verdict"] == "holds"
    assert held >= 45


def promoting(world, draw, *, broad):
    """A unit whose largest logit is the right closers', `broad`: with others close behind."""
    logits = 2 * peaked(world.right) + draw.normal(0, 0.05, (len(world.k), 4))
    if broad:
        logits = np.where(logits < 0, 1.2 + draw.normal(0, 0.05, logits.shape), logits)
    return logits


def c_7(world, logits, *, n_units=200, seed=0):
    answers, counts = counted(world, logits)
    claims, parts = sound_claim(
        world,
        answers,
        counts,
        n_units=n_units,
        closing=CLOSING,
        permutations=39,
        resamples=60,
        seed=seed,
    )
    return claims[0], {row["name"]: row for row in parts}


def test_few_units_of_high_recall_and_low_precision_hold():
    world, draw = asked(dev=0, test=0), noise(4)
    chance = [draw.normal(size=(len(world.k), 4)) for _ in range(5)]
    broad = np.stack([*chance, promoting(world, draw, broad=True)], axis=1)
    claim, parts = c_7(world, broad)
    assert claim["verdict"] == "holds"
    assert parts["sound heads and neurons"]["value"] == 1
    sharp = np.stack([*chance, promoting(world, draw, broad=False)], axis=1)
    assert c_7(world, sharp)[0]["verdict"] == "does not hold"
    # The same units are many where there are hardly any others.
    crowded, parts = c_7(world, broad, n_units=6)
    assert crowded["verdict"] == "cannot tell"
    assert "share of all" in crowded["reason"]


def test_without_a_sound_unit_nothing_can_be_told():
    world, draw = asked(dev=0, test=0), noise(5)
    constant = np.stack([peaked(np.full(len(world.k), n)) for n in range(4)], axis=1)
    claim, _ = c_7(world, constant)
    assert claim["verdict"] == "cannot tell"
    held = sum(
        c_7(world, draw.normal(size=(len(world.k), 8, 4)), seed=seed)[0]["verdict"] == "holds"
        for seed in range(10)
    )
    assert held == 0


def test_the_planted_scores_are_what_the_claim_says():
    world, draw = asked(dev=0, test=0), noise(6)
    logits = promoting(world, draw, broad=True)[:, None]
    _, counts = counted(world, logits)
    scores = text_scores(counts.promotion())
    claim, _ = c_7(world, logits)
    assert claim["value"] == pytest.approx(scores.recall[0] - scores.precision[0])
