"""The decision: every way to each verdict, and how often it is wrong on simulated units."""

import numpy as np
import pytest

from neuroglot.analyses.uncertainty import permutation_p
from neuroglot.analyses.verdicts import (
    Part,
    arm,
    decide,
    drawn_null,
    gate,
    missing,
    plural,
    single_null,
    variant,
)

ABOVE = np.linspace(0.2, 0.4, 201)
PASSED = (gate("tokens", 5, least=5), drawn_null("permuted", p=0.01), variant("code", value=0.2))


def decided(parts=PASSED, **other):
    given = {"value": 0.3, "replicates": ABOVE, "margin": 0.1, "units": 20, "unit": "repository"}
    return decide(parts=parts, **(given | other))


def test_holds_above_the_margin_when_all_is_passed():
    found = decided()
    assert found.verdict == "holds"
    assert found.low > 0.1
    assert found.needed is None


def test_does_not_hold_when_the_interval_lies_below_the_margin_whatever_the_nulls_say():
    failing = (*PASSED, drawn_null("other", p=0.9), missing("null", "twin", "not run"))
    found = decided(failing, value=0.05, replicates=np.linspace(0.0, 0.09, 100))
    assert found.verdict == "does not hold"


def test_too_few_units_come_before_everything():
    found = decided(units=7)
    assert found.verdict == "cannot tell"
    assert found.reason == "(7 repositories) these files only: at least 10 wanted"
    assert decided(units=10).verdict == "holds"
    assert decided(units=7, minimum=6).verdict == "holds"


def test_a_failed_gate_is_named_even_when_the_interval_would_deny():
    shut = (gate("real neurons", 12, least=300),)
    found = decided(shut, value=0.0, replicates=np.zeros(50))
    assert (found.verdict, found.needed) == ("cannot tell", None)
    assert found.reason == "gate: real neurons 12, at least 300 wanted"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.2, 0.4, "gate: gain 0.1 (-0.2 to 0.4), clear of 0 wanted"),
        (-0.6, -0.4, "gate: gain 0.1 (-0.6 to -0.4), above 0 wanted"),
    ],
)
def test_a_gate_with_an_interval_says_what_the_interval_would_have_to_leave(low, high, words):
    shut = (Part("gate", "gain", 0.1, 0.0, passed=False, low=low, high=high),)
    assert decided(shut).reason == words


@pytest.mark.parametrize(
    ("part", "word"),
    [
        (drawn_null("permuted", p=0.01, p_holm=0.12), "permuted (p = 0.12)"),
        (single_null("twin", difference=0.1, replicates=np.linspace(-0.1, 0.3, 100)), "twin"),
        (variant("code", value=-0.2, replicates=np.linspace(-0.3, -0.1, 50)), "code (-0.2"),
        (variant("without:c", value=-0.01, keeps_sign=True), "without:c"),
        (variant("late", value=float("nan")), "late (nothing is left to look at)"),
        (missing("null", "untrained twin", "quick: another pass"), "not recorded: untrained twin"),
        (missing("variant", "headers", "another pass"), "not recorded: headers (another pass)"),
    ],
)
def test_one_null_or_variant_that_is_not_passed_keeps_it_from_holding(part, word):
    found = decided((*PASSED, part))
    assert found.verdict == "cannot tell"
    assert word in found.reason


def test_variants_deny_only_with_their_whole_interval_and_arms_never():
    wide = variant("code", value=-0.01, replicates=np.linspace(-0.3, 0.1, 100))
    assert wide.passed
    assert decided((*PASSED, wide, arm("raw share", -9.0))).verdict == "holds"


def test_an_open_interval_says_how_many_units_would_do():
    rng = np.random.default_rng(0)
    found = decided(value=0.2, replicates=rng.normal(0.2, 0.1, 4000))
    assert found.verdict == "cannot tell"
    assert found.needed == pytest.approx(20 * (2.8 * 0.1 / 0.1) ** 2, rel=0.1)
    assert f"about {found.needed} repositories needed" in found.reason


def test_hopeless_numbers_are_not_named():
    found = decided(value=0.101, replicates=np.linspace(-1, 1, 100))
    assert found.needed is None
    assert "more than 100 times as many needed" in found.reason


def test_no_value_is_no_verdict():
    found = decided(value=float("nan"), replicates=[np.nan] * 9)
    assert found.verdict == "cannot tell"
    assert "no value" in found.reason


def test_undefined_replicates_cannot_make_a_claim_hold():
    drawn = ABOVE.copy()
    drawn[:20] = np.nan
    assert decided(replicates=drawn).verdict == "cannot tell"


def test_units_in_words():
    assert plural("repository", 1) == "1 repository"
    assert plural("group of repositories", 12) == "12 groups of repositories"
    assert plural("task", 3) == "3 tasks"


def simulated_verdict(truth, *, seed, units=10, margin=0.1, spread=0.06):
    """A mean over units against a permuted null and a paired twin, B = 200, R = 199."""
    rng = np.random.default_rng(seed)
    values, twin = rng.normal(truth, spread, units), rng.normal(0, spread, units)
    picked = rng.integers(0, units, (200, units))
    signs = rng.choice([-1, 1], (199, units))
    parts: list[Part] = [
        gate("units", units, least=10),
        drawn_null("signs", p=permutation_p(values.mean(), (signs * values).mean(1))),
        single_null(
            "twin",
            difference=values.mean() - twin.mean(),
            replicates=(values - twin)[picked].mean(1),
        ),
        variant("half", value=values[::2].mean(), replicates=values[::2][picked // 2].mean(1)),
    ]
    return decide(
        value=values.mean(),
        replicates=values[picked].mean(1),
        margin=margin,
        parts=parts,
        units=units,
    ).verdict


@pytest.mark.parametrize(
    ("truth", "least", "most"),
    [(0.0, 0, 0), (0.1, 0, 6), (0.2, 45, 50)],
    ids=["no effect", "exactly the margin", "twice the margin"],
)
def test_calibration_of_the_decision(truth, least, most):
    verdicts = [simulated_verdict(truth, seed=seed) for seed in range(50)]
    assert least <= verdicts.count("holds") <= most
    if truth == 0:
        assert verdicts.count("does not hold") >= 45
