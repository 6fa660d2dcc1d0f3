"""The quick checks of recorded activity."""

from dataclasses import replace

import numpy as np

from neuroglot.analyses.checks import activity_checks
from neuroglot.runs.schemas import TABLES


def by_name(activity):
    return {row["name"]: row for row in activity_checks(activity)}


def test_sound_activity_passes_and_rows_fit_their_table(simulation):
    rows = by_name(simulation(labels=3, neurons=16).record())
    assert set(rows) == {"normalised entropy", "live neurons"}
    assert all(row["passed"] and row["remedy"] is None for row in rows.values())
    assert all(set(row) <= set(TABLES["checks"].names) for row in rows.values())


def test_a_model_that_mostly_never_fires_is_noticed(simulation):
    activity = simulation(labels=3, neurons=16).record()
    dead = activity.active * (np.arange(16) < 4)
    row = by_name(replace(activity, active=dead))["live neurons"]
    assert (row["value"], row["passed"]) == (0.25, False)
