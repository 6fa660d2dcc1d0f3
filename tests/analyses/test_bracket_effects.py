"""Shares moved by patches, changes without components, roles, and claim C-6."""

import numpy as np
import pytest

from analyses.bracket_worlds import CLOSING, asked, noise
from analyses.test_bracket_depth import pairs_of
from neuroglot.analyses.bracket_effects import (
    PairEffects,
    Removed,
    RoleEvidence,
    Swapped,
    agreement,
    help_or_hurt_claim,
    kept_and_left,
    overall_shares,
    removed_rows,
    roles_of,
    share_rows,
)

DRAWN = {"resamples": 100, "seed": 3}


def effects(world, shares):
    """Patches that move these shares of every pair's difference."""
    pairs, draw = pairs_of(world), noise(1)
    clean = draw.uniform(2, 5, len(pairs))
    against = -draw.uniform(2, 5, len(pairs))
    patched = np.stack([clean - share * (clean - against) for share in shares])
    places = tuple(("head", 0, head) for head in range(len(shares)))
    near = patched - clean
    return PairEffects(places, "last", pairs, clean, against, patched, near)


def test_a_share_is_what_the_patch_moves_whichever_way_it_is_read():
    world = asked(train=3, dev=0, test=0)
    rows = share_rows(world, effects(world, [0.0, 0.3, 1.0]), resamples=20, seed=0)
    for row in rows:
        assert row["effect"] == pytest.approx([0.0, 0.3, 1.0][row["head"]])
        if row["direction"] == "noising":
            assert row["approximation"] == pytest.approx(row["effect"])
    keys = [(r["head"], r["k"], r["counterfactual"], r["direction"]) for r in rows]
    assert len(set(keys)) == len(keys) == 3 * 2 * (3 + 1) * 2
    # The least count has no pair with less, the largest none with more.
    assert not [r for r in rows if (r["k"], r["counterfactual"]) in ((1, "k-1"), (4, "k+1"))]


def test_noising_one_count_is_denoising_the_other():
    world = asked(train=3, dev=0, test=0)
    found = effects(world, [0.3])
    draw = noise(2)
    uneven = PairEffects(
        found.places,
        "last",
        found.pairs,
        found.clean,
        found.counterfactual,
        found.patched + draw.normal(size=found.patched.shape),
    )
    rows = share_rows(world, uneven, resamples=5, seed=0)
    value = {(r["k"], r["counterfactual"], r["direction"]): r["effect"] for r in rows}
    for k in (1, 2, 3):
        assert value[k, "k+1", "denoising"] == value[k + 1, "k-1", "noising"]
    once = np.ones((1, len(world.k)))
    whole = uneven.noised.sum() / uneven.whole.sum()
    assert overall_shares(world, uneven, once)[0, 0] == pytest.approx(whole)


def test_removed_rows_are_means_over_the_prompts_that_were_run():
    world = asked(train=3, dev=0, test=0)
    prompts = np.array([1, 5, 20, 40])
    change = noise(3).normal(size=(2, 4))
    removed = Removed((("head", 0, 0), ("mlp", 1, -1)), "mean", "last", prompts, change)
    rows = removed_rows(world, removed, resamples=20, seed=0)
    assert [row["effect"] for row in rows] == pytest.approx(change.mean(axis=1).tolist())
    assert all(row["low"] <= row["effect"] <= row["high"] for row in rows)


def swapped(world, total, direct, *, followers=(True, True, False, False), noisy=0.2, seed=0):
    """Heads of one layer with these mean effects."""
    draw = noise(seed)
    prompts = np.flatnonzero(world.closed != world.k)
    each = np.stack([value + draw.normal(0, noisy, len(prompts)) for value in total])
    own = np.stack([value + draw.normal(0, noisy, len(prompts)) for value in direct])
    names = tuple(f"L3H{n}" for n in range(len(total)))
    return Swapped(prompts, names, np.full(len(total), 3), np.array(followers), each, own)


def c_6(world, found, seed=3):
    claims, parts = help_or_hurt_claim(world, found, closing=CLOSING, resamples=100, seed=seed)
    return {row["scope"]: row for row in claims}, parts


def test_both_kinds_hold_and_one_alone_is_named():
    world = asked()
    claims, _ = c_6(world, swapped(world, [-0.6, 0.6, 0, 0], [-0.5, 0.5, 0, 0]))
    assert claims["overall"]["verdict"] == "holds"
    assert claims["overall"]["reason"] == "L3H0 helps; L3H1 hurts"
    claims, _ = c_6(world, swapped(world, [-0.6, -0.6, 0, 0], [-0.5, -0.5, 0, 0]))
    assert claims["overall"]["verdict"] == "cannot tell"
    assert "one kind alone: L3H0, L3H1 helps" in claims["overall"]["reason"]


def test_the_direct_effect_has_to_agree_and_other_heads_must_do_less():
    world = asked()
    claims, _ = c_6(world, swapped(world, [-0.6, 0.6, 0, 0], [0.5, 0.5, 0, 0]))
    assert (claims["L3H0"]["verdict"], claims["L3H1"]["verdict"]) == ("cannot tell", "holds")
    claims, _ = c_6(world, swapped(world, [-0.6, 0.6, 0.7, -0.7], [-0.5, 0.5, 0, 0]))
    assert claims["overall"]["verdict"] == "cannot tell"


def test_without_followers_the_gate_says_so():
    world = asked()
    claims, _ = c_6(world, swapped(world, [0, 0], [0, 0], followers=(False, False)))
    assert list(claims) == ["overall"]
    assert "heads that follow closed calls 0" in claims["overall"]["reason"]


def test_c_6_is_calibrated():
    """Nothing is hardly ever taken for help and harm; twice the spread of a prompt always is."""
    world = asked()
    held = {0.0: 0, 0.6: 0}
    for size in held:
        for seed in range(50):
            found = swapped(world, [-size, size, 0, 0], [-size, size, 0, 0], noisy=0.6, seed=seed)
            held[size] += c_6(world, found, seed)[0]["overall"]["verdict"] == "holds"
    assert held[0.0] <= 1
    assert held[0.6] >= 45


def test_roles_are_told_from_what_is_known():
    nothing = RoleEvidence(0, 0, float("nan"), 0.0, 0.4)
    assert roles_of(nothing, lead=1.0) == ""
    assert roles_of(RoleEvidence(4, 4, 0.99, 0.1, 0.25), lead=1.0) == "promoting, counting"
    assert roles_of(RoleEvidence(0, 0, -0.8, 0.9, 0.4), lead=1.0) == "counting, tracking"
    assert roles_of(RoleEvidence(0, 1, 0.0, 0.0, 1.0), lead=1.0) == "constant"
    against = {"direct": (-0.5, -0.6, -0.4), "ablation": (0.3, 0.2, 0.4)}
    assert roles_of(RoleEvidence(0, 0, 0.0, 0.0, 0.3, **against), lead=1.0) == "misleading"
    assert roles_of(RoleEvidence(0, 0, 0.0, 0.0, 0.3, **against), lead=20.0) == ""


def test_sets_keep_and_leave_shares_of_the_difference():
    clean, against = np.array([2.0, 4.0]), np.array([-2.0, 0.0])
    lead = {"kept": np.stack([against, clean]), "left": np.stack([clean, clean - 2])}
    found = kept_and_left(lead, clean, against)
    assert found["kept"].tolist() == [0, 1]
    assert found["left"].tolist() == [1, 0.5]
    assert np.isnan(agreement(np.ones(5), np.arange(5.0)))
    assert agreement(np.arange(5.0), 3 * np.arange(5.0) + 1) == pytest.approx(1)
