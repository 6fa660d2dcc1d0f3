"""What a sweep does to a model: edits, and patches from another prompt, made ready for batches.

Takes variants, gives for each its steps (one site of one layer each) and where a pass under it
starts; and for rows of a batch, each under a variant of its own, the changes that they mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, by_layer
from neuroglot.lm.body import Body
from neuroglot.lm.edits import Edit, edited_layers
from neuroglot.lm.hooks import Change
from neuroglot.lm.resuming import Start, start_of
from neuroglot.lm.sites import place
from neuroglot.measure.row_edits import RowEdit, together

SiteOfLayer = tuple[str, int]
Cell = tuple[int, int]
"""Number of a variant, and of a prompt among those that are run together."""


@dataclass(frozen=True, eq=False)
class Patch:
    """Units that take the values which they have in another prompt, token by token.

    positions: counted from the first token, 0; None: where the sweep says.
    """

    units: NeuronSet
    positions: Sequence[int] | None = None


def patch(units: NeuronSet, *, positions: Sequence[int] | None = None) -> Patch:
    """The units become what they are in the prompt's source: for `ng.sweep(..., sources=...)`."""
    return Patch(units, positions)


Variant = Edit | Patch | Sequence[Edit | Patch]
"""An edit, a patch, or several that act one after the other."""


@dataclass(frozen=True, eq=False)
class Step:
    """What becomes of units of one site of one layer.

    units: int64 [unit]. values: float64 [1, 1, unit, width or 1], None where units are multiplied
    by factor or patched. positions: as in the edit.
    """

    site: SiteOfLayer
    units: Tensor
    values: Tensor | None
    factor: float
    patched: bool
    positions: Sequence[int] | None

    def places(self, default: Tensor) -> Tensor:
        """Where it acts: bool [prompt, token]. default: the same for steps without positions."""
        if self.positions is None:
            return default
        places = torch.zeros_like(default)
        places[:, list(self.positions)] = True
        return places


@dataclass(frozen=True, eq=False)
class Ready:
    """A variant's steps, in order, and where a pass under it starts; None without any units."""

    steps: tuple[Step, ...]
    start: Start | None


def ready(body: Body, variant: Variant, *, number: int, shortest: int) -> Ready:
    """A variant ready for a model.

    number: what messages call it. shortest: tokens of the shortest prompt. Raises SiteError for
    units and sites that the model does not have, ConfigError for a position beyond a prompt.
    """
    parts = [variant] if isinstance(variant, Edit | Patch) else variant
    for part in parts:
        edited_layers(body, part.units)
        last = max(part.positions or [-1])
        if last >= shortest or min(part.positions or [0]) < 0:
            raise ConfigError(
                f"variant {number} acts at token {last}, but the shortest prompt has {shortest}: "
                f"give positions from 0 to {shortest - 1}"
            )
    steps = tuple(step for part in parts for step in _steps(body, part))
    return Ready(steps, start_of(step.site for step in steps) if steps else None)


def _steps(body: Body, part: Edit | Patch) -> Iterable[Step]:
    for (site, layer), here in by_layer(part.units).items():
        place(body, site, layer)
        values, factor = None, 1.0
        if isinstance(part, Edit):
            factor = part.factor
            if part.values is not None:
                values = torch.from_numpy(part.values[here]).reshape(1, 1, len(here), -1)
        yield Step(
            site=(site, layer),
            units=torch.from_numpy(part.units.indices[here]),
            values=values,
            factor=factor,
            patched=isinstance(part, Patch),
            positions=part.positions,
        )


def patched_sites(variants: Iterable[Ready]) -> set[SiteOfLayer]:
    """The sites that take values of another prompt."""
    return {step.site for each in variants for step in each.steps if step.patched}


def changes_of_cells(
    variants: Sequence[Ready],
    cells: Sequence[Cell],
    *,
    default: Tensor,
    donors: Mapping[SiteOfLayer, Tensor],
) -> list[Change]:
    """What is to be changed in a batch with a row for each cell, those of a variant together.

    default: bool [prompt, token], where steps without positions act. donors: what patched sites
    hold in the sources, [prompt, token, unit or head, width or 1], up to the last token.
    """
    found: dict[SiteOfLayer, list[RowEdit]] = {}
    start = 0
    for number, of_variant in groupby(cells, key=lambda cell: cell[0]):
        prompts = torch.tensor([prompt for _, prompt in of_variant])
        rows = slice(start, start + len(prompts))
        start = rows.stop
        for step in variants[number].steps:
            values = step.values
            if step.patched:
                donor = donors[step.site]
                values = donor[prompts.to(donor.device)][:, :, step.units.to(donor.device)]
            acts = step.places(default)[prompts]
            found.setdefault(step.site, []).append(
                RowEdit(rows, step.units, values, step.factor, acts)
            )
    return [Change(*site, together(edits)) for site, edits in sorted(found.items())]


def default_places(
    at: str | Sequence[Sequence[int]], lengths: Sequence[int]
) -> list[NDArray[np.bool_]]:
    """Where steps without positions act in each prompt: bool [token].

    at: "all", "last", or positions for each prompt. Raises ConfigError for anything else.
    """
    places = [np.full(length, at == "all") for length in lengths]
    if at == "last":
        for each in places:
            each[-1] = True
    elif not isinstance(at, str):
        if len(at) != len(lengths):
            raise ConfigError(f"at has {len(at)} entries for {len(lengths)} prompts")
        for number, (own, each) in enumerate(zip(at, places, strict=True)):
            if any(not 0 <= position < len(each) for position in own):
                raise ConfigError(
                    f"prompt {number + 1} has {len(each)} tokens: at names {list(own)}, give "
                    f"positions from 0 to {len(each) - 1}"
                )
            each[list(own)] = True
    elif at != "all":
        raise ConfigError(f"at is {at!r}: give 'all', 'last', or positions for each prompt")
    return places
