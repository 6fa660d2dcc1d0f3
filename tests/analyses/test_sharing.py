"""O-1: how often it is wrong on simulated models, and its figures."""

from collections import Counter

import numpy as np
import pytest

from neuroglot.analyses.sharing import more_sharing


def verdicts(apart, pairs, noise=0.02):
    found = Counter()
    for seed in range(50):
        rng = np.random.default_rng(seed)
        general = 0.4 + noise * rng.normal(size=pairs)
        code = 0.4 + apart + noise * rng.normal(size=pairs)
        found[more_sharing(code, general)[0][0]["verdict"]] += 1
    return found


def test_nothing_seldom_holds_and_something_does():
    assert verdicts(0.0, 3)["holds"] <= 6
    assert verdicts(0.0, 5)["holds"] <= 6
    assert verdicts(0.15, 3)["holds"] >= 45
    assert verdicts(-0.15, 3)["does not hold"] >= 45


def test_two_pairs_cannot_tell_but_the_value_is_there():
    claims, _ = more_sharing([0.5, 0.6], [0.3, 0.2])
    assert claims[0]["verdict"] == "cannot tell"
    assert claims[0]["value"] == pytest.approx(0.3)
    assert more_sharing([0.5], [0.3])[0][0]["verdict"] == "cannot tell"


def test_what_the_seed_alone_changes_stands_beside():
    _, parts = more_sharing([0.5, 0.7, 0.9], [0.1, 0.1, 0.1])
    null = next(part for part in parts if part["kind"] == "null")
    seeds = np.mean([0.2, 0.2, 0.4, 0, 0, 0])
    assert null["value"] == pytest.approx(0.6 - seeds)
