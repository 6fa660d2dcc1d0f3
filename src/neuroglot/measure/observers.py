"""The catalogue of what neuroglot itself observes, written by hand: statistic -> its requests.

Each observer reduces a block's tensor the moment it exists, a slice of positions at a time, so that
nothing of size tokens x neurons is made beside the model's own activation.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch

from neuroglot.lm.model import LM
from neuroglot.lm.sites import n_units
from neuroglot.measure.requests import GradientRequest, Observation, Request
from neuroglot.measure.rows import Rows, joined
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS, PROJECTIONS
from neuroglot.stats.statistic import Statistic

SLICE = 256
"""Positions of a row reduced at a time. Counts of a slice are exact in float32, since
SLICE x (DIGIT - 1) < 2^24."""
CACHED = 2**20
"""Values reduced at a time where the model is narrow: several rows' slices, which together stay in
a core's cache. A kernel call costs more than the few values of one narrow slice."""
SMALL, SHORTEST = 2**17, 32
"""The same where a slice is looked at six times in float64, with others of its size beside it, and
the positions that such a slice has at the least."""


def count_active(neuron: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Weighted counts of activations above zero, int64 [row, reading, neuron].

    neuron: [row, token, neuron], any float dtype. weights: float32 [row, reading, token], integers.
    """
    counts = torch.zeros(
        len(neuron), weights.shape[1], neuron.shape[2], dtype=torch.int64, device=neuron.device
    )
    for part, (rows, places) in _slices(neuron, dtype=torch.float32):
        torch.gt(neuron[rows, places], 0, out=part)
        counts[rows] += (weights[rows, :, places] @ part).to(torch.int64)
    return counts


def observe_activity(neuron: torch.Tensor, rows: Rows) -> Observation:
    """NeuronActivity's fields from `neuron` [row, token, neuron]."""
    active = joined(count_active(neuron, rows.weights))
    names = ("", "_code", "_late", "_std")
    return {f"active{name}": active[:, place] for place, name in enumerate(names)} | {
        f"tokens{name}": rows.totals[:, place] for place, name in enumerate(names)
    }


def position_sums(values: torch.Tensor, rows: Rows) -> torch.Tensor:
    """Sums over counted positions, float64 [row, neuron], of [row, token, neuron]."""
    return _sums(values, rows, torch.Tensor.double)


def magnitude_sums(values: torch.Tensor, rows: Rows) -> torch.Tensor:
    """Sums of absolute values over counted positions, float64 [row, neuron]."""
    return _sums(values, rows, torch.Tensor.abs_)


def _sums(
    values: torch.Tensor, rows: Rows, change: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """Sums over counted positions of what `change` makes of each slice, in float64."""
    shape, double = (len(values), values.shape[2]), torch.float64
    sums = torch.zeros(shape, dtype=double, device=values.device)
    counted = rows.counted.to(double)[:, None]
    for part, (some, places) in _slices(values, dtype=double):
        part.copy_(values[some, places])
        sums[some] += (counted[some, :, places] @ change(part))[:, 0]
    return sums


def neuron_activity(lm: LM) -> tuple[Request, ...]:
    """How often each neuron fires."""
    return (Request("neuron", observe_activity, NeuronActivity),)


def neuron_moments(lm: LM) -> tuple[Request, ...]:
    """How strongly each neuron fires, and the length of what it writes."""

    def observe_sum(neuron: torch.Tensor, rows: Rows) -> Observation:
        return {"sum": position_sums(neuron, rows), "tokens": rows.totals[:, 0]}

    def observe_magnitude(neuron_out: torch.Tensor, rows: Rows) -> Observation:
        return {"magnitude": magnitude_sums(neuron_out, rows)}

    norms = np.stack(
        [
            lm.output_rows(layer).to(torch.float64).norm(dim=1).to(torch.float32).cpu().numpy()
            for layer in range(lm.n_layers)
        ]
    )
    return (
        Request("neuron", observe_sum, NeuronMoments, constants={"output_norm": norms}),
        Request("neuron_out", observe_magnitude, NeuronMoments),
    )


def observe_pls(value: torch.Tensor, gradient: torch.Tensor, rows: Rows) -> Observation:
    """PLS's fields from the value and gradient of a projection, [row, token, unit] both."""
    n_rows, _, n_units = value.shape
    double = torch.float64
    sums = torch.zeros(6, n_rows, n_units, dtype=double, device=value.device)
    counted = rows.counted.to(double)[:, None]
    length = min(SLICE, max(2 * SMALL // n_units, SHORTEST))
    for part, (some, places) in _slices(value, dtype=double, length=length, most=SMALL):
        weights = counted[some, :, places]
        part.copy_(value[some, places])
        slope = gradient[some, places].to(double)
        for number, each in enumerate((part * slope, part, slope)):
            sums[2 * number, some] += (weights @ each)[:, 0]
            sums[2 * number + 1, some] += (weights @ each.abs_())[:, 0]
    tokens = rows.counted.sum(dim=1, keepdim=True).to(double).clamp(min=1)
    scored = rows.scored.sum(dim=1, keepdim=True).to(double).clamp(min=1)
    prod, abs_prod, a, abs_a, g, abs_g = sums / tokens
    return {
        "sum": abs_prod / scored,
        "sum_abs_mean_prod": prod.abs() / scored,
        "sum_prod_mean_abs": abs_a * abs_g / scored,
        "sum_prod_means": (a * g).abs() / scored,
        "activation": a,
        "magnitude": abs_a,
    }


def pls(lm: LM) -> tuple[Request, ...]:
    """Activation times gradient of every coordinate of the projections."""

    def observe_first(value: torch.Tensor, gradient: torch.Tensor, rows: Rows) -> Observation:
        texts = torch.ones(len(value), dtype=torch.int64, device=value.device)
        return {**observe_pls(value, gradient, rows), "count": texts}

    widths = [_width(lm, site) for site in PROJECTIONS]
    ends = np.cumsum(widths)
    return tuple(
        GradientRequest(
            site,
            observe_first if site == PROJECTIONS[0] else observe_pls,
            PLS,
            units=(int(end) - width, int(ends[-1])),
            constants={"widths": np.array(widths, dtype=np.int64)},
        )
        for site, width, end in zip(PROJECTIONS, widths, ends, strict=True)
        if width
    )


def _width(lm: LM, site: str) -> int:
    """How many units a layer has at a projection, 0 for a gate that the family lacks."""
    if site == "gate" and lm.anatomy.gate is None:
        return 0
    return n_units(lm.body, site)


CATALOGUE: Mapping[type[Statistic], Callable[[LM], tuple[Request, ...]]] = {
    NeuronActivity: neuron_activity,
    NeuronMoments: neuron_moments,
    PLS: pls,
}


def _slices(
    tensor: torch.Tensor, *, dtype: torch.dtype, length: int = SLICE, most: int = CACHED
) -> Iterator[tuple[torch.Tensor, tuple[slice, slice]]]:
    """Room for a slice and its (rows, positions), over [row, token, neuron].

    A slice has at most `length` positions of a row, and with several rows at most `most` values.
    """
    n_rows, n_tokens, n_neurons = tensor.shape
    length = min(length, n_tokens)
    together = min(max(most // (length * n_neurons), 1), n_rows)
    room = torch.empty(together, length, n_neurons, dtype=dtype, device=tensor.device)
    for row in range(0, n_rows, together):
        for start in range(0, n_tokens, length):
            rows, places = slice(row, row + together), slice(start, start + length)
            part = room[: n_rows - row, : n_tokens - start]
            yield part, (rows, places)
