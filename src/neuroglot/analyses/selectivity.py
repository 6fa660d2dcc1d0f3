"""Is a language's set needed by that language more than by others, beyond a matched set?

Takes Damage, gives selectivity per language with replicates: the diagonal minus the row's mean,
each minus its matched control, in nats per byte (CLAIMS A-5). Also how a matrix's variance splits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.damage import Damage
from neuroglot.analyses.uncertainty import percentile_interval, rank_among, rank_sum_p

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Selectivity:
    """One operation's matrices and what follows from them.

    damage, control, interaction: [ablated, evaluated] in nats per byte; control is the matched
    draw 0, with its diagonal the mean over all draws; interaction = damage - control.
    selectivity [label]; replicates [replicate, label]. control_own [label]: mean damage of the
    matched draws to the label itself. ranks [label] of the true set among `draws` draws; p: exact,
    for their sum. mean_damage: replicates of the mean over all cells.
    """

    labels: tuple[str, ...]
    damage: Floats
    control: Floats
    selectivity: Floats
    replicates: Floats
    control_own: Floats
    ranks: NDArray[np.int64]
    draws: int
    p: float
    mean_damage: Floats

    @property
    def intervals(self) -> Floats:
        """95% bootstrap intervals of the selectivity over repositories: [label, 2]."""
        return np.array([percentile_interval(drawn) for drawn in self.replicates.T])

    @property
    def interaction(self) -> Floats:
        """Damage beyond the matched control."""
        return self.damage - self.control

    @property
    def value(self) -> float:
        """Mean selectivity over languages."""
        return float(self.selectivity.mean())


def row_contrast(matrix: Floats) -> Floats:
    """Diagonal minus the mean of the rest of the row: [..., label] of [..., label, label]."""
    n = matrix.shape[-1]
    own = np.diagonal(matrix, axis1=-2, axis2=-1)
    return np.asarray(own - (matrix.sum(axis=-1) - own) / (n - 1))


def selectivity(found: Damage, operation: str) -> Selectivity:
    """Selectivity of the labels' sets under one operation, beyond matched controls."""
    labels = found.labels
    values, drawn = found.matrix(operation)
    control, control_drawn = (each.copy() for each in found.matrix(operation, "matched"))
    own = [found.own(label, operation, "matched") for label in labels]
    draws = min(len(each) for each, _ in own)
    for k, (each, replicates) in enumerate(own):
        control[k, k] = each.mean()
        control_drawn[:, k, k] = replicates.mean(axis=1)
    ranks = [rank_among(values[k, k], each[:draws]) for k, (each, _) in enumerate(own)]
    return Selectivity(
        labels=labels,
        damage=values,
        control=control,
        selectivity=row_contrast(values - control),
        replicates=row_contrast(drawn - control_drawn),
        control_own=np.diagonal(control).copy(),
        ranks=np.array(ranks, dtype=np.int64),
        draws=draws,
        p=rank_sum_p(ranks, draws=draws),
        mean_damage=drawn.mean(axis=(1, 2)),
    )


def column_contrast(found: Damage, operation: str) -> tuple[float, Floats]:
    """Mean over labels of what a label loses by its own set less what it loses by others' sets.

    Each beyond its matched draw 0, so that sets of other sizes compare: value and replicates.
    """
    values, drawn = found.matrix(operation)
    control, control_drawn = found.matrix(operation, "matched")
    beyond, beyond_drawn = values - control, drawn - control_drawn
    return (
        float(row_contrast(beyond.T).mean()),
        row_contrast(np.swapaxes(beyond_drawn, 1, 2)).mean(axis=1),
    )


def plain_selectivity(found: Damage, operation: str, arm: str) -> tuple[float, Floats]:
    """Mean over labels of the row contrast without a control: value and replicates."""
    values, drawn = found.matrix(operation, arm)
    return float(row_contrast(values).mean()), row_contrast(drawn).mean(axis=1)


@dataclass(frozen=True)
class VarianceShares:
    """Shares of a matrix's variance: between rows, between columns, and the interaction."""

    rows: float
    columns: float
    interaction: float


def variance_shares(matrix: Floats) -> VarianceShares:
    """How much of a matrix is said by its margins alone (CLAIMS 1, matrix diagnostic)."""
    mean = matrix.mean()
    rows = matrix.mean(axis=1, keepdims=True) - mean
    columns = matrix.mean(axis=0, keepdims=True) - mean
    rest = matrix - mean - rows - columns
    parts = [
        float((rows**2).sum() * matrix.shape[1]),
        float((columns**2).sum() * matrix.shape[0]),
        float((rest**2).sum()),
    ]
    total = sum(parts)
    return VarianceShares(*(part / total if total else float("nan") for part in parts))
