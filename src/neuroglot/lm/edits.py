"""Edits of units: zero, mean, scale and set, as records that `lm.edit` puts into effect.

Takes a NeuronSet (neurons, heads or coordinates of a projection), gives an Edit. An Edit knows no
model; `changes_of` makes it ready for one. Zeroing a neuron zeroes its activation, so what it
writes is zero too, which equals zeroing its column of the down projection.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.base.units import NeuronSet
from neuroglot.lm.body import Body
from neuroglot.lm.hooks import Change
from neuroglot.lm.sites import n_units


@dataclass(frozen=True, eq=False)
class Edit:
    """Units, and what becomes of them.

    values: float64 [unit], or [unit, head width] for heads: taken in place of what was computed.
    factor: what was computed is multiplied by it, where values is None.
    positions: token positions, counted from the row's first token; None: all of them.
    """

    units: NeuronSet
    values: NDArray[np.float64] | None = None
    factor: float = 1.0
    positions: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if self.positions is not None and _reaches_below_zero(self.positions):
            raise ConfigError("positions of an edit count from the first token, 0; none is below")


def _reaches_below_zero(positions: Sequence[int]) -> bool:
    # A range may be long, and its ends are its extremes.
    extremes = (*positions[:1], *positions[-1:]) if isinstance(positions, range) else positions
    return any(position < 0 for position in extremes)


def zero(units: NeuronSet, *, positions: Sequence[int] | None = None) -> Edit:
    """The units become 0."""
    return Edit(units, values=np.zeros(len(units)), positions=positions)


def mean(units: NeuronSet, values: ArrayLike, *, positions: Sequence[int] | None = None) -> Edit:
    """The units become their means.

    values: [unit] in the set's order, or a table of the whole model: [layer, index], for heads also
    [layer, head, head width].
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim == 1:
        return set(units, table, positions=positions)
    try:
        of_units = table[units.layers, units.indices]
    except IndexError:
        raise ConfigError(
            f"a table of means of shape {table.shape} does not reach all of {units!r}: give means "
            "of every layer and unit of the model"
        ) from None
    return Edit(units, values=of_units, positions=positions)


def scale(units: NeuronSet, factor: float, *, positions: Sequence[int] | None = None) -> Edit:
    """The units are multiplied by a factor."""
    return Edit(units, factor=float(factor), positions=positions)


def set(units: NeuronSet, value: ArrayLike, *, positions: Sequence[int] | None = None) -> Edit:
    """The units become one value, or each its own ([unit], in the set's order)."""
    values = np.asarray(value, dtype=np.float64)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != len(units)):
        raise ConfigError(
            f"values of shape {values.shape} for {len(units)} units: give one number, or one each"
        )
    return Edit(units, values=np.broadcast_to(values, len(units)).copy(), positions=positions)


def changes_of(body: Body, edits: Sequence[Edit]) -> list[Change]:
    """The changes, layer by layer, that the edits mean in this model.

    Raises SiteError for units that the model does not have.
    """
    return [
        Change(edit.units.site, layer, _replacement(edit, layer), edit.positions)
        for edit in edits
        for layer in edited_layers(body, edit.units)
    ]


def edited_layers(body: Body, units: NeuronSet) -> list[int]:
    """The layers that hold units, in order. Raises SiteError for units that the model has not."""
    layers = sorted(dict.fromkeys(units.layers.tolist()))
    if layers and layers[-1] >= body.sizes.layers:
        raise SiteError(
            f"no layer {layers[-1]} in this model: layers are 0-{body.sizes.layers - 1}"
        )
    most = int(units.indices.max()) if len(units) else 0
    held = n_units(body, units.site)
    if held and most >= held:
        raise SiteError(
            f"no {units.site} {most} in this model: each layer has {held}, counted from 0"
        )
    return layers


def _replacement(edit: Edit, layer: int) -> Callable[[Tensor], Tensor]:
    here = edit.units.layers == layer
    indices = torch.from_numpy(edit.units.indices[here])
    values = None if edit.values is None else torch.from_numpy(edit.values[here])
    of_heads = edit.units.site == "head"

    def replace(tensor: Tensor) -> Tensor:
        edited = tensor.clone()
        chosen = indices.to(tensor.device)
        view = edited if of_heads else edited.unsqueeze(-1)
        if values is None:
            view[..., chosen, :] *= edit.factor
        else:
            each = values if values.ndim == 2 else values[:, None]
            view[..., chosen, :] = each.to(tensor)
        return edited

    return replace
