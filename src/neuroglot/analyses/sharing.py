"""Claim O-1: a model that read more code shares more neurons between its languages.

Takes the mean normalised sharing of models that differ in what they read, paired by seed, gives a
verdict. The unit is a pair; models of one mixture and other seeds say what the seed alone changes.
"""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_rule, decided_rows
from neuroglot.analyses.verdicts import arm, gate, single_null

LEAST_PAIRS = 3
MOST_LISTED = 6
"""Pairs up to which every resample is listed; beyond, a thousand are drawn evenly from them."""


def more_sharing(code: Sequence[float], general: Sequence[float]) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts`. code, general: sharing of each seed's two models."""
    rule = claim_rule("O-1")
    first, second = np.asarray(code, dtype=np.float64), np.asarray(general, dtype=np.float64)
    n = len(first)
    samples = _samples(n)
    apart = (first - second)[samples].mean(axis=1)
    value = float((first - second).mean())
    parts = [gate("pairs of models", n, least=LEAST_PAIRS)]
    if n > 1:
        noise = np.array([_between_seeds(first[s], second[s]) for s in samples])
        own = _between_seeds(first, second)
        name = "models of equal mixture and other seeds"
        parts.append(single_null(name, difference=value - own, replicates=apart - noise))
    parts += [arm("code-heavy", float(first.mean())), arm("general", float(second.mean()))]
    claim, rows = decided_rows(rule, value=value, replicates=apart, parts=parts, n=n)
    return [claim], rows


def _samples(n: int) -> NDArray[np.int64]:
    """Which pairs each bootstrap sample holds: all there are of a few pairs, int64 [sample, n]."""
    if n <= MOST_LISTED:
        return np.array(list(product(range(n), repeat=n)), dtype=np.int64).reshape(-1, n)
    return np.random.default_rng(0).integers(0, n, (1_000, n))


def _between_seeds(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Mean distance of models that differ in their seed alone."""
    apart = [
        abs(float(own[a] - own[b]))
        for own in (first, second)
        for a, b in combinations(range(len(own)), 2)
    ]
    return float(np.mean(apart)) if apart else 0.0
