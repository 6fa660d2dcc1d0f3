"""Alignment beside what two languages' texts share on the surface: is there anything left?

Takes the alignment of each pair and how alike its texts are, token by token; gives a straight line,
how much of the differences between pairs it explains, and what each pair has beyond it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.uncertainty import permutation_p
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
LEAST_PAIRS = 6
"""Pairs from which a line through three numbers says anything."""


@dataclass(frozen=True, eq=False)
class Surface:
    """predicted: float64 [pair]. explained: R squared, and p: that of languages dealt anew."""

    predicted: Floats
    explained: float
    p: float


def token_overlap(
    first: Sequence[NDArray[np.integer]], second: Sequence[NDArray[np.integer]]
) -> float:
    """Mean over items of the Jaccard index of two texts' tokens, each counted once."""
    shares = []
    for a, b in zip(first, second, strict=True):
        mine, other = set(a.tolist()), set(b.tolist())
        shares.append(len(mine & other) / max(len(mine | other), 1))
    return float(np.mean(shares))


def over_surface(
    align: Floats, overlap: Floats, identical: Floats, *, permutations: int, seed: int
) -> Surface:
    """Least squares of alignment on token overlap and the share of identical items.

    All: float64 [language, language], symmetric; the diagonal is not looked at. The null deals the
    languages' alignment anew (Mantel). NaN for fewer pairs than the line needs.
    """
    upper = np.triu_indices(len(align), 1)
    design = np.stack([np.ones(len(upper[0])), overlap[upper], identical[upper]], axis=1)
    known = np.isfinite(align[upper])
    if known.sum() < LEAST_PAIRS or not known.all():
        return Surface(np.full(len(upper[0]), nan), nan, nan)
    predicted, explained = _fit(design, align[upper])
    rng = generator(seed, "languages dealt anew")
    drawn = []
    for _ in range(permutations):
        order = rng.permutation(len(align))
        drawn.append(_fit(design, align[np.ix_(order, order)][upper])[1])
    return Surface(predicted, explained, permutation_p(explained, np.array(drawn)))


def _fit(design: Floats, values: Floats) -> tuple[Floats, float]:
    weights, *_ = np.linalg.lstsq(design, values, rcond=None)
    predicted: Floats = design @ weights
    spread = float(((values - values.mean()) ** 2).sum())
    left = float(((values - predicted) ** 2).sum())
    return predicted, 1 - left / spread if spread else nan
