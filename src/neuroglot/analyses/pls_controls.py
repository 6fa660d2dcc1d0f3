"""Units to compare chosen units with: of the same layer and projection, and as large.

Takes values of all flat units and the chosen ones, gives sets of equal size. A language's units are
matched by mean activation, universal ones by their score. Knows no model and no text.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.controls import NEAREST, QUINTILES
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.stats.pls import PROJECTIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def strata(values: Floats, cells: Ints) -> Ints:
    """The cell and fifth of its values that each unit is in, numbered: int64 [unit].

    values: float64 [unit]. cells: int64 [unit], layer x projections + projection.
    """
    fifth = np.empty(len(values), dtype=np.int64)
    for members in members_of(cells):
        own = values[members]
        fifth[members] = np.searchsorted(np.quantile(own, QUINTILES), own)
    return cells * (len(QUINTILES) + 1) + fifth


def matched_units(
    chosen: Ints, values: Floats, cells: Ints, *, draws: int, seed: int, name: str
) -> list[Ints]:
    """Sets with as many units of each cell and fifth of `values`, without the chosen ones.

    Where a fifth has too few others, the rest comes from its cell, then from the projection in
    other layers. Raises ConfigError where that has too few.
    """
    found = []
    by_stratum = strata(values, cells)
    for draw in range(draws):
        rng = generator(seed, "matched units", name, draw)
        free = np.ones(len(values), dtype=bool)
        free[chosen] = False
        taken: list[int] = []
        for unit in rng.permutation(chosen).tolist():
            alike = np.flatnonzero(free & (by_stratum == by_stratum[unit]))
            pool = alike if len(alike) else _others(free, cells, unit)
            taken.append(int(pool[rng.integers(len(pool))]))
            free[taken[-1]] = False
        found.append(np.array(taken, dtype=np.int64))
    return found


def nearest_units(
    chosen: Ints, values: Floats, cells: Ints, *, draws: int, seed: int, name: str
) -> list[Ints]:
    """Sets whose units are among the nearest in value of their cell, without the chosen ones.

    Where a cell has too few, the rest comes from the projection in other layers. Raises ConfigError
    where that has too few.
    """
    found = []
    for draw in range(draws):
        rng = generator(seed, "nearest units", name, draw)
        free = np.ones(len(values), dtype=bool)
        free[chosen] = False
        taken: list[int] = []
        for unit in rng.permutation(chosen).tolist():
            pool = _others(free, cells, unit)
            near = pool[np.argsort(np.abs(values[pool] - values[unit]), kind="stable")[:NEAREST]]
            taken.append(int(near[rng.integers(len(near))]))
            free[taken[-1]] = False
        found.append(np.array(taken, dtype=np.int64))
    return found


def largest_units(size: int, values: Floats, *, without: Ints) -> Ints:
    """So many units with the highest values, the ones named left out."""
    order = np.argsort(-values, kind="stable")
    found: Ints = order[~np.isin(order, without)][:size]
    return found


def members_of(cells: Ints) -> Sequence[Ints]:
    """The units of each cell."""
    order = np.argsort(cells, kind="stable")
    _, starts = np.unique(cells[order], return_index=True)
    return np.split(order, starts[1:])


def _others(free: NDArray[np.bool_], cells: Ints, unit: int) -> Ints:
    """Free units of the same cell; where none is left, of the same projection in any layer."""
    n = len(PROJECTIONS)
    alike = (cells == cells[unit], cells % n == cells[unit] % n)
    pool = next((own for each in alike if len(own := np.flatnonzero(free & each))), None)
    if pool is None:
        raise ConfigError(
            "a projection has no unit left to match with: choose fewer units (a smaller top share)"
        )
    return pool
