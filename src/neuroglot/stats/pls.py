"""How much each coordinate of a projection matters for predicting a text: activation x gradient.

The scores of arXiv 2512.19980 (PLS, eq. 2) under four ways of making one number of a text's tokens,
summed over texts. `neuroglot.analyses.pls` chooses units by them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.stats.statistic import Statistic, by_block, by_group, counted, same

PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
"""The projections whose output coordinates are units, in the order in which these stand."""

REDUCTIONS = ("mean_abs_prod", "abs_mean_prod", "prod_mean_abs", "prod_means")
"""With an activation a and its gradient g, means over tokens: mean |a g|, |mean a g|,
mean |a| mean |g|, |mean a mean g|. The first is the one that counts."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PLS(Statistic):
    """Float64 sums over texts; the gradient is that of a text's mean surprise in nats per token.

    sum: [group, layer, unit] of the reduction that counts; sum_<reduction>: [entry, layer, unit] of
    the others, an entry for each (block, label). activation, magnitude: [entry, layer, unit] of a
    text's mean activation and mean absolute one. count: int64 [group], texts. widths: int64
    [projection], how many units each has in a layer, 0 for one that the model lacks; they stand
    side by side on the axis `unit`.
    """

    sum: NDArray[np.float64] = by_group("group layer unit")
    sum_abs_mean_prod: NDArray[np.float64] = by_block("label layer unit")
    sum_prod_mean_abs: NDArray[np.float64] = by_block("label layer unit")
    sum_prod_means: NDArray[np.float64] = by_block("label layer unit")
    activation: NDArray[np.float64] = by_block("label layer unit")
    magnitude: NDArray[np.float64] = by_block("label layer unit")
    count: NDArray[np.int64] = counted("group")
    widths: NDArray[np.int64] = same()

    def texts(self) -> NDArray[np.int64]:
        """How many texts each label has: int64 [label]."""
        found = np.zeros(len(self.labels), dtype=np.int64)
        np.add.at(found, self._label_of_group(), self.count)
        return found

    def scores(self, reduction: str = REDUCTIONS[0]) -> NDArray[np.float64]:
        """Mean over a label's texts, float64 [label, layer, unit]."""
        if reduction == REDUCTIONS[0]:
            summed = np.zeros((len(self.labels), *self.sum.shape[1:]))
            np.add.at(summed, self._label_of_group(), self.sum)
        else:
            summed = self.summed(f"sum_{reduction}")
        return summed / self.texts()[:, None, None]

    def means(self, name: str) -> NDArray[np.float64]:
        """`activation` or `magnitude`, mean over a label's texts: float64 [label, layer, unit]."""
        return self.summed(name) / self.texts()[:, None, None]

    def projection_of(self) -> NDArray[np.int64]:
        """Which projection each unit of a layer belongs to: int64 [unit], into PROJECTIONS."""
        return np.repeat(np.arange(len(PROJECTIONS)), self.widths)

    def index_of(self) -> NDArray[np.int64]:
        """Each unit's place in its projection: int64 [unit]."""
        return np.concatenate([np.arange(width) for width in self.widths])

    def _label_of_group(self) -> NDArray[np.int64]:
        return np.array([self.labels.index(group.label) for group in self.groups], dtype=np.int64)
