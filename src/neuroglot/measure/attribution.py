"""Direct logit attribution: what each part of a model adds to the difference of two logits.

Takes prompts and the ids whose logits are compared, gives float64 contributions of the embedding,
every attention and MLP sub-layer, every head, every neuron on request, and biases. They sum to the
model's own difference, because the norms on the way are frozen at the scale that they have for the
whole stream. Logits are meant as they are before a soft-cap. What a part changes through later
layers is not in it.

Sources: nostalgebraist, "interpreting GPT: the logit lens", 2020; Elhage et al., "A Mathematical
Framework for Transformer Circuits", 2021; over brackets arXiv 2502.18499.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.frozen import (
    FrozenNorm,
    HeadRows,
    directions_of,
    final_norm,
    head_rows,
    mean_head_row,
)
from neuroglot.lm.hooks import Reader
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first, padded
from neuroglot.measure.direct_parts import Compared, direct_parts, heads_of, neurons_of
from neuroglot.measure.prompt_rows import Ints, ids_of_each, prompt_rows

Floats = NDArray[np.float64]
Told = Callable[[int, int], None] | None


@dataclass(frozen=True, eq=False)
class Levels:
    """A difference of logits read off the residual stream at every site of every layer.

    sites: (site, layer) in the order of the model, resid_pre, resid_mid, resid_post; parallel
    blocks have no resid_mid. `...` is prompt, and target where several were asked for.
    own: float64 [..., site], the norm's scale that of the site itself: the logit lens. final:
    float64 [..., site], the scale of the last resid_post throughout: steps add up, and what a layer
    adds is the difference of two sites. difference: float64 [...], the model's own.
    """

    sites: tuple[tuple[str, int], ...]
    own: Floats
    final: Floats
    difference: Floats


@dataclass(frozen=True, eq=False)
class Attribution:
    """A difference of logits by the parts of the model that write it directly, all float64.

    `...` is prompt, and target where several were asked for. difference: [...], the model's own.
    embedding: [...], the input of the first block. attention, mlp: [..., layer], biases included.
    norm_bias, head_bias: [...], of the final norm and the head. These sum to `difference`.
    heads [..., layer, head] and attention_bias [..., layer] sum to `attention`, neurons
    [..., layer, neuron] and mlp_bias [..., layer] to `mlp`; None where they were not asked for.
    """

    difference: Floats
    embedding: Floats
    attention: Floats
    mlp: Floats
    norm_bias: Floats
    head_bias: Floats
    heads: Floats | None = None
    attention_bias: Floats | None = None
    neurons: Floats | None = None
    mlp_bias: Floats | None = None

    @property
    def total(self) -> Floats:
        """What all parts come to: `difference`, but for rounding."""
        sublayers: Floats = self.attention.sum(axis=-1) + self.mlp.sum(axis=-1)
        return self.embedding + sublayers + self.norm_bias + self.head_bias


def logit_difference(
    lm: LM,
    prompts: Sequence[str | Ints],
    *,
    targets: ArrayLike,
    others: ArrayLike | None,
    positions: Sequence[int] | None = None,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> Levels:
    """The logit of a target less that of another id, as every level of the stream would have it.

    prompts: texts, or rows of ids with BOS. targets: ids [prompt], or [prompt, target] for several.
    others: ids [prompt], or [prompt, other] for the mean of their logits; None for the mean of the
    whole vocabulary. positions: the token of each prompt that is read, counted with BOS from 0;
    None for the last. batch_tokens: prompts x longest prompt of a batch, at most.

    Raises ConfigError for ids outside the vocabulary, a position that is not there, a prompt
    without tokens or longer than the model was made for, and lists of another length.
    """
    asked = _asked(lm, prompts, targets, others, positions)
    sites = _level_sites(lm)
    found = _collected(
        lm,
        asked,
        lambda batch: _levels(lm, asked.norm, sites, batch),
        batch_tokens=batch_tokens,
        on_progress=on_progress,
    )
    return Levels(sites, **found)


def direct_logit_attribution(
    lm: LM,
    prompts: Sequence[str | Ints],
    *,
    targets: ArrayLike,
    others: ArrayLike | None,
    positions: Sequence[int] | None = None,
    heads: bool = True,
    neurons: bool = False,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> Attribution:
    """The same difference by the parts of the model that write it; arguments as there.

    One forward pass for a batch, without the head. Heads and neurons inside a sub-layer with a norm
    behind it (Gemma 2 and 3, OLMo 2) are taken at the scale that this norm has for their sum.
    Raises, beside the same, SiteError where neurons are asked for and the model has none.
    """
    asked = _asked(lm, prompts, targets, others, positions)
    insides = [*([heads_of(lm)] if heads else ()), *([neurons_of(lm)] if neurons else ())]
    found = _collected(
        lm,
        asked,
        lambda batch: direct_parts(lm, asked.norm, batch, insides),
        batch_tokens=batch_tokens,
        on_progress=on_progress,
    )
    return Attribution(**found)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Prompts in ids, the place of each that is read, and what is compared there.

    targets: int64 [prompt, target]. others: int64 [prompt, other], None for the whole vocabulary.
    several: whether the targets came with an axis of their own. norm: the final one. mean: the mean
    logit of the vocabulary, where it is taken off.
    """

    rows: list[Ints]
    places: Ints
    targets: Ints
    others: Ints | None
    several: bool
    norm: FrozenNorm
    mean: HeadRows | None


def _asked(
    lm: LM,
    prompts: Sequence[str | Ints],
    targets: ArrayLike,
    others: ArrayLike | None,
    positions: Sequence[int] | None,
) -> _Asked:
    rows = prompt_rows(lm, prompts)
    wanted = ids_of_each(lm, "targets", targets, len(rows))
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    places = lengths - 1
    if positions is not None:
        places = np.asarray(positions, dtype=np.int64)
        if places.shape != lengths.shape:
            raise ConfigError(f"positions has {places.size} entries for {len(rows)} prompts")
        wrong = np.flatnonzero((places < 0) | (places >= lengths))
        if len(wrong):
            raise ConfigError(
                f"prompt {wrong[0] + 1} has no token {places[wrong[0]]}: give positions from 0 to "
                f"{lengths[wrong[0]] - 1}"
            )
    return _Asked(
        rows=rows,
        places=places,
        targets=wanted.reshape(len(rows), -1),
        others=None
        if others is None
        else ids_of_each(lm, "others", others, len(rows)).reshape(len(rows), -1),
        several=wanted.ndim == 2,
        norm=final_norm(lm.body),
        mean=mean_head_row(lm.body) if others is None else None,
    )


def _collected(
    lm: LM,
    asked: _Asked,
    measure: Callable[[Compared], Mapping[str, Tensor]],
    *,
    batch_tokens: int,
    on_progress: Told,
) -> dict[str, Floats]:
    """What `measure` gives of each batch, float64 [row, target, ...], in the order of the prompts.

    Without the axis of targets where there is one for each prompt.
    """
    order: list[int] = []
    parts: list[dict[str, Floats]] = []
    for chosen in longest_first([len(row) for row in asked.rows], batch_tokens):
        batch = _batch(lm, asked, list(chosen))
        with torch.no_grad():
            found = measure(batch)
        parts.append({name: values.cpu().numpy() for name, values in found.items()})
        order += chosen
        if on_progress is not None:
            on_progress(len(order), len(asked.rows))
    back = np.argsort(order)
    joined = {name: np.concatenate([part[name] for part in parts])[back] for name in parts[0]}
    return joined if asked.several else {name: each[:, 0] for name, each in joined.items()}


def _batch(lm: LM, asked: _Asked, numbers: list[int]) -> Compared:
    """The prompts with these numbers."""
    raised, bias = head_rows(lm.body, torch.from_numpy(asked.targets[numbers]))
    mean = asked.mean
    if asked.others is not None:
        rows, biases = head_rows(lm.body, torch.from_numpy(asked.others[numbers]))
        mean = rows.mean(dim=1, keepdim=True), biases.mean(dim=1, keepdim=True)
    assert mean is not None
    return Compared(
        ids=padded([asked.rows[number] for number in numbers]).to(lm.device),
        at=(torch.arange(len(numbers)), torch.from_numpy(asked.places[numbers])),
        directions=directions_of(asked.norm, raised - mean[0], bias - mean[1]),
    )


def _level_sites(lm: LM) -> tuple[tuple[str, int], ...]:
    sites = ["resid_pre", *([] if lm.body.parallel else ["resid_mid"]), "resid_post"]
    return tuple((site, layer) for layer in range(lm.n_layers) for site in sites)


def _levels(
    lm: LM, norm: FrozenNorm, sites: Sequence[tuple[str, int]], batch: Compared
) -> dict[str, Tensor]:
    """The fields of Levels: [row, target, site]."""
    along: dict[tuple[str, int], Tensor] = {}
    scales: dict[tuple[str, int], Tensor] = {}

    def reader(site: tuple[str, int]) -> Reader:
        def read(stream: Tensor) -> None:
            along[site] = batch.along(stream)
            scales[site] = batch.scale(norm, stream)

        return read

    with lm.watch([(*site, reader(site)) for site in sites]):
        states = lm.backbone(batch.ids)
    lensed = torch.stack([along[site] for site in sites], dim=-1)
    scale = torch.stack([scales[site] for site in sites], dim=-1)
    constant = (batch.directions.norm_bias + batch.directions.head_bias).unsqueeze(-1)
    return {
        "own": lensed * scale + constant,
        "final": lensed * scale[..., -1:] + constant,
        "difference": batch.difference(states),
    }
