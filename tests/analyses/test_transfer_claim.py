"""Claim B-8 on simulated scores: a band that gains holds, luck and doubtful set-ups do not."""

import numpy as np
import pytest

from neuroglot.analyses.transfer_claim import RIVALS, Transfer, transfer_claims

FAMILIES, EACH = 12, 10


def simulated(
    seed, *, band=2.0, rivals=0.0, base=-4.0, shuffled=0.0, seeds=5, free=True, luck_of_seed=0.3
):
    """Scores about 30: items differ, families differ, each training has luck of its own."""
    rng = np.random.default_rng([seed, 8])
    family = np.repeat(np.arange(FAMILIES), EACH)
    item = rng.normal(30, 8, len(family)) + rng.normal(0, 3, FAMILIES)[family]

    def scores(gain, rows):
        luck = rng.normal(0, luck_of_seed, (rows, 1))
        return item + gain + luck + rng.normal(0, 1, (rows, len(family)))

    found = {"band": scores(band, seeds), "base": scores(base, 1)}
    found |= {name: scores(rivals, seeds) for name in RIVALS}
    found["shuffled"] = scores(shuffled, seeds)
    return Transfer(found, family, free)


def verdict(found, seed=0):
    (_, claim), parts = transfer_claims({1000: found}, resamples=200, seed=seed)
    return claim, parts


def test_a_band_that_gains_holds():
    claim, parts = verdict(simulated(0))
    assert claim["verdict"] == "holds", claim["reason"]
    assert claim["scope"] == "1,000 examples"
    assert claim["unit"] == "program family"
    assert claim["n"] == FAMILIES
    assert {part["name"] for part in parts if part["kind"] == "arm"} == {
        *RIVALS,
        "band",
        "base",
        "shuffled",
    }


def test_all_sizes_have_one_verdict():
    gains, not_yet, two = simulated(0), simulated(0, band=0.0), simulated(0, seeds=2)
    said = {
        (100, gains): ("holds", "every size"),
        (100, not_yet): ("holds", "1,000 examples alone"),
    }
    for (size, found), (decided, reason) in said.items():
        (whole, *each), _ = transfer_claims({size: found, 1000: gains}, resamples=200, seed=0)
        assert (whole["scope"], whole["verdict"], whole["reason"]) == ("overall", decided, reason)
        assert [claim["scope"] for claim in each] == ["100 examples", "1,000 examples"]
    (whole, *_), _ = transfer_claims({100: two, 1000: two}, resamples=200, seed=0)
    assert whole["verdict"] == "cannot tell"
    assert "seeds 2" in whole["reason"]
    (whole, *_), _ = transfer_claims({100: two, 1000: not_yet}, resamples=200, seed=0)
    assert whole["reason"] == "100 examples: cannot tell; 1,000 examples: does not hold"


def test_the_value_is_the_mean_less_the_best_rivals_mean():
    found = simulated(1)
    claim, _ = verdict(found)
    best = max(found.scores[name].mean() for name in RIVALS)
    assert claim["value"] == pytest.approx(found.scores["band"].mean() - best)


def holding(**simulation):
    """In how many of 50 simulations the claim holds."""
    found = [simulated(n, **simulation) for n in range(50)]
    return sum(verdict(each, n)[0]["verdict"] == "holds" for n, each in enumerate(found))


def test_twice_the_margin_is_found():
    assert holding(band=1.0, luck_of_seed=0.1) >= 45


@pytest.mark.parametrize("luck", [0.1, 0.3, 1.0])
def test_a_band_that_gains_nothing_hardly_ever_holds(luck):
    assert holding(band=0.0, luck_of_seed=luck) <= 6


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"seeds": 3}, "seeds 3"),
        ({"base": 3.0}, "gain of a single stage"),
        ({"free": False}, "absent from the first stage"),
        ({"shuffled": 2.0}, "foreign summaries"),
    ],
)
def test_what_is_in_doubt_is_not_told(changed, word):
    claim, _ = verdict(simulated(0, **changed))
    assert claim["verdict"] == "cannot tell"
    assert word in claim["reason"]


def test_an_arm_that_was_not_run_is_named():
    found = simulated(0)
    del found.scores["high"]
    claim, _ = verdict(found)
    assert claim["verdict"] == "cannot tell"
    assert "high (arm not run)" in claim["reason"]


def test_scores_of_other_items_are_refused():
    with pytest.raises(ValueError, match="scores of band"):
        Transfer({"band": np.zeros((2, 3))}, np.arange(4), True)
