"""B-5b on simulated retrieval: a planted band holds, a flat model and a falling one do not."""

import numpy as np
import pytest

from neuroglot.analyses.concept_band import (
    BAG,
    TWIN,
    Found,
    above_both_sides,
    band_rows,
    chosen_band,
    concept_layers_claim,
    longest_run,
)

LAYERS, TASKS = 24, 120
LEVELS = tuple(range(-1, LAYERS))
MIDDLE = range(8, 15)


def drawn(rng, chance):
    """Shares of eight tries that find their match, [level, task]; some tasks are easier."""
    easy = rng.normal(0, 0.1, TASKS)
    return rng.binomial(8, np.clip(chance[:, None] + easy, 0, 1)) / 8


def world(seed, shape, *, twin=0.1, bag=0.2, syntax=True):
    rng = np.random.default_rng(seed)
    levels = len(LEVELS)
    chance = np.full(levels, 0.4)
    if shape == "band":
        chance[[n + 1 for n in MIDDLE]] = 0.7
    elif shape == "falling":
        chance = np.linspace(0.8, 0.3, levels)
    others = {TWIN: drawn(rng, np.full(levels, twin)), BAG: drawn(rng, np.array([bag]))}
    probe = None
    if syntax:
        mean = np.full(levels, 0.6)
        mean[[n + 1 for n in MIDDLE]] = 0.5
        probe = np.clip(mean[:, None] + rng.normal(0, 0.1, (levels, TASKS)), 0, 1)
    return Found(drawn(rng, chance), LEVELS, others, probe)


def verdict(found, seed=0):
    claims, parts = concept_layers_claim(found, resamples=200, seed=seed)
    return claims[0], parts


def test_a_planted_band_is_found_and_holds():
    found = world(0, "band")
    claim, parts = verdict(found)
    assert claim["verdict"] == "holds", claim["reason"]
    rows = band_rows(found.quality, LEVELS, corpus="x", site="y", resamples=50, seed=0)
    first, last = rows[0]["start"], rows[0]["end"]
    assert [row["layer"] for row in rows] == list(LEVELS)
    assert all(row["share"] == 0 for row in rows if row["layer"] not in MIDDLE)
    # The seven are equal: which of them are within a standard error moves with the tasks.
    assert max(row["share"] for row in rows) > 0.5
    # Within a standard error of the best: part of the seven planted ones at least.
    assert first >= 8 and last <= 14 and last - first >= 3
    assert 0.15 < claim["value"] < 0.35
    assert {part["name"] for part in parts if part["kind"] == "null"} == {
        TWIN,
        "shifted layers",
        BAG,
    }
    assert all(part["passed"] for part in parts if part["kind"] != "arm")


def test_twenty_planted_bands_hold_almost_always():
    held = [verdict(world(seed, "band"), seed)[0]["verdict"] == "holds" for seed in range(20)]
    assert sum(held) >= 18


@pytest.mark.parametrize("shape", ["flat", "falling"])
def test_models_without_a_band_hold_almost_never(shape):
    held = [verdict(world(seed, shape), seed)[0]["verdict"] == "holds" for seed in range(50)]
    assert sum(held) <= 6


def test_a_band_that_the_text_explains_does_not_hold():
    claim, _ = verdict(world(1, "band", bag=0.75))
    assert claim["verdict"] == "cannot tell" and BAG in claim["reason"]
    claim, _ = verdict(world(1, "band", syntax=False))
    assert claim["verdict"] == "cannot tell" and "no probe was trained" in claim["reason"]


def test_a_band_at_the_edge_has_no_middle():
    found = world(2, "falling")
    assert chosen_band(found.quality, np.ones(TASKS))[0] == 0
    claim, _ = verdict(found)
    assert claim["verdict"] == "does not hold" and "there is no middle" in claim["reason"]


def test_few_tasks_or_layers_shut_the_gate():
    found = world(0, "band")
    few = Found(found.quality[:, :9], LEVELS, {k: v[:, :9] for k, v in found.others.items()})
    claim, _ = verdict(few)
    assert claim["verdict"] == "cannot tell" and claim["reason"].startswith("gate: tasks")


def test_runs_by_hand():
    assert longest_run(np.array([0.1, 0.5, 0.5, 0.2, 0.6]), 0.15) == (1, 2)
    assert longest_run(np.array([0.5, 0.1, 0.6, 0.1, 0.5]), 0.2) == (2, 2)
    assert longest_run(np.array([0.1, 0.2, 0.9]), 0.0) == (2, 2)
    assert above_both_sides(np.array([0.1, 0.3, 0.9, 0.7, 0.2]), (2, 3)) == pytest.approx(0.6)
    assert np.isnan(above_both_sides(np.array([0.9, 0.1]), (0, 0)))
    quality = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert chosen_band(quality, np.array([1.0, 1.0, 0.0])) == (1, 1)
    assert chosen_band(quality, np.array([0.0, 0.0, 1.0])) == (0, 0)
