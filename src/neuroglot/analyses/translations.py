"""What the lens said of few-shot translations, in the form in which it is kept.

A row is the items of one problem in one direction that read like their source, or those that do
not: what claims resample. Whatever is not resampled is kept as sums over a direction's items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NONE, GOLD_OUT, CONTEXT_OUT = 0, 1, 2
"""Places on the axis of what does not count: nothing, the true token, the context too."""


@dataclass(frozen=True, eq=False)
class Translations:
    """The stored arrays; `half` 0 holds the problems on which A-7 chooses its level.

    direction, problem: int64 [row]. identical: bool [row]. count: int64 [row], items. mass,
    expected: float32 [row, level, exclusion, category], means over a row's items, of the primary
    categories and of what random sets of equal size and frequency expect. named: float32 [row,
    level, exclusion, claimed], random sets of names only. gold: float32 [row, level, 3],
    probability, 1 / rank and share of first ranks of the true token. kl: float32 [row, level], of
    the model's own distribution from the level's, nats per token; by_frequency: float32 [row], the
    same from frequencies. items: int64 [direction, 2], those that differ and those that do not.
    random: float32 [half, direction, level, claimed, draw], context left out. other: float32
    [direction, 2, level, exclusion, column], sums over items of the columns that are not primary.
    ten: float32 [direction, 2, level, exclusion, 3, set], the same of what ten tokens say.
    by_id: float32 [direction, level, keyword id], context left out.
    """

    direction: NDArray[np.int64]
    problem: NDArray[np.int64]
    identical: NDArray[np.bool_]
    count: NDArray[np.int64]
    mass: Floats
    expected: Floats
    named: Floats
    gold: Floats
    kl: Floats
    by_frequency: Floats
    items: NDArray[np.int64]
    random: Floats
    other: Floats
    ten: Floats
    by_id: Floats

    def arrays(self) -> dict[str, NDArray[Any]]:
        """By name, as they are written."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Translations":
        """From a tensor file."""
        return cls(**{each.name: arrays[each.name] for each in fields(cls)})

    @classmethod
    def joined(cls, parts: list["Translations"]) -> "Translations":
        """Directions one after the other; each part holds one, numbered 0."""
        by_row = ("problem", "identical", "count", "mass", "expected", "named", "gold", "kl")
        found: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in (*by_row, "by_frequency", "items", "other", "ten", "by_id")
        }
        lengths = [len(part.problem) for part in parts]
        found["direction"] = np.repeat(np.arange(len(parts)), lengths)
        found["random"] = np.concatenate([part.random for part in parts], axis=1)
        return cls(**found)


def faithful(found: Translations) -> NDArray[np.bool_]:
    """Levels that are nearer the model's own prediction than frequencies of ids are: bool [level].

    What the others say is the lens's failure, not the model's thought.
    """
    weights = found.count / found.count.sum()
    near: NDArray[np.bool_] = weights @ found.kl < weights @ found.by_frequency
    return near


def macro_means(
    values: NDArray[np.floating], direction: NDArray[np.int64], weights: NDArray[np.floating]
) -> Floats:
    """Means over rows, then over directions: [row, ...] to float64 [draw, ...].

    weights: [draw, row]. A direction that a draw leaves out does not count in it.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(values), prod(values.shape[1:]))
    total = np.zeros((len(weights), flat.shape[1]))
    n = np.zeros((len(weights), 1))
    for each in np.unique(direction):
        own = direction == each
        mine = np.asarray(weights[:, own], dtype=np.float64)
        size = mine.sum(axis=1, keepdims=True)
        total += np.divide(mine @ flat[own], size, where=size > 0, out=np.zeros_like(total))
        n += size > 0
    with np.errstate(invalid="ignore"):
        found: Floats = (total / np.where(n, n, np.nan)).reshape(len(weights), *values.shape[1:])
    return found
