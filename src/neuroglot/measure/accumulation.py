"""Where observations of batches add up to one statistic. A batch is added whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.measure.requests import Observation, Request
from neuroglot.measure.rows import Rows
from neuroglot.stats.statistic import Layout, Rule, Statistic, layouts


@dataclass(frozen=True)
class _Where:
    """The layer and block that values are of, and their place among the units."""

    layer: int
    block: int
    units: tuple[int, int] | None


@dataclass
class Accumulator:
    """The running sums of one statistic: arrays that grow by batches.

    sizes: length of the axes `group`, `label` and `layer`.
    totals: arrays of the counted (int64) and by-group (float64) fields, by name.
    blocks: float64 arrays [layer, ...] of the by-block fields, by name and (block, label).
    """

    into: type[Statistic]
    sizes: Mapping[str, int]
    totals: dict[str, NDArray[Any]] = field(default_factory=dict)
    blocks: dict[str, dict[tuple[int, int], NDArray[np.float64]]] = field(default_factory=dict)

    def add(
        self, layer: int, observed: Observation, rows: Rows, request: Request, *, block: int
    ) -> None:
        """Add what a request saw at one layer."""
        first = layer == (request.layers or (0,))[0]
        fields = layouts(self.into)
        for name, values in observed.items():
            layout = fields[name]
            if "layer" not in layout.axes and not first:
                continue
            pooled_by = (rows.group if layout.axes[0] == "group" else rows.label).cpu()
            units = request.units if "layer" in layout.axes else None
            if layout.rule is Rule.BY_BLOCK:
                where = _Where(layer, block, units)
                self._add_by_block(name, layout, values, pooled_by, where)
                continue
            total = self._total(name, layout, _whole(values.shape[1:], units))
            into = torch.from_numpy(total)
            into = into[:, layer] if "layer" in layout.axes else into
            if units is not None:
                into = into[..., units[0] : units[0] + values.shape[-1]]
            into.index_add_(0, pooled_by, values.to(into.dtype).cpu())

    def _total(self, name: str, layout: Layout, rest: tuple[int, ...]) -> NDArray[Any]:
        if name not in self.totals:
            known = [self.sizes[axis] for axis in layout.axes if axis in self.sizes]
            dtype = np.int64 if layout.rule is Rule.COUNTED else np.float64
            self.totals[name] = np.zeros((*known, *rest), dtype)
        return self.totals[name]

    def _add_by_block(
        self,
        name: str,
        layout: Layout,
        values: torch.Tensor,
        labels: torch.Tensor,
        where: "_Where",
    ) -> None:
        parts = self.blocks.setdefault(name, {})
        doubles = values.to(torch.float64).cpu()
        for label in sorted(set(labels.tolist())):
            pooled = doubles[labels == label].sum(dim=0).numpy()
            if "layer" not in layout.axes:
                parts[where.block, label] = parts.get((where.block, label), 0.0) + pooled
                continue
            shape = (self.sizes["layer"], *_whole(pooled.shape, where.units))
            whole = parts.setdefault((where.block, label), np.zeros(shape))
            if where.units is None:
                # A field may have no axis beside the layer.
                whole[where.layer] += pooled
            else:
                start = where.units[0]
                whole[where.layer, ..., start : start + pooled.shape[-1]] += pooled

    def statistic(self, **same: Any) -> Statistic:
        """The statistic so far; `same` holds the fields that all parts share."""
        values: dict[str, Any] = dict(self.totals)
        keys = sorted({key for parts in self.blocks.values() for key in parts})
        for name, parts in self.blocks.items():
            values[name] = np.stack([parts[key] for key in keys])
        return self.into(**values, **same, entries=np.array(keys, np.int64).reshape(-1, 2))

    def restore(self, statistic: Statistic) -> None:
        """Take over the sums of a statistic written earlier."""
        for name, layout in layouts(self.into).items():
            value = getattr(statistic, name)
            if layout.rule in (Rule.COUNTED, Rule.BY_GROUP):
                self.totals[name] = value.copy()
            elif layout.rule is Rule.BY_BLOCK:
                keys = map(tuple, statistic.entries.tolist())
                self.blocks[name] = dict(zip(keys, value.copy(), strict=True))


def _whole(shape: Sequence[int], units: tuple[int, int] | None) -> tuple[int, ...]:
    """The shape of a field of which values of this shape may be a part."""
    return tuple(shape) if units is None else (*shape[:-1], units[1])
