"""Entries of a model's parameters: whole ones, and the rows and columns that belong to units.

Takes a Body and units, gives Lines: which rows (or columns) of which projection are the units'. An
Entry names such a part by its parameter, so that it can be read, written and put into a file. A
unit's own weights are the row that computes it and its bias; the column that reads it stands in
the next matrix. Runs nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm.body import Body
from neuroglot.lm.edits import edited_layers
from neuroglot.lm.projections import weight_of
from neuroglot.lm.sites import place

PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
INSIDE = ("gate", "up", "neuron")
"""Sites whose units are read by a column of the down projection."""

Side = Literal["rows", "columns"]


@dataclass(frozen=True, eq=False)
class Entry:
    """A parameter, or what stands in it at some places of one axis.

    name: as in `named_parameters`. axis, at (int64, ascending): None for all of it.
    """

    name: str
    axis: int | None = None
    at: Tensor | None = None

    def read(self, parameter: Tensor) -> Tensor:
        """A copy of what stands there."""
        whole = parameter.detach()
        if self.axis is None or self.at is None:
            return whole.clone()
        return whole.index_select(self.axis, self.at.to(whole.device))

    def write(self, parameter: Tensor, values: Tensor) -> None:
        """Put values there, rounded to the parameter's own format."""
        whole, rounded = parameter.detach(), values.detach().to(parameter.device, parameter.dtype)
        if self.axis is None or self.at is None:
            whole.copy_(rounded)
        else:
            whole.index_copy_(self.axis, self.at.to(whole.device), rounded)


@dataclass(frozen=True, eq=False)
class Lines:
    """Rows of a projection (its outputs) or columns (its inputs), and their biases.

    at: int64, ascending. without: outputs whose rows are chosen too; of a column they are no part.
    weight: where they stand. bias: that of the rows, where there is one.
    """

    projection: nn.Module
    side: Side
    at: Tensor
    without: Tensor
    weight: Entry
    bias: Entry | None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that belongs to them."""
        return (self.weight,) if self.bias is None else (self.weight, self.bias)

    @property
    def n_trainable(self) -> int:
        """How many numbers they are, none counted twice."""
        parameter, outputs = weight_of(self.projection)
        across = parameter.shape[1 - outputs] if self.side == "rows" else parameter.shape[outputs]
        biases = len(self.at) if self.bias is not None else 0
        return len(self.at) * (int(across) - len(self.without)) + biases


def names_of(body: Body) -> dict[int, str]:
    """The name of each parameter by its identity; of shared ones the first."""
    return {id(parameter): name for name, parameter in body.hf.named_parameters()}


def lines_of(body: Body, units: NeuronSet | Units, *, columns: bool = False) -> tuple[Lines, ...]:
    """The weights of units; columns: also the column of the down projection that reads each.

    Columns come first: where a row and a column cross, the row has the last word. Raises SiteError
    for units that the model has not, ConfigError for those without weights of their own, and
    WeightsError for weights that are packed.
    """
    modules: dict[int, nn.Module] = {}
    found: dict[tuple[Side, int], set[int]] = {}
    for site, layer, side, indices in _asked(body, units, columns=columns):
        where = place(body, site, layer)
        modules[id(where.module)] = where.module
        at = where.view.read(torch.arange(_width(where.module, side)))[indices]
        found.setdefault((side, id(where.module)), set()).update(at.tolist())
    names = names_of(body)
    made = []
    for (side, key), indices_of in sorted(found.items(), key=lambda item: item[0][0]):
        projection = modules[key]
        parameter, outputs = weight_of(projection)
        axis = outputs if side == "rows" else 1 - outputs
        at = torch.tensor(sorted(indices_of), dtype=torch.int64)
        own = found.get(("rows", key), set()) if side == "columns" else set()
        bias = getattr(projection, "bias", None)
        made.append(
            Lines(
                projection,
                side,
                at,
                torch.tensor(sorted(own), dtype=torch.int64),
                Entry(names[id(parameter)], axis, at),
                Entry(names[id(bias)], 0, at)
                if side == "rows" and isinstance(bias, nn.Parameter)
                else None,
            )
        )
    return tuple(made)


def hosts_of(body: Body, units: NeuronSet | Units) -> dict[nn.Module, int]:
    """The projections whose rows the units are, with the number of rows, in the model's order."""
    counts = {line.projection: len(line.at) for line in lines_of(body, units)}
    return {module: counts[module] for module in body.hf.modules() if module in counts}


def _asked(
    body: Body, units: NeuronSet | Units, *, columns: bool
) -> Iterator[tuple[str, int, Side, Tensor]]:
    """Site, layer, side and indices: site `neuron` is its gate and up rows, down columns."""
    for each in (units,) if isinstance(units, NeuronSet) else units.sets():
        if each.site not in (*PROJECTIONS, "neuron"):
            raise ConfigError(
                f"units at {each.site!r} have no weights of their own: choose neurons, or units of "
                f"projections ({', '.join(PROJECTIONS)})"
            )
        gated = ("gate", "up") if body.anatomy.gate is not None else ("up",)
        sites = gated if each.site == "neuron" else (each.site,)
        for layer in edited_layers(body, each):
            indices = torch.from_numpy(each.in_layer(layer))
            for site in sites:
                yield site, layer, "rows", indices
            if columns and each.site in INSIDE:
                yield "neuron_out", layer, "columns", indices


def _width(projection: nn.Module, side: Side) -> int:
    parameter, outputs = weight_of(projection)
    return int(parameter.shape[outputs if side == "rows" else 1 - outputs])
