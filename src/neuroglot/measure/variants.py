"""What is done to a model before it is scored: units, and what becomes of them.

A `Variant` says it; `combined` puts several into one forward pass, each on rows of its own. Knows
no text and no claims.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Units, by_layer
from neuroglot.lm.hooks import Change
from neuroglot.lm.resuming import Start, start_of
from neuroglot.measure.row_edits import RowEdit, together

Operation = Literal["mean", "resample", "zero", "raise"]


@dataclass(frozen=True, eq=False)
class Variant:
    """Units of one label's set (or of a control), and what becomes of them.

    ablated: whose set it is. operation: mean, zero, raise (values are given) or resample (values
    come from the bank). arm, draw, dose, fold: which set. evaluated: labels it is scored on.
    values: float64 [unit], None for resample. selection: what chose the set (lape, pls).
    """

    ablated: str
    operation: Operation
    arm: str
    draw: int
    dose: float
    units: NeuronSet | Units
    evaluated: tuple[str, ...]
    values: NDArray[np.float64] | None = None
    fold: int = -1
    selection: str = "lape"

    def __post_init__(self) -> None:
        if self.operation not in get_args(Operation):
            known = ", ".join(get_args(Operation))
            raise ConfigError(f"unknown operation {self.operation!r}: known are {known}")
        if (self.values is None) != (self.operation == "resample"):
            raise ConfigError("values belong to every operation but resample")

    @cached_property
    def effect(self) -> str:
        """The same for variants that do the same thing to the model: it is run once."""
        places = self.units.places()
        order = sorted(range(len(places)), key=places.__getitem__)
        values = [] if self.values is None else self.values[order].tolist()
        return json_digest([[list(places[at]) for at in order], values])

    @cached_property
    def by_layer(self) -> dict[tuple[str, int], NDArray[np.int64]]:
        """Which of the units stand at each site and layer."""
        return by_layer(self.units)

    @cached_property
    def first_layer(self) -> int:
        """The lowest layer with a unit; beyond all layers where there is none."""
        return int(self.units.layers.min(initial=2**31))

    @cached_property
    def start(self) -> Start:
        """Where a pass under it starts; there are units."""
        return start_of(self.by_layer)


def combined(variants: Sequence[Variant], values: Sequence[Tensor], *, n_rows: int) -> list[Change]:
    """Changes for a batch that repeats the same `n_rows` rows once for each variant.

    values: for each variant [unit], or [row, token, unit] where each position has its own.
    """
    changes: list[Change] = []
    for place in sorted({place for variant in variants for place in variant.by_layer}):
        edits = []
        for number, (variant, each) in enumerate(zip(variants, values, strict=True)):
            if (here := variant.by_layer.get(place)) is not None:
                chosen = each[..., torch.from_numpy(here).to(each.device)]
                edits.append(
                    RowEdit(
                        rows=slice(number * n_rows, (number + 1) * n_rows),
                        units=torch.from_numpy(variant.units.indices[here]).to(each.device),
                        values=chosen.view(*[1] * (3 - chosen.ndim), *chosen.shape, 1),
                    )
                )
        changes.append(Change(*place, together(edits)))
    return changes
