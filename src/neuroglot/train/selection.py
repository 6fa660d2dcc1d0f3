"""What of a model is trained: rows of units, modules, layers, adapters, or everything.

Takes a selection, a small frozen record, and a Body; gives a Choice, which names the lines, whole
parameters or projections meant. Changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm.body import Body, width_in, width_out
from neuroglot.lm.entries import PROJECTIONS, Lines, hosts_of, lines_of, names_of
from neuroglot.lm.sites import place


@dataclass(frozen=True)
class UnitRows:
    """The rows that compute these units, with their biases.

    columns: also the column of the down projection that reads each gate, up or MLP neuron.
    """

    units: NeuronSet | Units
    columns: bool = False


@dataclass(frozen=True)
class HostingModules:
    """The whole projections whose outputs these units are, as the release of 2512.19980 trains."""

    units: NeuronSet | Units


@dataclass(frozen=True)
class LayerBand:
    """All parameters of the blocks `first` to `last`, both counted from 0 and included."""

    first: int
    last: int


@dataclass(frozen=True)
class LoRA:
    """Low-rank updates of projections (arXiv 2106.09685), through peft; their base stays as it is.

    rank: of each update. alpha: the update is multiplied by alpha / rank; None takes the rank, so
    that the factor is 1. sites: which projections; layers: of which blocks, None for all. hosts:
    only the projections whose outputs these units are; at most so many, those with most units first
    (None: all of them).
    """

    rank: int
    alpha: float | None = None
    sites: tuple[str, ...] = PROJECTIONS
    layers: tuple[int, ...] | None = None
    hosts: NeuronSet | Units | None = None
    most_hosts: int | None = None

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ConfigError(f"rank is {self.rank}: give at least 1")
        unknown = [site for site in self.sites if site not in PROJECTIONS]
        if unknown or not self.sites:
            raise ConfigError(
                f"no projection {', '.join(unknown) or 'is named'}: known are "
                f"{', '.join(PROJECTIONS)}"
            )

    @property
    def scale(self) -> float:
        """What the product of the two factors is multiplied by."""
        return 1.0 if self.alpha is None else self.alpha / self.rank


@dataclass(frozen=True)
class Everything:
    """All parameters."""


Selection = UnitRows | HostingModules | LayerBand | LoRA | Everything


@dataclass(frozen=True, eq=False)
class Choice:
    """A selection in one model: lines of projections, whole parameters by name, or adapters on
    projections by name. n_trainable: how many numbers are trained.
    """

    selection: Selection
    lines: tuple[Lines, ...] = ()
    whole: tuple[str, ...] = ()
    adapted: Mapping[str, nn.Module] | None = None
    n_trainable: int = 0

    @property
    def digest(self) -> str:
        """Changes with anything that is selected."""
        named = [
            [each.weight.name, each.side, each.at.tolist(), each.bias is not None]
            for each in self.lines
        ]
        adapted = [sorted(self.adapted or ()), _strength(self.selection)]
        return json_digest([type(self.selection).__name__, named, list(self.whole), adapted])


def choose(body: Body, selection: Selection) -> Choice:
    """The selection in this model.

    Raises ConfigError where it matches nothing, SiteError for units or layers that the model has
    not, WeightsError for packed weights.
    """
    match selection:
        case UnitRows(units, columns):
            lines = lines_of(body, units, columns=columns)
            choice = Choice(selection, lines, n_trainable=sum(each.n_trainable for each in lines))
        case HostingModules(units):
            choice = _whole(body, selection, list(hosts_of(body, units)))
        case LayerBand(first, last):
            _refuse_absent(body, (first, last))
            blocks = [each.block for each in body.blocks[first : last + 1]]
            choice = _whole(body, selection, blocks)
        case LoRA():
            choice = _adapted(body, selection)
        case Everything():
            choice = _whole(body, selection, [body.hf])
    if not choice.n_trainable:
        raise ConfigError(
            f"the selection {type(selection).__name__} matches nothing in this model: choose units "
            "or layers that it has"
        )
    return choice


def hosted_lora(body: Body, units: NeuronSet | Units, n_trainable: int) -> LoRA:
    """Adapters on the projections that host units, of as many numbers as can be near `n_trainable`.

    On all of them with the rank that comes nearest; on those with most units, of rank 1, where that
    is already too many.
    """
    hosts = hosts_of(body, units)
    order = sorted(hosts, key=lambda module: -hosts[module])
    each = [width_in(module) + width_out(module) for module in order]
    rank = max(round(n_trainable / max(sum(each), 1)), 1)
    sizes = [sum(each[: n + 1]) * rank for n in range(len(each))]
    nearest = min(range(len(sizes)), key=lambda n: abs(sizes[n] - n_trainable), default=0)
    return LoRA(rank, hosts=units, most_hosts=nearest + 1)


def _strength(selection: Selection) -> list[Any]:
    return [selection.rank, selection.scale] if isinstance(selection, LoRA) else []


def _whole(body: Body, selection: Selection, modules: list[nn.Module]) -> Choice:
    names = names_of(body)
    found = {
        names[id(parameter)]: parameter for module in modules for parameter in module.parameters()
    }
    n_trainable = sum(parameter.numel() for parameter in found.values())
    return Choice(selection, whole=tuple(sorted(found)), n_trainable=n_trainable)


def _adapted(body: Body, selection: LoRA) -> Choice:
    layers = range(body.sizes.layers) if selection.layers is None else selection.layers
    _refuse_absent(body, tuple(layers))
    if selection.hosts is not None:
        hosts = hosts_of(body, selection.hosts)
        order = sorted(hosts, key=lambda module: -hosts[module])
        modules = set(order[: selection.most_hosts])
    else:
        sites = [site for site in selection.sites if site != "gate" or body.anatomy.gate]
        modules = {place(body, site, layer).module for layer in layers for site in sites}
    found = {name: module for name, module in body.hf.named_modules() if module in modules}
    each = [width_in(module) + width_out(module) for module in found.values()]
    return Choice(selection, adapted=found, n_trainable=selection.rank * sum(each))


def _refuse_absent(body: Body, layers: tuple[int, ...]) -> None:
    last = body.sizes.layers - 1
    if any(not 0 <= layer <= last for layer in layers):
        raise SiteError(f"no layer {max(layers)} in this model: layers are 0-{last}")
    if len(layers) == 2 and layers[0] > layers[1]:
        raise ConfigError(f"layers {layers[0]}-{layers[1]} are none: give the lower one first")
