"""What of a text stands in the training already: the whole of it, or runs of a few tokens.

Takes the rows that were trained on, answers for ids. Exact for the whole; runs are found by a hash
of 64 bits, which says "seen" wrongly about once in a million million.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

RUN = 8
"""Tokens of a run."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Seen:
    """The rows of a training, uint16 [row, token], ready to be asked."""

    rows: NDArray[np.uint16]

    def whole(self, ids: NDArray[np.integer]) -> bool:
        """Whether these ids stand in a row, one after the other."""
        wanted = np.asarray(ids, dtype=np.uint16).tobytes()
        place = self._content.find(wanted)
        while place >= 0:
            width = 2 * self.rows.shape[1]
            if place % 2 == 0 and place % width + len(wanted) <= width:
                return True
            place = self._content.find(wanted, place + 1)
        return False

    def share(self, ids: NDArray[np.integer]) -> float:
        """The share of the ids' runs of eight that stand in a row; NaN for fewer ids than that."""
        found = _hashes(np.asarray(ids, dtype=np.uint16)[None, :])
        if not len(found) or not len(self._runs):
            return float("nan")
        place = np.minimum(np.searchsorted(self._runs, found), len(self._runs) - 1)
        return float(np.mean(self._runs[place] == found))

    @cached_property
    def _content(self) -> bytes:
        return np.ascontiguousarray(self.rows).tobytes()

    @cached_property
    def _runs(self) -> NDArray[np.uint64]:
        return np.unique(_hashes(self.rows))


def _hashes(rows: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """One number for each run of eight tokens inside a row."""
    n = rows.shape[1] - RUN + 1
    if n < 1:
        return np.empty(0, dtype=np.uint64)
    found = np.zeros((len(rows), n), dtype=np.uint64)
    for place in range(RUN):
        # Odd factors lose nothing; the shift mixes high bits, which multiplication never does, in.
        found = (found ^ (found >> np.uint64(29))) * _FACTOR
        found += rows[:, place : place + n].astype(np.uint64) + np.uint64(1)
    return found.ravel()
