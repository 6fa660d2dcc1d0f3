"""How well a score tells two kinds of pairs apart: areas, and what a threshold makes of them.

Plain arrays in, plain numbers out. A pair is called a clone where its score lies above a threshold.
F1 with a tuned threshold never falls below that of calling every pair a clone, so that stands
beside it as `floor`. Sources: Bamber, Journal of Mathematical Psychology 12, 1975 (area under the
curve as a share of ordered pairs, ties half); average precision as the step sum over recall.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def area(
    scores: ArrayLike, clone: Bools, groups: Ints | None = None, weights: Floats | None = None
) -> Floats:
    """Area under the ROC curve in every draw: float64 [draw].

    The share of (clone, other) in which the clone scores higher, equal scores counting half.
    groups: int64 [pair], from 0; weights: float64 [draw, group], how often the pairs of each group
    are drawn; None: all once, in one draw. nan in draws without a clone or without another.
    """
    given = np.asarray(scores, dtype=np.float64)
    own = np.zeros(len(given), dtype=np.int64) if groups is None else groups
    drawn = np.ones((1, int(own.max(initial=0)) + 1)) if weights is None else weights
    n = drawn.shape[1]
    # What each two groups give is counted once; every draw is a weighted sum of it.
    won = np.zeros((n, n))
    for group in np.unique(own[~clone]):
        others = np.sort(given[~clone & (own == group)])
        below, least = (np.searchsorted(others, given[clone], side) for side in ("left", "right"))
        won[:, group] = np.bincount(own[clone], (below + least) / 2, n)
    clones, rest = (drawn @ np.bincount(own[label], minlength=n) for label in (clone, ~clone))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(((drawn @ won) * drawn).sum(axis=1) / (clones * rest))


def average_precision(scores: ArrayLike, clone: Bools) -> float:
    """Sum over falling thresholds of precision times the recall that each adds; nan without clones.

    Equal scores are one threshold.
    """
    given = np.asarray(scores, dtype=np.float64)
    order = np.argsort(-given, kind="stable")
    starts = _starts(given[order])
    clones = np.add.reduceat(clone[order].astype(np.float64), starts)
    sizes = np.add.reduceat(np.ones(len(given)), starts)
    if not clones.sum():
        return float("nan")
    precision = np.cumsum(clones) / np.cumsum(sizes)
    return float((precision * clones).sum() / clones.sum())


def best_threshold(scores: ArrayLike, clone: Bools) -> float:
    """The threshold of highest F1, half-way between two scores; of equals the highest.

    -inf, where calling every pair a clone does best.
    """
    given = np.asarray(scores, dtype=np.float64)
    values = np.unique(given)
    cuts = np.concatenate([[-np.inf], (values[:-1] + values[1:]) / 2])
    at = np.searchsorted(np.sort(given), cuts, side="right")
    called = len(given) - at
    right = clone.sum() - np.searchsorted(np.sort(given[clone]), cuts, side="right")
    score = 2 * right / (called + clone.sum())
    return float(cuts[len(cuts) - 1 - int(score[::-1].argmax())])


def f1(scores: ArrayLike, clone: Bools, threshold: float) -> float:
    """F1 of the clones; 0 where none is called one."""
    called = np.asarray(scores) > threshold
    both = int(called.sum()) + int(clone.sum())
    return 2 * int((called & clone).sum()) / both if both else float("nan")


def balanced_accuracy(scores: ArrayLike, clone: Bools, threshold: float) -> float:
    """Mean of the share of clones called so and the share of others not; nan without either."""
    called = np.asarray(scores) > threshold
    if clone.all() or not clone.any():
        return float("nan")
    return float((called[clone].mean() + (~called[~clone]).mean()) / 2)


def floor(clone: Bools) -> float:
    """F1 of calling every pair a clone: 2/3 where both kinds are as many."""
    share = float(clone.mean())
    return 2 * share / (1 + share)


def _starts(ordered: Floats) -> NDArray[np.int64]:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
