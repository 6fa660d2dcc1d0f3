"""Random sets of token ids that are as large and as frequent as a given set: what chance gives.

Takes weights over a vocabulary and how often each id stands in text; gives the same weight on ids
of the same frequency outside the set, drawn many times, and its mean over all draws exactly.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError

Floats = NDArray[np.float64]


def frequency_bins(frequency: NDArray[np.number]) -> NDArray[np.int64]:
    """Ids by the power of two of how often they stand in text: int64 [id], 0 for never."""
    return np.floor(np.log2(1 + np.asarray(frequency, dtype=np.float64))).astype(np.int64)


def matched_pool(
    inside: NDArray[np.bool_], bins: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The bin that each id of a set is matched in: int64 [id], -1 for ids outside the set.

    Its own, or the nearest that has an allowed id outside the set. Raises ConfigError where no id
    is left to draw.
    """
    outside = np.unique(bins[allowed & ~inside])
    if not len(outside):
        raise ConfigError("the set holds every id there is: there is nothing to compare it with")
    nearest = outside[np.abs(bins[:, None] - outside).argmin(axis=1)]
    found: NDArray[np.int64] = np.where(inside, nearest, -1)
    return found


def expected_weights(
    weights: Floats, bins: NDArray[np.int64], allowed: NDArray[np.bool_]
) -> Floats:
    """The mean over all random sets: float64 [id].

    weights: float64 [id], zero outside the set. Each bin's weight is spread evenly over the allowed
    ids of that bin outside the set.
    """
    inside = weights > 0
    pool = matched_pool(inside, bins, allowed)
    found = np.zeros(len(weights))
    for own in np.unique(pool[inside]):
        candidates = allowed & ~inside & (bins == own)
        found[candidates] += weights[pool == own].sum() / candidates.sum()
    return found


def drawn_weights(
    weights: Floats,
    bins: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    *,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Random sets: float32 [id, draw]. Every id of the set is exchanged for one of its bin.

    With repetition: a set that holds most of a bin is drawn from what is left of it.
    """
    inside = weights > 0
    pool = matched_pool(inside, bins, allowed)
    found = np.zeros((len(weights), draws), dtype=np.float32)
    for own in np.unique(pool[inside]):
        candidates = np.flatnonzero(allowed & ~inside & (bins == own))
        weight = weights[pool == own]
        chosen = candidates[rng.integers(len(candidates), size=(draws, len(weight)))]
        for draw, ids in enumerate(chosen):
            np.add.at(found[:, draw], ids, weight)
    return found
