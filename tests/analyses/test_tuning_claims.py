"""Claim B-6 on simulated trainings: F(g) by hand, and how often the verdicts are wrong."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.forgetting import Paths, finetune_rows, forgetting, paths_of
from neuroglot.analyses.tuning_claims import AGAINST, ARMS, forgets_less
from neuroglot.base.errors import RunError

LABELS = ("go", "java", "javascript", "python", "ruby")
LOOKS, FAMILIES = 8, 12


def trained(rng, target, cost, *, seeds=5, resamples=200, families=FAMILIES):
    """Ways to one target: arms gain alike at first, and cost other languages `cost[arm]` of it."""
    k = LABELS.index(target)
    bytes_ = np.full((len(LABELS), families), 2_000.0)
    ease = rng.lognormal(0, 0.3, (len(LABELS), families))
    nats = np.zeros((len(cost), seeds, LOOKS, len(LABELS), families))
    for a, each in enumerate(cost.values()):
        speed, best = rng.uniform(0.4, 0.8), rng.uniform(0.05, 0.08)
        for s in range(seeds):
            gain = best * rng.lognormal(0, 0.1) * (1 - np.exp(-speed * np.arange(LOOKS)))
            luck = each * rng.lognormal(0, 0.3, len(LABELS))
            change = gain[:, None] * luck
            change[:, k] = -gain
            step = rng.normal(0, 0.002, (LOOKS, len(LABELS), families))
            step[0] = 0
            nats[a, s] = 1_400 + bytes_ * (change[..., None] * ease + step)
    return Paths.drawn(
        target=target,
        arms=tuple(cost),
        languages=LABELS,
        seeds=tuple(range(seeds)),
        steps=tuple(range(0, 10 * LOOKS, 10)),
        trainable=dict.fromkeys(cost, 100),
        nats=nats,
        bytes=bytes_,
        resamples=resamples,
        seed=int(rng.integers(2**31)),
    )


def verdicts(seed, cost, **changes):
    rng = np.random.default_rng([seed, 3])
    claims, parts = forgets_less([trained(rng, label, cost, **changes) for label in LABELS])
    return {claim["scope"]: claim for claim in claims}, parts


ALIKE = dict.fromkeys(("units", "random", "other", "lora"), 0.5)
CLEAR = {"units": 0.2, "random": 0.6, "other": 0.6, "lora": 0.6}


@pytest.mark.slow
@pytest.mark.parametrize(("cost", "least", "most"), [(ALIKE, 0, 6), (CLEAR, 45, 50)])
def test_the_verdicts_hold_when_they_should(cost, least, most):
    found = {scope: Counter() for scope in (*AGAINST, "java, better than LoRA")}
    for seed in range(50):
        claims, _ = verdicts(seed, cost)
        for scope, seen in found.items():
            seen[claims[scope]["verdict"]] += 1
    assert all(least <= seen["holds"] <= most for seen in found.values()), found


def test_units_that_forget_more_do_not_hold():
    claims, _ = verdicts(0, {"units": 0.6, "random": 0.2, "other": 0.2, "lora": 0.2})
    assert {claim["verdict"] for claim in claims.values()} == {"does not hold"}


def test_each_verdict_is_decided_by_its_own_control():
    claims, _ = verdicts(0, CLEAR | {"lora": 0.02})
    assert claims["neuron-guided"]["verdict"] == "holds"
    assert claims["better than LoRA"]["verdict"] == "does not hold"
    assert (claims["overall"]["verdict"], claims["overall"]["reason"]) == (
        "holds",
        "neuron-guided alone",
    )


def test_what_was_not_run_keeps_it_from_holding():
    few, _ = verdicts(0, CLEAR, seeds=3)
    assert "at least 5 wanted" in few["neuron-guided"]["reason"]
    thin, _ = verdicts(0, CLEAR, families=8)
    assert "task families that are read 8" in thin["neuron-guided"]["reason"]
    without = {arm: cost for arm, cost in CLEAR.items() if arm != "other"}
    lacking, parts = verdicts(0, without)
    assert "other languages' units, the same difference" in lacking["neuron-guided"]["reason"]
    assert lacking["better than LoRA"]["verdict"] == "holds"
    assert {row["scope"] for row in parts} == set(lacking) - {"overall"}
    rng = np.random.default_rng(0)
    (one, own, other), _ = forgets_less([trained(rng, "go", CLEAR)])
    assert [each["scope"] for each in (one, own, other)] == [
        *("overall", "neuron-guided", "better than LoRA")
    ]
    assert "1 of 5 targets" in own["reason"]
    for paths, changes in (
        ([trained(rng, "go", {"units": 0.1})], {}),
        ([trained(rng, "go", CLEAR)], {"real": 0}),
    ):
        rows, _ = forgets_less(paths, **changes)
        assert {row["verdict"] for row in rows} == {"cannot tell"}


def test_a_target_that_gains_nothing_decides_nothing():
    rng = np.random.default_rng(1)
    one = trained(rng, "go", CLEAR)
    nats = one.nats.copy()
    nats[:, :, :, 0] = nats[:, :, :1, 0] + np.abs(rng.normal(0, 5, nats[:, :, :, 0].shape))
    _, claim, _ = forgets_less([replace(one, nats=nats)])[0]
    assert claim["verdict"] == "cannot tell" and "gain in the target" in claim["reason"]


def test_forgetting_is_read_off_a_straight_line_between_looks():
    gain = np.array([0.0, 0.1, 0.05, 0.3, 0.2])
    rise = np.stack([np.array([0.0, 0.2, 0.1, 0.5, 9.0]), np.array([0.0, -1.0, 0.4, 0.8, 9.0])], 1)
    for level, wanted in (
        (0.0, [0.0, 0.0]),
        (0.05, [0.1, -0.5]),
        (0.1, [0.2, -1.0]),
        (0.175, [0.3, 0.6]),
        (0.3, [0.5, 0.8]),
    ):
        assert forgetting(gain, rise, level=np.array(level)) == pytest.approx(np.array(wanted))


def columns_of(paths):
    rows = [
        (paths.target, arm, seed, step, label, f"family {f}", f"item {f}", 7,
         paths.bytes[k, f], paths.nats[a, s, look, k, f])
        for a, arm in enumerate(paths.arms)
        for s, seed in enumerate(paths.seeds)
        for look, step in enumerate(paths.steps)
        for k, label in enumerate(paths.languages)
        for f in range(paths.n_families)
    ]  # fmt: skip
    names = ("target", "arm", "seed", "step", "evaluated", "family", "item", "trainable", "bytes")
    return dict(zip((*names, "nll_sum"), map(list, zip(*rows, strict=True)), strict=True))


def test_the_figure_is_what_a_plain_computation_gives():
    paths = trained(np.random.default_rng(4), "java", CLEAR, seeds=2, families=3)
    columns = columns_of(paths)
    again = paths_of(columns, target="java", resamples=20)
    assert (again.arms, again.steps, again.seeds) == (paths.arms, paths.steps, paths.seeds)
    assert again.gain("units")[0] == pytest.approx(paths.gain("units")[0])
    excess = []
    for s in range(2):
        change = {}
        for a, arm in enumerate(paths.arms):
            per_byte = paths.nats[a, s].sum(axis=-1) / paths.bytes.sum(axis=-1)
            change[arm] = per_byte - per_byte[0]
        level = 0.8 * min(-change[arm][:, 1].min() for arm in ("units", "lora"))
        worst = {}
        for arm in ("units", "lora"):
            others = np.delete(change[arm], 1, axis=1)
            gains = -change[arm][:, 1]
            first = next(n for n, gain in enumerate(gains) if gain >= level)
            share = (level - gains[first - 1]) / (gains[first] - gains[first - 1])
            worst[arm] = max(others[first - 1] + share * (others[first] - others[first - 1]))
        excess.append(worst["lora"] - worst["units"])
    assert again.excess("lora", "units")[0] == pytest.approx(np.mean(excess))
    rows = finetune_rows(again)
    assert len(rows) == len(paths.arms) * 2 * LOOKS * len(LABELS)
    last = rows[-1]
    assert (last["arm"], last["evaluated"], last["step"]) == (paths.arms[-1], "ruby", 70)
    assert last["low"] <= last["change"] <= last["high"]
    columns["family"][-1] = "family 0"
    with pytest.raises(RunError, match="not all read on the same items"):
        paths_of(columns, target="java", resamples=20)


def test_the_arms_are_named_once():
    assert len(set(ARMS)) == 7 and {"units", "random", "lora"} <= set(ARMS)
