"""Where sets lie: specific neurons at the bottom (A-2), exclusive ones at the top (A-3)?

Both have the same form: a statistic of the sets cut at n*, minus its mean under permuted labels, so
that what any selection does to layers is taken off. Columns of every array: the languages together
first, then each language.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.draws import MAIN, SCALES, Draws
from neuroglot.analyses.evidence import Evidence
from neuroglot.analyses.grouped import GroupedCounts, is_prose
from neuroglot.analyses.placement import bottom, cuts, exclusive, held, in_region, share, top
from neuroglot.analyses.selection import Bools, Floats, Ints
from neuroglot.analyses.uncertainty import permutation_p

NU_GRID = (0.5, 2.0, 4.0)


@dataclass(frozen=True, eq=False)
class Effect:
    """A statistic above its mean under permuted labels, [column] and [draw, column].

    raw: the statistic itself; value: raw minus the mean of `permuted`. replicates and
    raw_replicates come from the bootstrap and are empty where none was run.
    """

    labels: tuple[str, ...]
    raw: Floats
    permuted: Floats
    raw_replicates: Floats

    @property
    def centre(self) -> Floats:
        """Mean under permuted labels, float64 [column]."""
        return known_mean(self.permuted, axis=0)

    @property
    def value(self) -> Floats:
        """The figure that is judged, float64 [column]."""
        return self.raw - self.centre

    @property
    def replicates(self) -> Floats:
        """Its bootstrap draws, float64 [draw, column]; the permuted mean is held fixed."""
        return self.raw_replicates - self.centre

    @property
    def p(self) -> Floats:
        """One-sided permutation p, float64 [column]; nan where the figure has no value."""
        columns = range(len(self.raw))
        found = [permutation_p(self.raw[one], self.permuted[:, one]) for one in columns]
        return np.where(np.isnan(self.raw), np.nan, found)

    def column(self, scope: str) -> int:
        """The column of `overall` or a label."""
        return 0 if scope == "overall" else 1 + self.labels.index(scope)


Statistic = Callable[[Draws, Ints, GroupedCounts], Floats]
"""(draws, cut [draw, label], counts) -> float64 [draw, 1 + label]."""


def effect(
    found: Evidence, statistic: Statistic, *, real: Ints | None = None, scale: float = 1.0
) -> Effect:
    """The statistic in the sets as they are, under permuted labels, and in the bootstrap.

    real: n* per label at which sets are cut, held fixed in every draw; default the evidence's own.
    scale: multiple of nu, one of SCALES.
    """
    limit = found.n_star if real is None else real
    at = SCALES.index(scale)

    def in_draws(draws: Draws) -> Floats:
        return statistic(draws, cuts(draws, limit, scale=at), found.counts)

    columns = 1 + found.counts.n_labels
    again = found.resampled
    return Effect(
        labels=found.counts.labels,
        raw=in_draws(found.observed)[0],
        permuted=in_draws(found.null.draws),
        raw_replicates=in_draws(again) if again is not None else np.zeros((0, columns)),
    )


def bottom_share(draws: Draws, cut: Ints, counts: GroupedCounts) -> Floats:
    """Share of each set in the bottom quarter of layers; first their mean over labels."""
    region = in_region(draws, bottom(counts.n_layers), n_neurons=counts.n_neurons)
    shares = share(region, held(draws, cut), axis=2)
    return np.concatenate([known_mean(shares, axis=1)[:, None], shares], axis=1)


def exclusive_at_top(draws: Draws, cut: Ints, counts: GroupedCounts) -> Floats:
    """Share of exclusive members in the top quarter minus that of shared ones; first pooled."""
    return _top_difference(draws, cut, counts, np.ones(counts.n_labels, bool))


def exclusive_at_top_without_prose(draws: Draws, cut: Ints, counts: GroupedCounts) -> Floats:
    """The same among programming languages only: prose neither shares nor counts."""
    return _top_difference(draws, cut, counts, programming(counts.labels))


def programming(labels: tuple[str, ...]) -> Bools:
    """Which labels are no natural language, bool [label]."""
    return np.array([not is_prose(label) for label in labels])


def known_mean(values: Floats, *, axis: int) -> Floats:
    """Mean of what is not nan; nan where nothing is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean = np.full(count.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def n_exclusive(found: Evidence) -> int:
    """Exclusive members of the observed sets cut at n*, over all labels."""
    inside = held(found.observed, cuts(found.observed, found.n_star, scale=MAIN))
    return int(exclusive(found.observed, inside, n_flat=found.counts.n_flat).sum())


def _top_difference(draws: Draws, cut: Ints, counts: GroupedCounts, among: Bools) -> Floats:
    inside = held(draws, cut) & among[:, None]
    alone = exclusive(draws, inside, n_flat=counts.n_flat, rivals=among)
    region = in_region(draws, top(counts.n_layers), n_neurons=counts.n_neurons)
    common = inside & ~alone
    pooled = share(region, alone, axis=(1, 2)) - share(region, common, axis=(1, 2))
    each = share(region, alone, axis=2) - share(region, common, axis=2)
    return np.concatenate([pooled[:, None], each], axis=1)
