"""How far two labels share neurons, beside what chance and what a label with itself would share.

Jaccard and odds ratio of the selected sets; J_independent from random sets of equal size, drawn
from the same candidates with the same layer profile; J_self from split halves of one label.
Normalised sharing is 0 where two labels share as chance does, 1 where they are as one label.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.draws import Draws
from neuroglot.analyses.evidence import Evidence
from neuroglot.analyses.permutation import jaccard
from neuroglot.analyses.selection import Floats, Ints
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.base.seeds import generator

INDEPENDENT_DRAWS = 200


def overlap_rows(found: Evidence, *, seed: int) -> list[Row]:
    """Rows of `overlap`, one per pair of labels. The interval is that of the Jaccard."""
    counts = found.counts
    chance = independent_jaccard(found, seed=seed)
    again = found.resampled
    rows: list[Row] = []
    for a, b in combinations(range(counts.n_labels), 2):
        mine, theirs = (found.observed.members(0, label) for label in (a, b))
        shared = jaccard(mine, theirs)
        itself = float((found.halves[a] + found.halves[b]) / 2)
        low, high = percentile_interval(() if again is None else pair_jaccard(again, a, b))
        rows.append(
            {
                "selection": found.rule.selection,
                "a": counts.labels[a],
                "b": counts.labels[b],
                "both": len(np.intersect1d(mine, theirs)),
                "jaccard": known(shared),
                "odds_ratio": known(odds_ratio(mine, theirs, n_flat=counts.n_flat)),
                "independent": known(chance[a, b]),
                "self": known(itself),
                "normalised": known(normalised_sharing(shared, chance[a, b], itself)),
                "n": len(counts.used),
                "unit": counts.unit,
                "low": known(low),
                "high": known(high),
            }
        )
    return rows


def normalised_sharing(shared: float, independent: float, itself: float) -> float:
    """(J - J_independent) / (J_self - J_independent); nan unless J_self is larger."""
    if not itself > independent:
        return float("nan")
    return (shared - independent) / (itself - independent)


def odds_ratio(a: NDArray[np.integer], b: NDArray[np.integer], *, n_flat: int) -> float:
    """Odds of being in a given b, over the odds given not b; 0.5 added to each cell.

    The addition keeps it finite where a cell is empty (Haldane, Annals of Human Genetics 20, 1956).
    """
    both = len(np.intersect1d(a, b))
    only_a, only_b = len(a) - both, len(b) - both
    neither = n_flat - both - only_a - only_b
    return ((both + 0.5) * (neither + 0.5)) / ((only_a + 0.5) * (only_b + 0.5))


def independent_jaccard(found: Evidence, *, seed: int) -> Floats:
    """Mean Jaccard of random sets, float64 [label, label]: 200 draws of every label at once."""
    counts = found.counts
    rng = generator(seed, "independent sets")
    total = np.zeros((counts.n_labels, counts.n_labels))
    known_draws = np.zeros_like(total)
    for _ in range(INDEPENDENT_DRAWS):
        drawn = [
            random_set(
                found.ranking.order(label),
                like=found.observed.members(0, label),
                n_neurons=counts.n_neurons,
                rng=rng,
            )
            for label in range(counts.n_labels)
        ]
        shared = jaccard_matrix(drawn)
        known_draws += ~np.isnan(shared)
        total += np.nan_to_num(shared)
    out = np.full_like(total, np.nan)
    np.divide(total, known_draws, out=out, where=known_draws > 0)
    return out


def random_set(
    candidates: Ints, *, like: NDArray[np.integer], n_neurons: int, rng: np.random.Generator
) -> Ints:
    """As many random candidates in each layer as `like` has there, flat numbers."""
    layer = candidates // n_neurons
    wanted = np.bincount(like // n_neurons, minlength=int(layer.max(initial=0)) + 1)
    order = np.lexsort((rng.random(len(candidates)), layer))
    by_layer = layer[order]
    place = np.arange(len(order)) - np.searchsorted(by_layer, by_layer, side="left")
    chosen: Ints = candidates[order[place < wanted[by_layer]]]
    return chosen


def jaccard_matrix(sets: list[Ints]) -> Floats:
    """Jaccard of every pair, float64 [label, label]; nan where both are empty."""
    members, column = np.unique(np.concatenate(sets), return_inverse=True)
    row = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    incidence = np.zeros((len(sets), len(members)))
    incidence[row, column] = 1
    both = incidence @ incidence.T
    size = np.diag(both)
    either = size[:, None] + size - both
    out = np.full(both.shape, np.nan)
    np.divide(both, either, out=out, where=either > 0)
    return out


def pair_jaccard(draws: Draws, a: int, b: int) -> Floats:
    """Jaccard of two labels' sets in every draw, float64 [draw]."""
    return np.array(
        [jaccard(draws.members(draw, a), draws.members(draw, b)) for draw in range(len(draws))]
    )
