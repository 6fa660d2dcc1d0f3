"""How strongly each MLP neuron fires: sums per label, for mean ablation and matched controls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.stats.statistic import Statistic, by_block, counted, same


@dataclass(frozen=True, eq=False, kw_only=True)
class NeuronMoments(Statistic):
    """Float64 sums of `neuron` and of |`neuron_out`| over counted positions.

    sum, magnitude: float64 [entry, layer, neuron], an entry for each (block, label).
    output_norm: float32 [layer, neuron], length of the neuron's row in the down projection.
    tokens: int64 [group].
    """

    sum: NDArray[np.float64] = by_block("label layer neuron")
    magnitude: NDArray[np.float64] = by_block("label layer neuron")
    tokens: NDArray[np.int64] = counted("group")
    output_norm: NDArray[np.float32] = same()

    def mean(self) -> NDArray[np.float64]:
        """Mean of `neuron` on each label, float64 [label, layer, neuron]."""
        return self.summed("sum") / self._positions()

    def mean_magnitude(self) -> NDArray[np.float64]:
        """Mean of |`neuron_out`| on each label, float64 [label, layer, neuron]."""
        return self.summed("magnitude") / self._positions()

    def _positions(self) -> NDArray[np.float64]:
        read = np.zeros(len(self.labels))
        for group, tokens in zip(self.groups, self.tokens.tolist(), strict=True):
            read[self.labels.index(group.label)] += tokens
        return read[:, None, None]
