"""How sure a figure is: intervals and tests that other analyses share.

Percentile bootstrap intervals, permutation p values, Holm's correction, Wilson's interval, an exact
rank test over labels, Spearman's correlation, orders for permutation tests. Plain arrays in, plain
numbers out; draws only from a generator that is given.
"""

from itertools import permutations
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_ORDERED = 9
"""Things whose orders are all looked at (362,880); of more, so many are drawn:"""
DRAWN_ORDERS = 99_999


def percentile_interval(replicates: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """(low, high) of bootstrap replicates [draw], at order statistics, without interpolation.

    A replicate without a value (nan) could lie anywhere: it counts as -inf for the low end and as
    +inf for the high end. No replicates: (-inf, inf).
    """
    drawn = np.asarray(replicates, dtype=np.float64).ravel()
    if drawn.size == 0:
        return -np.inf, np.inf
    tail = (1 - level) / 2
    lowest = np.where(np.isnan(drawn), -np.inf, drawn)
    highest = np.where(np.isnan(drawn), np.inf, drawn)
    low = float(np.quantile(lowest, tail, method="lower"))
    return low, float(np.quantile(highest, 1 - tail, method="higher"))


def permutation_p(value: float, draws: ArrayLike) -> float:
    """One-sided p = (1 + #{draw >= value}) / (1 + draws). A draw without a value counts against."""
    drawn = np.asarray(draws, dtype=np.float64).ravel()
    reached = (drawn >= value) | np.isnan(drawn)
    return float((1 + np.count_nonzero(reached)) / (1 + drawn.size))


def holm(p_values: ArrayLike) -> Floats:
    """Holm's step-down correction, float64, same shape. nan stays nan and is not counted.

    Source: Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    given = np.asarray(p_values, dtype=np.float64)
    flat = given.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    stepped = flat[order] * np.arange(len(order), 0, -1)
    corrected = np.full(flat.shape, np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return corrected.reshape(given.shape)


def wilson_interval(successes: int, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) without trials.

    Source: Wilson, Journal of the American Statistical Association 22, 1927.
    """
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * float(np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)))
    scale = 1 + z * z / trials
    # None and all have an end in common with their interval, which rounding would take away.
    low = (centre - spread) / scale if successes else 0.0
    high = (centre + spread) / scale if successes < trials else 1.0
    return low, high


def rank_among(value: float, draws: ArrayLike) -> int:
    """1 + number of draws strictly below `value`: from 1 to draws + 1, ties against the value."""
    return 1 + int(np.count_nonzero(np.asarray(draws, dtype=np.float64) < value))


def rank_sum_p(ranks: ArrayLike, *, draws: int) -> float:
    """Exact p that ranks, each uniform on 1 .. draws + 1, sum to at least what they sum to here.

    The distribution of the sum is the convolution of the uniforms; ranks as from `rank_among`.
    """
    given = np.asarray(ranks, dtype=np.int64).ravel()
    one = np.full(draws + 1, 1 / (draws + 1))
    total = np.ones(1)
    for _ in range(given.size):
        total = np.convolve(total, one)
    above_least = int(given.sum()) - given.size
    return float(min(1.0, total[above_least:].sum()))


def mean_ranks(values: ArrayLike) -> Floats:
    """Ranks from 1, equal values share their mean rank."""
    _, inverse, counts = np.unique(
        np.asarray(values, dtype=np.float64).ravel(), return_inverse=True, return_counts=True
    )
    last = np.cumsum(counts)
    return ((last - (counts - 1) / 2)[inverse]).astype(np.float64)


def orders(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Every order of n things, or as many as are drawn where there are more: int64 [order, n].

    The first is the order as it is.
    """
    if n <= MOST_ORDERED:
        return np.array(list(permutations(range(n))), dtype=np.int64)
    drawn = rng.permuted(np.tile(np.arange(n), (DRAWN_ORDERS, 1)), axis=1)
    return np.concatenate([np.arange(n)[None], drawn]).astype(np.int64)


def spearman(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's rank correlation of the pairs in which both have a value; nan when undefined."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    both = ~(np.isnan(first) | np.isnan(second))
    x, y = mean_ranks(first[both]), mean_ranks(second[both])
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return float((x @ y) / np.sqrt((x @ x) * (y @ y)))


def needed_units(value: float, *, margin: float, standard_error: float, units: int) -> float:
    """Units with which the interval would leave the margin, if the value stayed: a power of 80%."""
    distance = abs(value - margin)
    if not np.isfinite(distance) or not np.isfinite(standard_error):
        return float("inf")
    if distance == 0:
        return float("inf")
    return float(units * (2.8 * standard_error / distance) ** 2)
