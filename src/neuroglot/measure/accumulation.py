"""Where observations of batches add up to one statistic. A batch is added whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.measure.requests import Observation
from neuroglot.measure.rows import Rows
from neuroglot.stats.statistic import Layout, Rule, Statistic, layouts


@dataclass
class Accumulator:
    """The running sums of one statistic: arrays that grow by batches.

    sizes: length of the axes `group`, `label` and `layer`.
    totals: int64 arrays of the counted fields, by name.
    blocks: float64 arrays [layer, ...] of the by-block fields, by name and (block, label).
    """

    into: type[Statistic]
    sizes: Mapping[str, int]
    totals: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    blocks: dict[str, dict[tuple[int, int], NDArray[np.float64]]] = field(default_factory=dict)

    def add(
        self, layer: int, observed: Observation, rows: Rows, *, block: int, first: bool
    ) -> None:
        """Add one layer's observation; `first` where it is the first layer of its request."""
        fields = layouts(self.into)
        for name, values in observed.items():
            layout = fields[name]
            if "layer" not in layout.axes and not first:
                continue
            pooled_by = (rows.group if layout.axes[0] == "group" else rows.label).cpu()
            if layout.rule is Rule.COUNTED:
                total = self._total(name, layout, tuple(values.shape[1:]))
                into = torch.from_numpy(total)
                into = into[:, layer] if "layer" in layout.axes else into
                into.index_add_(0, pooled_by, values.to(torch.int64).cpu())
            else:
                self._add_by_block(name, layout, values, pooled_by, layer=layer, block=block)

    def _total(self, name: str, layout: Layout, rest: tuple[int, ...]) -> NDArray[np.int64]:
        if name not in self.totals:
            known = [self.sizes[axis] for axis in layout.axes if axis in self.sizes]
            self.totals[name] = np.zeros((*known, *rest), np.int64)
        return self.totals[name]

    def _add_by_block(
        self,
        name: str,
        layout: Layout,
        values: torch.Tensor,
        labels: torch.Tensor,
        *,
        layer: int,
        block: int,
    ) -> None:
        parts = self.blocks.setdefault(name, {})
        doubles = values.to(torch.float64).cpu()
        for label in sorted(set(labels.tolist())):
            pooled = doubles[labels == label].sum(dim=0).numpy()
            if "layer" not in layout.axes:
                parts[block, label] = parts.get((block, label), 0.0) + pooled
                continue
            shape = (self.sizes["layer"], *pooled.shape)
            parts.setdefault((block, label), np.zeros(shape))[layer] += pooled

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
            if layout.rule is Rule.COUNTED:
                self.totals[name] = value.copy()
            elif layout.rule is Rule.BY_BLOCK:
                keys = map(tuple, statistic.entries.tolist())
                self.blocks[name] = dict(zip(keys, value.copy(), strict=True))
