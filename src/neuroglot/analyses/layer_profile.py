"""How many of each label's neurons lie in each layer, beside its candidates and what chance gives.

Rows of the table `layers`: whole sets and exclusive members, each with the mean and the 95% range
under permuted labels, the count in the untrained twin, and a bootstrap interval.
"""

import numpy as np

from neuroglot.analyses.claims import Row
from neuroglot.analyses.draws import MAIN, Draws
from neuroglot.analyses.evidence import Evidence
from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.placement import exclusive, held, layer_counts
from neuroglot.analyses.selection import Ints
from neuroglot.analyses.uncertainty import percentile_interval

SETS = ("all", "exclusive")


def layer_rows(found: Evidence, *, untrained: Evidence | None) -> list[Row]:
    """Rows of `layers`, for every label, set and layer."""
    counts = found.counts
    candidates = np.stack([_per_layer(found, label) for label in range(counts.n_labels)])
    rows: list[Row] = []
    for name in SETS:
        here = profile(found.observed, counts, name)[0]
        chance = profile(found.null.draws, counts, name)
        again = None if found.resampled is None else profile(found.resampled, counts, name)
        twin = profile(untrained.observed, counts, name)[0] if untrained else None
        for at, label in enumerate(counts.labels):
            for layer in range(counts.n_layers):
                low, high = percentile_interval(chance[:, at, layer])
                interval = percentile_interval(again[:, at, layer]) if again is not None else None
                rows.append(
                    {
                        "language": label,
                        "layer": layer,
                        "set": name,
                        "count": int(here[at, layer]),
                        "candidates": int(candidates[at, layer]),
                        "permuted_mean": float(chance[:, at, layer].mean()),
                        "permuted_low": low,
                        "permuted_high": high,
                        "untrained": None if twin is None else int(twin[at, layer]),
                        "n": int(counts.groups_per_label()[at]),
                        "unit": counts.unit,
                        "low": interval[0] if interval else None,
                        "high": interval[1] if interval else None,
                    }
                )
    return rows


def profile(draws: Draws, counts: GroupedCounts, name: str) -> Ints:
    """Members per layer of whole sets (`all`) or of exclusive ones, int64 [draw, label, layer]."""
    inside = held(draws, draws.sizes[:, MAIN])
    if name == "exclusive":
        inside = exclusive(draws, inside, n_flat=counts.n_flat)
    return layer_counts(draws, inside, n_layers=counts.n_layers, n_neurons=counts.n_neurons)


def _per_layer(found: Evidence, label: int) -> Ints:
    layer = found.ranking.order(label) // found.counts.n_neurons
    return np.bincount(layer, minlength=found.counts.n_layers).astype(np.int64)
