"""The batch plan: which rows of a reading go through the model together, and in which order.

It is made once from the whole reading, before anything is sharded or resumed, so every batch has
the same rows and the same padding in every run: integer statistics are then bit-equal however the
work is cut, killed or merged. Knows no model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError

N_BLOCKS = 16
"""Blocks of consecutive batches: the unit of shards and of float sums."""
WINDOW = 64
"""Rows among which rows of like length may change places to save padding."""
BUSY = 512
"""Padded tokens that keep a processor busy: smaller batches save nothing."""
ALIKE = 0.9
"""The share of a batch's longest row that its others have where batches are cut by length."""


@dataclass(frozen=True)
class Batch:
    """Row numbers of one batch and the block it belongs to."""

    rows: tuple[int, ...]
    block: int


@dataclass(frozen=True)
class Plan:
    """All batches of a reading, in order."""

    batches: tuple[Batch, ...]

    @property
    def digest(self) -> str:
        """Changes with any batch."""
        return json_digest([[batch.block, *batch.rows] for batch in self.batches])


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count` of a plan: its blocks b with b mod count = index (from 0)."""

    index: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= N_BLOCKS or not 0 <= self.index < self.count:
            raise ConfigError(
                f"no shard {self.index + 1}/{self.count}: give I/N with 1 <= I <= N <= {N_BLOCKS}"
            )

    def holds(self, batch: Batch) -> bool:
        """Whether this shard runs the batch."""
        return batch.block % self.count == self.index


WHOLE = Shard(0, 1)


def plan_batches(
    lengths: Sequence[int], labels: Sequence[int], *, batch_tokens: int = 4096
) -> Plan:
    """Batches of one label each, rows x longest row at most `batch_tokens` (a longer row alone).

    lengths, labels: tokens and label index of each row, rows of a label standing together.
    Raises ConfigError when batch_tokens is not positive.
    """
    if batch_tokens < 1:
        raise ConfigError(f"batch_tokens is {batch_tokens}: give at least 1")
    by_length = [sorted(w, key=lambda row: (-lengths[row], row)) for w in _windows(labels)]
    batches = [batch for window in by_length for batch in packed(window, lengths, batch_tokens)]
    return Plan(
        tuple(Batch(rows, number * N_BLOCKS // len(batches)) for number, rows in enumerate(batches))
    )


def plan_groups(lengths: Sequence[int], groups: Sequence[int], *, batch_tokens: int) -> Plan:
    """Batches of several groups, each group whole in one block.

    groups: group index of each row, in any order. Groups may be small: rows of all that share a
    block share its batches.
    """
    place = {group: number for number, group in enumerate(sorted(set(groups)))}
    block_of = [place[group] * N_BLOCKS // len(place) for group in groups]
    order = sorted(range(len(groups)), key=lambda row: (block_of[row], groups[row]))
    plan = plan_batches(
        [lengths[row] for row in order], [block_of[row] for row in order], batch_tokens=batch_tokens
    )
    batches = [tuple(order[at] for at in batch.rows) for batch in plan.batches]
    return Plan(tuple(Batch(rows, block_of[rows[0]]) for rows in batches))


def _windows(labels: Sequence[int]) -> Iterator[list[int]]:
    """Runs of at most WINDOW consecutive rows of one label."""
    window: list[int] = []
    for row, label in enumerate(labels):
        if window and (len(window) == WINDOW or labels[window[0]] != label):
            yield window
            window = []
        window.append(row)
    if window:
        yield window


def longest_first(lengths: Sequence[int], batch_tokens: int) -> Iterator[tuple[int, ...]]:
    """All rows in batches of like length: rows x longest row at most `batch_tokens`."""
    order = sorted(range(len(lengths)), key=lambda row: (-lengths[row], row))
    return packed(order, lengths, batch_tokens)


def of_like_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[tuple[int, ...]]:
    """The same for few rows, of which the longest are much longer: a batch also ends where a row
    is shorter than ALIKE of its first one, once it holds BUSY tokens.
    """
    for batch in longest_first(lengths, batch_tokens):
        start = 0
        for place, row in enumerate(batch):
            longest = lengths[batch[start]]
            if longest * (place - start) >= BUSY and lengths[row] < ALIKE * longest:
                yield batch[start:place]
                start = place
        yield batch[start:]


def packed(
    rows: Sequence[int], lengths: Sequence[int], batch_tokens: int
) -> Iterator[tuple[int, ...]]:
    """Rows, longest first, cut into batches: rows x longest row at most `batch_tokens`."""
    batch: list[int] = []
    for row in rows:
        if batch and lengths[batch[0]] * (len(batch) + 1) > batch_tokens:
            yield tuple(batch)
            batch = []
        batch.append(row)
    if batch:
        yield tuple(batch)


def padded(rows: Sequence[NDArray[np.int64]]) -> Tensor:
    """Rows of ids as int64 [row, token], filled up with id 0 on the right, which no token sees."""
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.from_numpy(row)
    return ids
