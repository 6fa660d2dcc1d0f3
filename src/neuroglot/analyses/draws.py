"""The selection repeated: one ranking per relabelled or reweighted version of the same counts.

A resample gives every group an owner and a weight in each draw; the counts of a label are then a
weighted sum of rows, many draws in one matrix product. What is kept of a draw is the ordered ids of
its sets, from which every later question (layers, overlaps, exclusiveness) is answered.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.selection import (
    Floats,
    Ints,
    Ranking,
    SelectionRule,
    probabilities,
    ranked,
    sizes_of,
)

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Multiples of nu (or of the share `top`) at which every draw's sets are kept."""
MAIN = SCALES.index(1.0)

BLOCK_ENTRIES = 1 << 21
"""Matrix entries (draws x labels x neurons) computed at a time: bounds memory, not results."""

Tick = Callable[[int], None]


def no_tick(draws: int) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, eq=False)
class Resample:
    """Who owns each group and how much it weighs, in every draw.

    owner int64 [draw, group], or [1, group] where no draw relabels; weight float64 [draw, group].
    """

    owner: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def relabels(self) -> bool:
        """Whether groups change their label from draw to draw."""
        return len(self.owner) > 1

    def part(self, draws: slice) -> "Resample":
        """Some of the draws."""
        return Resample(self.owner[draws] if self.relabels else self.owner, self.weight[draws])


@dataclass(frozen=True, eq=False)
class Draws:
    """The sets of many selections.

    ids int32 [draw, label, rank]: flat numbers in order of specificity, -1 beyond the largest set.
    sizes int64 [draw, scale, label]: members of the set at each of SCALES. last_entropy float64
    [draw, scale, label]: entropy of the last member, nan for an empty set.
    """

    ids: NDArray[np.int32]
    sizes: Ints
    last_entropy: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def members(self, draw: int, label: int, *, scale: int = MAIN) -> NDArray[np.int32]:
        """One set, flat numbers."""
        return self.ids[draw, label, : self.sizes[draw, scale, label]]


def identity(counts: GroupedCounts) -> Resample:
    """One draw: the counts as they are."""
    return Resample(counts.owner[None], np.ones((1, len(counts.owner))))


def label_sums(counts: GroupedCounts, resample: Resample) -> tuple[Floats, Floats]:
    """Counts [draw, label, flat] and tokens [draw, label] of a resample's draws."""
    shape = (len(resample), counts.n_labels)
    if resample.relabels:
        member = resample.owner[:, None, :] == np.arange(counts.n_labels)[:, None]
        weights = member * resample.weight[:, None, :]
        active = weights.reshape(-1, weights.shape[-1]) @ counts.active
        return active.reshape(*shape, counts.n_flat), weights @ counts.tokens
    sums, tokens = np.zeros((*shape, counts.n_flat)), np.zeros(shape)
    for label in range(counts.n_labels):  # a label's own rows only: a product K times smaller
        own = np.flatnonzero(resample.owner[0] == label)
        sums[:, label] = resample.weight[:, own] @ counts.active[own]
        tokens[:, label] = resample.weight[:, own] @ counts.tokens[own]
    return sums, tokens


def blocks(total: int, *, counts: GroupedCounts) -> Iterator[slice]:
    """Slices of draws that fit into memory together."""
    step = max(1, BLOCK_ENTRIES // (counts.n_labels * counts.n_flat))
    for start in range(0, total, step):
        yield slice(start, min(start + step, total))


def rankings(
    counts: GroupedCounts, resample: Resample, *, tau: float, tick: Tick = no_tick
) -> Iterator[Ranking]:
    """One ranking per draw, in order."""
    for block in blocks(len(resample), counts=counts):
        part = resample.part(block)
        probability = probabilities(*label_sums(counts, part))
        for one in probability:
            yield ranked(one, tau)
        tick(len(part))


def depth(rule: SelectionRule, counts: GroupedCounts) -> int:
    """The most neurons that a set can hold at the largest scale."""
    return min(rule.scaled(max(SCALES)).asked(counts.n_flat), counts.n_flat)


def collected(
    found: Sequence[Ranking] | Iterator[Ranking],
    rule: SelectionRule,
    *,
    counts: GroupedCounts,
    total: int,
) -> Draws:
    """The sets of `total` rankings of these counts."""
    shape = (total, len(SCALES), counts.n_labels)
    draws = Draws(
        np.full((total, counts.n_labels, depth(rule, counts)), -1, np.int32),
        np.zeros(shape, np.int64),
        np.full(shape, np.nan),
    )
    asked = [rule.scaled(scale).asked(counts.n_flat) for scale in SCALES]
    for index, ranking in enumerate(found):
        draws.sizes[index] = sizes = sizes_of(ranking, rule.selection, asked)
        for label in np.flatnonzero(sizes[-1]).tolist():
            mine, largest = sizes[:, label], sizes[-1, label]
            draws.ids[index, label, :largest] = ranking.order(label)[:largest]
            last = ranking.entropies(label)[mine - 1]
            draws.last_entropy[index, :, label] = np.where(mine > 0, last, np.nan)
    return draws
