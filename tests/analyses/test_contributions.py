"""Rows of contributions: means over tokens, intervals over tasks."""

import numpy as np
import pytest

from neuroglot.analyses.contributions import contribution_rows
from neuroglot.runs.schemas import TABLES

LANGUAGES = ["python", "go", "python", "go", "python"]
TASKS = ["one", "one", "two", "two", "two"]
TOKENS = np.array([10, 20, 30, 5, 0], dtype=np.int64)


@pytest.fixture
def sums():
    rng = np.random.default_rng(4)
    return {part: rng.normal(size=(5, 3)) * TOKENS[:, None] for part in ("attention", "mlp")}


def test_values_are_means_over_a_language_s_tokens(sums):
    rows = contribution_rows(
        sums, TOKENS, languages=LANGUAGES, tasks=TASKS, mode="teacher", resamples=50
    )
    assert [(row["language"], row["part"], row["layer"]) for row in rows] == [
        (language, part, layer)
        for language in ("python", "go")
        for part in ("attention", "mlp")
        for layer in range(3)
    ]
    for row in rows:
        own = [number for number in range(5) if LANGUAGES[number] == row["language"]]
        total = sum(sums[row["part"]][number, row["layer"]] for number in own)
        assert row["value"] == pytest.approx(total / sum(TOKENS[number] for number in own))
        # Two tasks: each alone, or both together.
        alone = [
            sum(sums[row["part"]][n, row["layer"]] for n in own if TASKS[n] == task)
            / sum(TOKENS[n] for n in own if TASKS[n] == task)
            for task in ("one", "two")
        ]
        assert (row["low"], row["high"]) == pytest.approx((min(alone), max(alone)))
        assert (row["n"], row["unit"], row["mode"]) == (2, "task", "teacher")
        assert set(row) <= set(TABLES["contributions"].names)


def test_languages_of_the_same_tasks_are_resampled_alike():
    rng = np.random.default_rng(1)
    one = rng.normal(size=(30, 1)) * 10
    rows = contribution_rows(
        {"mlp": np.concatenate([one, one + 40])},
        np.full(60, 10, dtype=np.int64),
        languages=["c"] * 30 + ["go"] * 30,
        tasks=[str(n) for n in range(30)] * 2,
        mode="generated",
        seed=3,
    )
    for name in ("value", "low", "high"):
        assert rows[1][name] - rows[0][name] == pytest.approx(4.0)


def test_an_interval_covers_what_it_should():
    """200 draws of 40 tasks around 0.5: the interval misses it about one time in twenty."""
    rng = np.random.default_rng(8)
    missed = 0
    for _ in range(200):
        tokens = rng.integers(5, 50, size=40)
        sums = (rng.normal(0.5, 1, size=40) * tokens)[:, None]
        (row,) = contribution_rows(
            {"mlp": sums},
            tokens,
            languages=["c"] * 40,
            tasks=[str(n) for n in range(40)],
            mode="teacher",
            resamples=200,
        )
        missed += not row["low"] <= 0.5 <= row["high"]
    assert 2 <= missed <= 26


def test_what_is_not_known_is_null():
    rows = contribution_rows(
        {"mlp": np.zeros((2, 1))},
        np.array([0, 4]),
        languages=["c", "go"],
        tasks=["one", "one"],
        mode="generated",
        resamples=20,
    )
    assert rows[0]["value"] is None
    assert rows[1]["value"] == 0.0
    assert all(row["low"] is row["high"] is None for row in rows)
