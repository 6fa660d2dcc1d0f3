"""What every head and every neuron raises at the last token: closers against the whole vocabulary.

Takes prompts in ids and the ids of the closers, gives for each unit the closers' logits, the
largest logit that it gives any id, and the rank of its best closer. Logits are by the unit alone,
less the mean of the vocabulary, and without the final norm's scale, which changes no order.
Neurons write one direction, whose sign their coefficient turns; those that have no closer among
their first or last ids are left out.

Source: arXiv 2507.00322, algorithms 1 and 2.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.lm.frozen import (
    Added,
    FrozenNorm,
    attention_added,
    directions_of,
    final_norm,
    head_rows,
    mean_head_row,
    mlp_added,
)
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first, padded

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Told = Callable[[int, int], None] | None

NEAREST = 50
"""A neuron is kept that has a closer among so many of its first or last ids."""
_IDS_AT_ONCE = 2048
_PROMPTS_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class UnitLogits:
    """Units of one kind, int64 layers and indices [unit], and what each raises.

    logits: float32 [prompt, unit, closer]. most: float32 [prompt, unit], the largest of the whole
    vocabulary. rank: int64 [prompt, unit], that of the best closer, from 1. n_units: units of this
    kind in the model.
    """

    layers: Ints
    indices: Ints
    logits: Floats
    most: Floats
    rank: Ints
    n_units: int


@dataclass(frozen=True, eq=False)
class _Vocabulary:
    """The closers' directions [closer, width], and those of all other ids in parts."""

    closers: Tensor
    others: Callable[[], Iterator[Tensor]]


def head_logits(
    lm: LM,
    rows: Sequence[Ints],
    ids: Sequence[int],
    *,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> UnitLogits:
    """What every head raises. rows: ids with BOS; ids: one for each closer."""
    inputs = last_inputs(lm, rows, "head", batch_tokens=batch_tokens, on_progress=on_progress)
    vocabulary = _vocabulary(lm, ids)
    found = []
    for layer in range(lm.n_layers):
        added = attention_added(lm.body, layer)
        found.append(_layer_of_heads(added, torch.from_numpy(inputs[:, layer]), vocabulary))
    logits, most, rank = (np.concatenate(each, axis=1) for each in zip(*found, strict=True))
    n = lm.n_layers * lm.n_heads
    flat = np.arange(n)
    return UnitLogits(flat // lm.n_heads, flat % lm.n_heads, logits, most, rank, n)


def neuron_logits(
    lm: LM,
    rows: Sequence[Ints],
    ids: Sequence[int],
    *,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> UnitLogits:
    """What neurons raise, those near a closer; arguments as there. Raises SiteError: no neurons."""
    vocabulary = _vocabulary(lm, ids)
    kept = [_layer_of_neurons(mlp_added(lm.body, n), vocabulary) for n in range(lm.n_layers)]
    inputs = _by_layer(
        lm,
        rows,
        "neuron_out",
        [each.indices for each in kept],
        batch_tokens=batch_tokens,
        on_progress=on_progress,
    )
    logits, most, rank = [], [], []
    for layer, each in enumerate(kept):
        own = inputs[layer]
        up = own > 0
        logits.append(own[..., None] * each.closers)
        most.append(own * np.where(up, each.most, each.least))
        rank.append(np.where(up, each.first, each.last))
    return UnitLogits(
        np.concatenate([np.full(len(each.indices), n) for n, each in enumerate(kept)]),
        np.concatenate([each.indices for each in kept]),
        np.concatenate(logits, axis=1).astype(np.float32),
        np.concatenate(most, axis=1).astype(np.float32),
        np.concatenate(rank, axis=1).astype(np.int64),
        lm.n_layers * (lm.n_neurons or 0),
    )


def last_inputs(
    lm: LM, rows: Sequence[Ints], site: str, *, batch_tokens: int = 4096, on_progress: Told = None
) -> Floats:
    """What a site holds at the rows' last tokens: float32 [row, layer, ...]."""
    layers = _by_layer(lm, rows, site, None, batch_tokens=batch_tokens, on_progress=on_progress)
    return np.stack(layers, axis=1)


def _by_layer(
    lm: LM,
    rows: Sequence[Ints],
    site: str,
    keep: Sequence[Ints] | None,
    *,
    batch_tokens: int,
    on_progress: Told,
) -> list[Floats]:
    """The same as a list of [row, ...] by layer; keep: for each layer the units wanted."""
    found: list[list[Floats]] = [[] for _ in range(lm.n_layers)]
    order: list[int] = []
    for batch in longest_first([len(row) for row in rows], batch_tokens):
        chosen = [rows[number] for number in batch]
        last = torch.tensor([len(row) - 1 for row in chosen])

        def reader(layer: int, last: Tensor = last) -> Callable[[Tensor], None]:
            def read(values: Tensor) -> None:
                at = last.to(values.device)
                own = values[torch.arange(len(at), device=values.device), at]
                if keep is not None:
                    own = own[:, torch.from_numpy(keep[layer]).to(values.device)]
                found[layer].append(own.float().cpu().numpy())

            return read

        taps = [(site, layer, reader(layer)) for layer in range(lm.n_layers)]
        with torch.no_grad(), lm.watch(taps):
            lm.backbone(padded(chosen).to(lm.device))
        order += batch
        if on_progress is not None:
            on_progress(len(order), len(rows))
    back = np.argsort(order)
    return [np.concatenate(each)[back] for each in found]


def _vocabulary(lm: LM, ids: Sequence[int]) -> _Vocabulary:
    norm, (mean, mean_bias) = final_norm(lm.body), mean_head_row(lm.body)
    chosen = set(ids)
    rest = torch.tensor([id for id in range(lm.vocabulary) if id not in chosen])

    def directions(some: Tensor) -> Tensor:
        return _directions(lm, norm, some, mean, mean_bias)

    return _Vocabulary(
        directions(torch.tensor(list(ids))),
        lambda: (directions(some) for some in torch.split(rest, _IDS_AT_ONCE)),
    )


def _directions(lm: LM, norm: FrozenNorm, ids: Tensor, mean: Tensor, mean_bias: Tensor) -> Tensor:
    rows, bias = head_rows(lm.body, ids)
    return directions_of(norm, rows - mean, bias - mean_bias).rows


def _layer_of_heads(
    added: Added, inputs: Tensor, vocabulary: _Vocabulary
) -> tuple[Floats, Floats, Ints]:
    """Logits [prompt, head, closer], the largest [prompt, head] and the best closer's rank."""
    heads, width = inputs.shape[1:]
    inputs = inputs.to(vocabulary.closers.device)

    def raised(directions: Tensor) -> Tensor:
        """[id, head, width] for directions of the stream, where these are: there is the room."""
        return added.of_inputs(directions).view(-1, heads, width).to(inputs)

    logits = torch.einsum("phd,vhd->phv", inputs, raised(vocabulary.closers))
    best = logits.amax(dim=-1)
    most, above = best.clone(), torch.zeros_like(best, dtype=torch.int64)
    for directions in vocabulary.others():
        each = raised(directions)
        for some in torch.split(torch.arange(len(inputs)), _PROMPTS_AT_ONCE):
            values = torch.einsum("phd,vhd->phv", inputs[some], each)
            above[some] += (values > best[some][..., None]).sum(dim=-1)
            most[some] = torch.maximum(most[some], values.amax(dim=-1))
    return logits.cpu().numpy(), most.cpu().numpy(), (above + 1).cpu().numpy()


@dataclass(frozen=True, eq=False)
class _Neurons:
    """Neurons of a layer that are kept, and their direction in the vocabulary.

    closers: [neuron, closer]. most, least: [neuron], the largest and smallest of all ids. first,
    last: int64 [neuron], rank of the best closer, counted from the largest and from the smallest.
    """

    indices: Ints
    closers: NDArray[np.float64]
    most: NDArray[np.float64]
    least: NDArray[np.float64]
    first: Ints
    last: Ints


def _layer_of_neurons(added: Added, vocabulary: _Vocabulary) -> _Neurons:
    closers = added.of_inputs(vocabulary.closers)
    best, worst = closers.amax(dim=0), closers.amin(dim=0)
    most, least = best.clone(), worst.clone()
    above, below = (torch.zeros(len(best), dtype=torch.int64) for _ in range(2))
    for directions in vocabulary.others():
        values = added.of_inputs(directions)
        above += (values > best).sum(dim=0).cpu()
        below += (values < worst).sum(dim=0).cpu()
        most = torch.maximum(most, values.amax(dim=0))
        least = torch.minimum(least, values.amin(dim=0))
    near = torch.minimum(above, below) < NEAREST
    chosen = near.nonzero()[:, 0]

    def kept(values: Tensor) -> NDArray[np.float64]:
        return values.cpu()[chosen].double().numpy()

    return _Neurons(
        chosen.numpy(),
        closers.T.cpu()[chosen].double().numpy(),
        kept(most),
        kept(least),
        (above + 1)[chosen].numpy(),
        (below + 1)[chosen].numpy(),
    )


def mean_inputs(lm: LM, rows: Sequence[Ints], site: str, *, batch_tokens: int = 4096) -> Floats:
    """The mean over all tokens of the rows of what a site holds: float32 [layer, ...]."""
    sums: list[Tensor | float] = [0.0] * lm.n_layers
    for batch in longest_first([len(row) for row in rows], batch_tokens):
        chosen = [rows[number] for number in batch]
        ids = padded(chosen).to(lm.device)
        lengths = torch.tensor([len(row) for row in chosen], device=ids.device)
        real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]

        def adder(layer: int, real: Tensor = real) -> Callable[[Tensor], None]:
            def add(values: Tensor) -> None:
                sums[layer] = sums[layer] + values[real.to(values.device)].double().sum(dim=0).cpu()

            return add

        with torch.no_grad(), lm.watch([(site, n, adder(n)) for n in range(lm.n_layers)]):
            lm.backbone(ids)
    total = sum(len(row) for row in rows)
    stacked = torch.stack([each for each in sums if isinstance(each, Tensor)]) / total
    found: Floats = stacked.numpy().astype(np.float32)
    return found
