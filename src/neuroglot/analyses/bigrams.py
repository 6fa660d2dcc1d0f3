"""A model of pairs of tokens: what a text costs where only the token before is known.

Takes counts from a text as ids, gives nats per token of another. The baseline beside a model's own
loss: absolute discounting, interpolated with the tokens' own frequencies.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DISCOUNT = 0.75
"""Taken off each pair's count (Ney, Essen and Kneser 1994), for pairs that were never seen."""


@dataclass(frozen=True)
class Bigrams:
    """Counts of pairs. pairs int64, sorted, first * vocabulary + second; counts of each."""

    vocabulary: int
    pairs: NDArray[np.int64]
    counts: NDArray[np.int64]
    single: NDArray[np.float64]
    """Log of each token's own probability, one added to each count: float64 [token]."""

    @classmethod
    def counted(cls, rows: NDArray[np.integer], *, vocabulary: int) -> "Bigrams":
        """From rows of ids [row, token]; no pair spans two rows."""
        wide = rows.astype(np.int64)
        pairs, counts = np.unique(wide[:, :-1] * vocabulary + wide[:, 1:], return_counts=True)
        own = np.bincount(wide.ravel(), minlength=vocabulary) + 1.0
        return cls(vocabulary, pairs, counts, np.log(own / own.sum()))

    def nats(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """What each token after the first costs: float64 [token - 1]."""
        wide = np.asarray(ids, dtype=np.int64)
        before, after = wide[:-1], wide[1:]
        totals, kinds = self._followers
        seen = np.maximum(self._count(before, after) - DISCOUNT, 0.0)
        known = totals[before] > 0
        left = np.where(known, DISCOUNT * kinds[before] / np.maximum(totals[before], 1), 1.0)
        pair = np.where(known, seen / np.maximum(totals[before], 1), 0.0)
        found: NDArray[np.float64] = -np.log(pair + left * np.exp(self.single[after]))
        return found

    @cached_property
    def _followers(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """How many tokens follow each, and how many different ones."""
        first = self.pairs // self.vocabulary
        totals = np.bincount(first, weights=self.counts, minlength=self.vocabulary)
        kinds = np.bincount(first, minlength=self.vocabulary)
        return totals.astype(np.float64), kinds.astype(np.int64)

    def _count(self, before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self.pairs):
            return np.zeros(len(before), dtype=np.int64)
        wanted = before * self.vocabulary + after
        place = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        return np.where(self.pairs[place] == wanted, self.counts[place], 0)
