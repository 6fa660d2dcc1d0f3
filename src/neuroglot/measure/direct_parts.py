"""What each part of a model adds to logits that are compared, for one batch of places.

Takes rows of ids, the places in them that are read, and directions there; gives inner products of
what embedding, attention, MLP, heads and neurons write, each reduced in the hook that sees it. The
norms on the way are frozen at the scale that they have for the whole stream, so parts add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neuroglot.lm.frozen import Added, Directions, FrozenNorm, attention_added, mlp_added
from neuroglot.lm.hooks import Tap
from neuroglot.lm.model import LM
from neuroglot.lm.sites import OUTSIDE

_PLACES = 512
"""Places whose states are held in float64 at a time."""


@dataclass(frozen=True, eq=False)
class Compared:
    """Places of a batch and what is asked there.

    ids: int64 [row, token]. at: int64 [place] twice, row and token. directions: [place, target].
    """

    ids: Tensor
    at: tuple[Tensor, Tensor]
    directions: Directions

    def read(self, tensor: Tensor) -> Tensor:
        """What a site holds at the places: a copy, [place, ...]."""
        return tensor[tuple(each.to(tensor.device) for each in self.at)]

    def along(self, stream: Tensor) -> Tensor:
        """What a site as wide as the stream holds along the directions: float64 [place, target]."""
        return self._inner(stream, self.directions.rows)

    def difference(self, states: Tensor) -> Tensor:
        """The model's own answer, from its normed states: float64 [place, target]."""
        return self._inner(states, self.directions.behind) + self.directions.head_bias

    def scale(self, norm: FrozenNorm, stream: Tensor) -> Tensor:
        """The scale of a norm at the places: float64 [place, 1]."""
        parts = torch.split(self.read(stream), _PLACES)
        scales = torch.cat([norm.scale(some) for some in parts])
        return scales.to(self.directions.rows.device).unsqueeze(-1)

    def _inner(self, stream: Tensor, rows: Tensor) -> Tensor:
        parts = torch.split(self.read(stream).to(rows.device), _PLACES)
        each = [
            (here @ some.double().unsqueeze(-1)).squeeze(-1)
            for here, some in zip(torch.split(rows, _PLACES), parts, strict=True)
        ]
        return torch.cat(each)


@dataclass(frozen=True, eq=False)
class Inside:
    """What stands inside the sub-layers of one kind: heads or neurons, in every layer.

    name, bias: what their parts are called. site: where they are; output: what their projection
    gives. n_units: of a layer.
    """

    name: str
    bias: str
    site: str
    output: str
    n_units: int
    added: Sequence[Added]


def heads_of(lm: LM) -> Inside:
    """The attention heads."""
    added = [attention_added(lm.body, layer) for layer in range(lm.n_layers)]
    return Inside("heads", "attention_bias", "head", "o", lm.n_heads, added)


def neurons_of(lm: LM) -> Inside:
    """The neurons. Raises SiteError where the model has none."""
    added = [mlp_added(lm.body, layer) for layer in range(lm.n_layers)]
    return Inside("neurons", "mlp_bias", "neuron_out", "down", lm.n_neurons or 0, added)


def direct_parts(
    lm: LM, norm: FrozenNorm, batch: Compared, insides: Sequence[Inside] = ()
) -> dict[str, Tensor]:
    """Everything that writes into the compared logits directly, float64.

    embedding, norm_bias, head_bias [place, target] and attention, mlp [place, target, layer] come
    to difference [place, target], the model's own. Of insides, the units [place, target, layer,
    unit] and their biases [place, target, layer] come to attention or mlp. norm: the final one.
    """
    rows = batch.directions.rows
    layers = range(lm.n_layers)
    along: dict[tuple[str, int], Tensor] = {}
    scales: dict[tuple[str, int], Tensor] = {}

    def whole(site: str, layer: int) -> Tap:
        def read(stream: Tensor) -> None:
            along[site, layer] = batch.along(stream)

        return site, layer, read

    def scale_of(frozen: FrozenNorm, site: str, layer: int) -> Tap:
        def read(stream: Tensor) -> None:
            scales[site, layer] = batch.scale(frozen, stream)

        return site, layer, read

    def units(inside: Inside, layer: int) -> Tap:
        def read(values: Tensor) -> None:
            inputs = batch.read(values).double().flatten(1).unsqueeze(1)
            product = inside.added[layer].of_inputs(rows).to(inputs.device) * inputs
            each = product.view(*product.shape[:2], inside.n_units, -1).sum(dim=-1)
            along[inside.name, layer] = each.to(rows.device)

        return inside.site, layer, read

    taps = [whole("embed", OUTSIDE), scale_of(norm, "resid_post", layers[-1])]
    taps += [whole(site, layer) for site in ("attn_out", "mlp_out") for layer in layers]
    for inside in insides:
        for layer, added in enumerate(inside.added):
            taps.append(units(inside, layer))
            if added.norm is not None:
                taps.append(scale_of(added.norm, inside.output, layer))
    with lm.watch(taps):
        states = lm.backbone(batch.ids)
    scale = scales["resid_post", layers[-1]]

    def stacked(site: str) -> Tensor:
        return torch.stack([along[site, layer] * scale for layer in layers], dim=-1)

    found = {
        "difference": batch.difference(states),
        "embedding": along["embed", OUTSIDE] * scale,
        "attention": stacked("attn_out"),
        "mlp": stacked("mlp_out"),
        "norm_bias": batch.directions.norm_bias,
        "head_bias": batch.directions.head_bias,
    }
    for inside in insides:
        each, biases = [], []
        for layer, added in enumerate(inside.added):
            within = scale * scales.get((inside.output, layer), torch.ones_like(scale))
            each.append(along[inside.name, layer] * within.unsqueeze(-1))
            biases.append(added.biases(rows, within, scale))
        found[inside.name] = torch.stack(each, dim=2)
        found[inside.bias] = torch.stack(biases, dim=2)
    return found
