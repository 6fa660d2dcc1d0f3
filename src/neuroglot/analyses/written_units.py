"""Do the same units matter while a model writes as while it reads?

Takes statistics over answers that were given and over those that the model wrote, in groups of a
language's tasks; gives rows of the table `written_units`: how much each layer's units fire or
matter, and how alike their orders are. Knows no model.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import known
from neuroglot.analyses.uncertainty import spearman
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.pls import PLS, PROJECTIONS

Floats = NDArray[np.float64]

PARTS: Mapping[str, tuple[str, ...]] = {
    "attention": ("q", "k", "v", "o"),
    "mlp": ("gate", "up", "down"),
}
"""The projections of each part of a layer."""
_HALVES = 2


def activity_rows(given: NeuronActivity, written: NeuronActivity) -> list[dict[str, Any]]:
    """How often the neurons of each layer fire: the mean over them, as a share of tokens."""
    halves = [_by_half(each.active, each.tokens, each) for each in (given, written)]
    return [
        row
        for number, about in enumerate(_languages(given))
        for row in _rows(
            about | {"part": "mlp", "measure": "activity"}, *(each[:, number] for each in halves)
        )
    ]


def pls_rows(given: PLS, written: PLS) -> list[dict[str, Any]]:
    """How much the units of each layer matter (PLS): their mean, where that of all units is 1."""
    halves = [_scaled(_by_half(each.sum, each.count, each)) for each in (given, written)]
    projections = given.projection_of()
    rows = []
    for number, about in enumerate(_languages(given)):
        for part, names in PARTS.items():
            own = np.isin(projections, [PROJECTIONS.index(name) for name in names])
            rows += _rows(
                about | {"part": part, "measure": "pls"},
                *(each[:, number][..., own] for each in halves),
            )
    return rows


def _languages(statistic: NeuronActivity | PLS) -> list[dict[str, Any]]:
    """What all rows of a language say."""
    return [
        {
            "language": label,
            "n": sum(group.repositories for group in statistic.groups if group.label == label),
            "unit": "task",
        }
        for label in statistic.labels
    ]


def _by_half(
    sums: NDArray[Any], counts: NDArray[np.int64], statistic: NeuronActivity | PLS
) -> Floats:
    """Means over tokens or texts of each half of the tasks: float64 [half, label, layer, unit].

    nan where a language has nothing in a half.
    """
    labels, groups = statistic.labels, statistic.groups
    shape = (_HALVES, len(labels))
    total, count = np.zeros((*shape, *sums.shape[1:])), np.zeros(shape)
    for group, own, n in zip(groups, sums, counts.tolist(), strict=True):
        at = _half(group), labels.index(group.label)
        total[at] += own
        count[at] += n
    with np.errstate(invalid="ignore"):
        found: Floats = total / count[..., None, None]
    return found


def _scaled(scores: Floats) -> Floats:
    """Scores [half, label, layer, unit] with a mean of 1 over all units."""
    with np.errstate(invalid="ignore"):
        found: Floats = scores / scores.mean(axis=(2, 3), keepdims=True)
    return found


def _half(group: Group) -> int:
    return group.bucket % _HALVES


def _rows(about: dict[str, Any], given: Floats, written: Floats) -> list[dict[str, Any]]:
    """A row for each layer, from the values of one language: [half, layer, unit] both.

    agreement: rank correlation of the units over one half of the tasks, given, with those over the
    other half, written; the mean of both ways. ceiling: the same where both halves are given.
    """
    rows = []
    for layer in range(given.shape[1]):
        read, wrote = given[:, layer], written[:, layer]
        crossed = spearman(read[0], wrote[1]), spearman(read[1], wrote[0])
        rows.append(
            about
            | {
                "layer": layer,
                "teacher": _mean(read),
                "generated": _mean(wrote),
                "agreement": known(sum(crossed) / 2),
                "ceiling": known(spearman(read[0], read[1])),
            }
        )
    return rows


def _mean(values: Floats) -> float | None:
    """Over units and the halves that have values."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None
