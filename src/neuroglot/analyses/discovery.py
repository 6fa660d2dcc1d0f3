"""n*: how many of a label's most specific neurons are real, at 5% false discovery.

Target-decoy: a label's candidates are compared with the candidates it has when labels are permuted
over whole groups. h_n is the entropy of the n-th most specific candidate; n* is the largest n for
which the mean number of decoys with entropy at most h_n stays within 5% of n.
Method: target-decoy competition (Elias and Gygi, Nature Methods 4, 2007).
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from neuroglot.analyses.selection import Floats, Ints, Ranking

FALSE_DISCOVERY = 0.05


@dataclass(frozen=True, eq=False)
class Decoys:
    """Per label: the entropies h_n of its candidates, and the mean number of decoys at or below.

    thresholds and expected are tuples over labels of float64 [n]; `all` float64 [label] is the mean
    number of decoy candidates, whatever their entropy.
    """

    thresholds: tuple[Floats, ...]
    expected: tuple[Floats, ...]
    all: Floats

    def at(self, label: int, entropy: Floats) -> Floats:
        """Expected decoys at or below other entropies, rounded up to the next known threshold."""
        place = np.searchsorted(self.thresholds[label], entropy, side="left")
        return cast(Floats, np.append(self.expected[label], self.all[label])[place])


class DecoyCounter:
    """Adds up decoys draw by draw, so that no draw's entropies need to be kept."""

    def __init__(self, observed: Ranking) -> None:
        self._thresholds = tuple(map(observed.entropies, range(len(observed.passes))))
        self._sums = [np.zeros(len(one)) for one in self._thresholds]
        self._all = np.zeros(len(self._thresholds))
        self._draws = 0

    def add(self, permuted: Ranking) -> None:
        """One relabelled draw."""
        self._draws += 1
        for label, thresholds in enumerate(self._thresholds):
            decoys = permuted.entropies(label)
            self._sums[label] += np.searchsorted(decoys, thresholds, side="right")
            self._all[label] += len(decoys)

    def mean(self) -> Decoys:
        """The means over the draws added so far."""
        draws = max(1, self._draws)
        return Decoys(self._thresholds, tuple(one / draws for one in self._sums), self._all / draws)


def largest_real(expected_decoys: Floats) -> int:
    """The largest n with expected_decoys[n - 1] / n <= 5%, 0 when there is none."""
    n = np.arange(1, len(expected_decoys) + 1)
    within = np.flatnonzero(expected_decoys <= FALSE_DISCOVERY * n)
    return int(within[-1]) + 1 if len(within) else 0


def n_star(decoys: Decoys) -> Ints:
    """n* of every label, int64 [label]."""
    return np.array([largest_real(one) for one in decoys.expected], dtype=np.int64)


def n_star_again(decoys: Decoys, ranking: Ranking) -> Ints:
    """n* of every label in a resampled ranking, its decoys held at their full-sample mean."""
    labels = range(len(ranking.passes))
    return np.array(
        [largest_real(decoys.at(label, ranking.entropies(label))) for label in labels], np.int64
    )
