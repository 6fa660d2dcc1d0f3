"""pass@1 before and after a training, from what became of each task."""

import numpy as np
import pytest

from neuroglot.analyses.passing import Whole
from neuroglot.analyses.trained_passes import Answer, answers, trained_pass_rows

FAMILIES = ("sums", "sorts", "words", "sets")


def written(passed, language="python"):
    return [
        Answer(f"{language}{n}", language, Whole("family", FAMILIES[n % 4]), bool(value))
        for n, value in enumerate(passed)
    ]


def rows(**known):
    same = {"target": "python", "step": 5, "resamples": 400, "seed": 0}
    return trained_pass_rows(known, trainable=dict.fromkeys(set(known) - {"base"}, 7), **same)


def test_shares_and_changes_are_of_the_same_tasks():
    before, after = [1, 0, 0, 0, 1, 0, 0, 0], [1, 1, 0, 0, 0, 1, 1, 0]
    first, last = rows(base=written(before), units=written(after))
    assert (first["step"], first["value"], first["change"]) == (0, 0.25, 0)
    assert (last["step"], last["value"], last["change"]) == (5, 0.5, 0.25)
    assert (last["n"], last["unit"], last["trainable"]) == (4, "family", 7)
    # Families are resampled whole: their changes are -0.5, 1, 0.5 and 0.
    draws = np.random.default_rng(1).integers(0, 4, (20_000, 4))
    expected = np.quantile(np.array([-0.5, 1, 0.5, 0])[draws].mean(axis=1), [0.025, 0.975])
    assert (last["low"], last["high"]) == pytest.approx(expected, abs=0.13)


def test_a_task_that_one_of_both_was_not_judged_on_counts_for_neither():
    known = written([1, 1, 0])
    first, last = rows(base=known[:2], units=known[1:])
    assert (first["value"], last["value"]) == (1, 1)
    assert rows(base=known[:1], units=known[1:]) == []


def test_languages_and_arms_stand_apart():
    found = rows(
        base=written([0] * 4) + written([1] * 4, "java"),
        units=written([1] * 4) + written([1] * 4, "java"),
        full=written([1] * 4) + written([0] * 4, "java"),
    )
    last = {(row["arm"], row["evaluated"]): row["change"] for row in found if row["step"]}
    assert last == {
        ("units", "python"): 1,
        ("units", "java"): 0,
        ("full", "python"): 1,
        ("full", "java"): -1,
    }


def test_what_says_nothing_of_the_model_is_left_out():
    scored = [
        {"task_id": "a", "status": "passed"},
        {"task_id": "b", "status": "wrong"},
        {"task_id": "c", "status": "no_toolchain"},
    ]
    whole = dict.fromkeys("abc", Whole("family", "sums"))
    found = answers(scored, whole, dict.fromkeys("abc", "go"))
    assert [(each.task, each.passed) for each in found] == [("a", True), ("b", False)]
