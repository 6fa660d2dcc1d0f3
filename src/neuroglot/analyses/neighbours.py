"""The most alike of very many vectors: exact, by blocks, in little memory.

Takes vectors and kinds of pairs, gives the pairs of highest cosine of each kind. Cosines are
computed in float32 in blocks; whatever could be among the best by the error of that is computed
again in float64, so the answer is that of a loop over all pairs. 100,000 vectors are 5 * 10^9
pairs: minutes of one core for a width of a few hundred.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import directions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
KindOf = Callable[[slice, slice], Bools]
"""Which pairs of two runs of rows are of a kind: bool [row, row]."""

BLOCK = 1024
"""Rows on either side of a block."""
FEWEST = 20
"""Vectors of a group that a mean of its own is taken of."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs, most alike first. first, second: int64 [pair], the earlier row first. cosine:
    float64 [pair].
    """

    first: Ints
    second: Ints
    cosine: Floats


def nearest_pairs(
    vectors: NDArray[np.floating],
    kinds: Sequence[KindOf],
    *,
    top: int,
    threshold: float = -1.0,
    block: int = BLOCK,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Neighbours]:
    """Of each kind the `top` pairs of highest cosine, none below the threshold.

    vectors: [row, width]; equal cosines go by row. on_progress: called with rows done and in all.
    """
    unit = directions(vectors)
    narrow = unit.astype(np.float32)
    n, width = unit.shape
    # Rounding of both vectors and of a sum of `width` products, in the worst case.
    slack = (width + 4) * float(np.finfo(np.float32).eps)
    best = [_Best(unit, top, threshold, slack) for _ in kinds]
    for start in range(0, n, block):
        rows = slice(start, min(start + block, n))
        for other in range(start, n, block):
            columns = slice(other, min(other + block, n))
            cosine = narrow[rows] @ narrow[columns].T
            if other == start:
                cosine[np.tril_indices(len(cosine))] = -np.inf
            for own, kind in zip(best, kinds, strict=True):
                likely = cosine >= own.cut
                if likely.any():
                    at = np.nonzero(likely & kind(rows, columns))
                    own.add(at[0] + start, at[1] + other, cosine[at])
        if on_progress is not None:
            on_progress(rows.stop, n)
    return [own.found() for own in best]


def less_means(vectors: NDArray[np.floating], groups: Ints) -> Floats:
    """Vectors less the mean of their group; of a group of few, less the mean of all."""
    wide = np.asarray(vectors, dtype=np.float64)
    found: Floats = wide - wide.mean(axis=0)
    for group in np.unique(groups):
        own = groups == group
        if own.sum() >= FEWEST:
            found[own] = wide[own] - wide[own].mean(axis=0)
    return found


def whitened(vectors: NDArray[np.floating]) -> Floats:
    """Vectors [row, width] of mean 0 with directions scaled to vary alike.

    The fewer rows there are for the width, the more variances are drawn to their mean: by
    width / (width + rows). Source: Su et al., arXiv 2103.15316.
    """
    wide = np.asarray(vectors, dtype=np.float64)
    n, width = wide.shape
    variances, axes = np.linalg.eigh(wide.T @ wide / n)
    share = width / (width + n)
    drawn = (1 - share) * variances.clip(min=0) + share * variances.mean()
    # Rows that are all the same vary in no direction.
    found: Floats = wide @ axes / np.sqrt(np.where(drawn > 0, drawn, 1.0))
    return found


class _Best:
    """The best pairs of a kind so far, and some that may be among them."""

    def __init__(self, unit: Floats, top: int, threshold: float, slack: float) -> None:
        self.unit, self.top, self.threshold, self.slack = unit, top, threshold, slack
        self.cut = np.float32(threshold - slack)
        self.parts: list[tuple[Ints, Ints, NDArray[np.float32]]] = []
        self.size = 0

    def add(self, first: Ints, second: Ints, cosine: NDArray[np.float32]) -> None:
        """Take in pairs; what can no longer be among the best is let go from time to time."""
        self.parts.append((first, second, cosine))
        self.size += len(first)
        if self.size > 4 * self.top:
            self._prune()

    def _joined(self) -> tuple[Ints, Ints, NDArray[np.float32]]:
        if not self.parts:
            none = np.zeros(0, dtype=np.int64)
            return none, none, np.zeros(0, dtype=np.float32)
        first, second, cosine = (np.concatenate(each) for each in zip(*self.parts, strict=True))
        return first, second, cosine

    def _prune(self) -> None:
        first, second, cosine = self._joined()
        last = np.partition(cosine, len(cosine) - self.top)[len(cosine) - self.top]
        self.cut = max(self.cut, np.float32(last - 2 * self.slack))
        kept = cosine >= self.cut
        self.parts = [(first[kept], second[kept], cosine[kept])]
        # Equal cosines cannot be told apart here: what is left may be more than was asked for.
        self.size = min(int(kept.sum()), 2 * self.top)

    def found(self) -> Neighbours:
        """The best, computed again in float64."""
        first, second, _ = self._joined()
        cosine = np.einsum("pw,pw->p", self.unit[first], self.unit[second])
        kept = np.flatnonzero(cosine >= self.threshold)
        order = kept[np.lexsort((second[kept], first[kept], -cosine[kept]))][: self.top]
        return Neighbours(first[order], second[order], cosine[order])
