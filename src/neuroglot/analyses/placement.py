"""Where in the model sets lie: shares of a region of layers, exclusive members, layer counts.

Works on the ordered ids of many draws at once; a set is cut to its first `cut` members. Depth of a
layer is (layer + 0.5) / layers; bottom lies below 1/4, top above 3/4.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.draws import MAIN, Draws
from neuroglot.analyses.selection import Bools, Floats, Ints

LEAST_LAYERS = 8
"""Models with fewer layers have no bottom and top to speak of."""


def relative_depth(n_layers: int) -> Floats:
    """(layer + 0.5) / layers, float64 [layer]."""
    return (np.arange(n_layers) + 0.5) / n_layers


def bottom(n_layers: int) -> Bools:
    """Which layers lie in the bottom quarter."""
    inside: Bools = relative_depth(n_layers) < 1 / 4
    return inside


def top(n_layers: int) -> Bools:
    """Which layers lie in the top quarter."""
    inside: Bools = relative_depth(n_layers) > 3 / 4
    return inside


def in_the_middle(levels: Sequence[int], n_layers: int) -> Bools:
    """Which levels lie in the middle half; the embedding (-1) does not."""
    depth = (np.array(levels) + 0.5) / n_layers
    inside: Bools = (depth >= 1 / 4) & (depth <= 3 / 4)
    return inside


def cuts(draws: Draws, real: Ints, *, scale: int = MAIN) -> Ints:
    """Set sizes cut at n*: min(size, n*), int64 [draw, label]. `real` is n* [label]."""
    return np.minimum(draws.sizes[:, scale], real)


def held(draws: Draws, cut: Ints) -> Bools:
    """Which ranks of `draws.ids` belong to the cut sets, bool [draw, label, rank]."""
    inside: Bools = np.arange(draws.ids.shape[2]) < cut[:, :, None]
    return inside


def exclusive(draws: Draws, inside: Bools, *, n_flat: int, rivals: Bools | None = None) -> Bools:
    """Which members are in no other label's set, bool [draw, label, rank].

    `rivals` bool [label] says whose sets count as others; default all.
    """
    alone = np.zeros(inside.shape, bool)
    rival = np.ones(inside.shape[1], bool) if rivals is None else rivals
    for draw, members in enumerate(inside):
        ids = draws.ids[draw]
        holders = np.bincount(ids[members & rival[:, None]], minlength=n_flat)
        others = holders[ids] - rival[:, None]
        alone[draw] = members & (others == 0)
    return alone


def share(part: Bools, whole: Bools, *, axis: int | tuple[int, ...]) -> Floats:
    """Members of `part` over members of `whole` (its superset), nan where that is empty."""
    n_whole = whole.sum(axis=axis)
    n_part = (part & whole).sum(axis=axis)
    out = np.full(n_whole.shape, np.nan)
    np.divide(n_part, n_whole, out=out, where=n_whole > 0)
    return out


def in_region(draws: Draws, region: Bools, *, n_neurons: int) -> Bools:
    """Which ids lie in a region of layers, bool [draw, label, rank]; meaningless beyond a set."""
    inside: Bools = np.repeat(region, n_neurons)[draws.ids]
    return inside


def layer_counts(draws: Draws, inside: Bools, *, n_layers: int, n_neurons: int) -> Ints:
    """Members per layer, int64 [draw, label, layer]."""
    n_draws, n_labels, _ = inside.shape
    layer = draws.ids // n_neurons
    row = np.arange(n_draws * n_labels).reshape(n_draws, n_labels, 1) * n_layers
    counted = np.bincount((layer + row)[inside], minlength=n_draws * n_labels * n_layers)
    return counted.reshape(n_draws, n_labels, n_layers).astype(np.int64)


def depths(ids: NDArray[np.integer], *, n_layers: int, n_neurons: int) -> Floats:
    """Relative depth of each of some neurons."""
    found: Floats = relative_depth(n_layers)[ids // n_neurons]
    return found
