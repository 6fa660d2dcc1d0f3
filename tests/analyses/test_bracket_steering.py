"""Choices on dev, the control of constants, and claim C-8 with its calibration."""

from dataclasses import replace

import numpy as np
import pytest

from analyses.bracket_worlds import CLOSING, asked, noise
from neuroglot.analyses.bracket_steering import (
    Choice,
    Steered,
    accuracy_of,
    best_choice,
    best_shift,
    counts_with_room,
    shifted,
    steering_claim,
)
from neuroglot.analyses.trained_passes import PassChange

DEV = asked(train=0, dev=6, test=0)
TEST = asked(train=0, dev=0, test=12)


def right(world, shares, draw):
    """Right with these probabilities, by count."""
    return draw.random(len(world.k)) < np.array([shares[k] for k in world.k])


def test_the_best_choice_is_the_least_of_equals():
    all_right, none = np.ones(len(DEV.k), bool), np.zeros(len(DEV.k), bool)
    tried = {
        Choice(20, 1.2): all_right,
        Choice(5, 1.5): all_right,
        Choice(5, 1.2): none,
        Choice(5, 1.8): all_right,
    }
    assert best_choice(DEV, tried) == Choice(5, 1.5)
    tried[Choice(5, 1.2)] = DEV.k == 4
    assert best_choice(DEV, tried, k=4) == Choice(5, 1.2)
    # One count is one vote, however many prompts it has.
    uneven = asked(train=0, dev=3, test=0)
    only = np.arange(len(uneven.k)) < 30
    assert np.nanmean(accuracy_of(uneven, only)) == pytest.approx(
        np.mean([only[uneven.k == k].mean() for k in uneven.counts])
    )


def test_counts_with_room_are_neither_lost_nor_won():
    shares = {1: 1.0, 2: 0.5, 3: 0.0, 4: 0.75}
    hits = np.zeros(len(DEV.k), bool)
    for k, share in shares.items():
        own = np.flatnonzero(DEV.k == k)
        hits[own[: int(share * len(own))]] = True
    assert counts_with_room(DEV, hits) == (2, 4)


def test_constants_find_what_a_shift_alone_can_mend():
    draw = noise(1)
    logits = draw.normal(0, 0.1, (len(DEV.k), 4))
    logits[np.arange(len(DEV.k)), DEV.right] += 3
    logits += np.array([4.0, 0, 0, -5])
    other = np.full(len(DEV.k), 1.0)
    nothing = shifted(logits, other, np.zeros(4), DEV.right)
    shift = best_shift(DEV, logits, other)
    assert nothing.mean() < 0.5
    assert shifted(logits, other, shift, DEV.right).all()
    # What is right already stays as it is.
    assert best_shift(DEV, logits + shift, other).tolist() == [0, 0, 0, 0]


def world(draw, *, clean, steered, constants=0.0, bottom=0.0, random=0.0, cost=0.0, draws=19):
    """Test prompts where steering adds so much, over whoever else adds something."""
    base = dict.fromkeys(TEST.counts, clean)

    def arm(more):
        start = right(TEST, base, draw) if more is None else found_clean
        gained = draw.random(len(TEST.k)) < max(more or 0, 0) / (1 - clean)
        return start | gained

    found_clean = right(TEST, base, draw)
    texts = 30
    nats = draw.uniform(200, 400, texts)
    return Steered(
        clean=found_clean,
        steered=arm(steered),
        bottom=arm(bottom),
        shifted=arm(constants),
        random=np.array([arm(random) for _ in range(draws)]),
        nats=nats + 500 * (cost + draw.normal(0, 0.001, texts)),
        nats_clean=nats,
        bytes=np.full(texts, 500),
        cluster=np.arange(texts) // 2,
    )


def c_8(found, seed=0, **changes):
    claims, parts = steering_claim(
        TEST,
        found,
        **{"room": TEST.counts, "closing": CLOSING, "resamples": 100, "seed": seed} | changes,
    )
    return claims[0], {row["name"]: row for row in parts}


def test_a_gain_beyond_every_control_and_free_of_cost_holds():
    claim, parts = c_8(world(noise(2), clean=0.5, steered=0.3))
    assert claim["verdict"] == "holds"
    assert parts["random heads of the same layers"]["p"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"constants": 0.4}, "constants"),
        ({"bottom": 0.4}, "last heads"),
        ({"random": 0.4}, "random heads"),
        ({"cost": 0.05}, "cost"),
        ({"draws": 5}, "19 wanted"),
    ],
)
def test_each_control_can_take_it_back(changes, said):
    claim, _ = c_8(world(noise(3), clean=0.5, steered=0.3, **changes))
    assert claim["verdict"] == "cannot tell"
    assert said in claim["reason"]


def test_no_gain_does_not_hold_and_no_room_cannot_tell():
    claim, _ = c_8(world(noise(4), clean=0.5, steered=0.0))
    assert claim["verdict"] == "does not hold"
    claim, _ = c_8(world(noise(4), clean=0.5, steered=0.3), room=())
    assert (claim["verdict"], "of dev 0" in claim["reason"]) == ("cannot tell", True)
    claim, _ = c_8(None)
    assert "heads that pass a count 0" in claim["reason"]


def test_a_constant_bias_never_holds_a_chance_hardly_ever_and_twice_the_margin_does():
    """Steering that does what constants do, prompt by prompt or as often; nothing; a real gain."""
    held = {"bias": 0, "as often": 0, "nothing": 0, "gain": 0}
    for seed in range(50):
        draw = noise(300 + seed)
        gain = world(draw, clean=0.5, steered=0.15)
        worlds = {
            "bias": replace(gain, shifted=gain.steered),
            "as often": world(draw, clean=0.5, steered=0.2, constants=0.2),
            "nothing": world(draw, clean=0.5, steered=0.0),
            "gain": gain,
        }
        for name, found in worlds.items():
            held[name] += c_8(found, seed, resamples=60)[0]["verdict"] == "holds"
    assert held["bias"] == held["nothing"] == 0
    assert held["as often"] <= 6
    assert held["gain"] >= 45


def test_programs_that_pass_are_told_and_decide_nothing():
    found = world(noise(2), clean=0.5, steered=0.3)
    passes = PassChange(0.5, 0.25, np.array([-0.25, -0.5, 0.0]), 2, "family")
    claim, parts = c_8(replace(found, passes=passes))
    plain, others = c_8(found)
    assert claim == plain
    assert parts["programs that pass as it is"]["value"] == 0.5
    change = parts["programs that pass, change when amplified"]
    assert (change["value"], change["kind"]) == (-0.25, "arm")
    assert -0.5 <= change["low"] < change["high"] <= 0
    assert set(parts) - set(others) == {
        "programs that pass as it is",
        "programs that pass, change when amplified",
    }
