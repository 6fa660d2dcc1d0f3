"""Where chosen units count most: the tokens around their highest values.

A second pass over the first part of each language's reading, at the chosen units only: neurons by
how strongly they fire, coordinates of projections by activation times gradient. Each document gives
a unit at most one example, so that a repeated line cannot fill the list.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.units import NeuronSet, Place, Units, by_layer
from neuroglot.lm.model import LM
from neuroglot.measure.memory import fits_at_once
from neuroglot.measure.recording import Progress
from neuroglot.text.reading import Reading

BEFORE, AFTER = 24, 8
"""Tokens shown before and after the one that counts most."""

Values = NDArray[np.float32]
Reader = Callable[[LM, Tensor, Tensor, NeuronSet | Units], Values]
"""(model, ids int64 [1, token], counted bool like it, units) -> values [token, unit]."""


class Example(NamedTuple):
    """One place where a unit counts: row of the reading, token in it, and the values around it.

    `values` float32, of tokens `first` to `first + len(values)` of the row.
    """

    row: int
    token: int
    first: int
    values: Values

    @property
    def peak(self) -> float:
        """The value at the token."""
        return float(self.values[self.token - self.first])


Examples = dict[tuple[str, Place], list[Example]]
"""(label, unit) -> its examples, strongest first."""


def strongest_examples(
    lm: LM,
    reading: Reading,
    neurons: Mapping[str, NeuronSet],
    *,
    count: int = 3,
    tokens: int = 20_000,
    on_progress: Callable[[Progress], None] | None = None,
) -> Examples:
    """The `count` strongest examples of each neuron of each label, by activation.

    Only positive activations count; a neuron that never fires in the first `tokens` counted tokens
    of its language has fewer. Ties go to the earlier row.
    """
    return _best(
        _activations, lm, reading, neurons, count=count, tokens=tokens, on_progress=on_progress
    )


def telling_examples(
    lm: LM,
    reading: Reading,
    units: Mapping[str, Units],
    *,
    count: int = 3,
    tokens: int = 20_000,
    on_progress: Callable[[Progress], None] | None = None,
) -> Examples:
    """The same for coordinates of projections, by activation times gradient, without its sign.

    The gradient is that of the row's mean surprise in nats per token: a row's score in `stats.pls`
    is the mean of these values over its tokens.
    """
    return _best(_scores, lm, reading, units, count=count, tokens=tokens, on_progress=on_progress)


def _best(
    read: Reader,
    lm: LM,
    reading: Reading,
    units: Mapping[str, NeuronSet | Units],
    *,
    count: int,
    tokens: int,
    on_progress: Callable[[Progress], None] | None,
) -> Examples:
    rows_of = {label: _first_rows(reading, label, tokens) for label in units}
    total = sum(int(reading.rows[row].counted.sum()) for rows in rows_of.values() for row in rows)
    found: Examples = {}
    done = 0
    for label, chosen in units.items():
        best: list[list[Example]] = [[] for _ in range(len(chosen))]
        for number in rows_of[label]:
            if on_progress:
                on_progress(Progress(done, total, label))
            row = reading.rows[number]
            ids = torch.from_numpy(row.ids.astype(np.int64))[None].to(lm.device)
            counted = torch.from_numpy(row.counted.copy())[None].to(lm.device)
            _compete(number, row.counted, read(lm, ids, counted, chosen), best, count)
            done += int(row.counted.sum())
        for place, examples in zip(chosen.places(), best, strict=True):
            found[label, place] = examples
    if on_progress:
        on_progress(Progress(done, total, ""))
    return found


def _first_rows(reading: Reading, label: str, tokens: int) -> list[int]:
    """Row numbers of a label, in order, until `tokens` counted tokens are in them."""
    wanted = reading.labels.index(label)
    rows: list[int] = []
    read = 0
    for number, row in enumerate(reading.rows):
        if row.label == wanted and read < tokens:
            rows.append(number)
            read += int(row.counted.sum())
    return rows


def _activations(lm: LM, ids: Tensor, counted: Tensor, units: NeuronSet | Units) -> Values:
    values = np.zeros((ids.shape[1], len(units)), np.float32)

    def keeper(numbers: NDArray[np.int64], indices: Tensor) -> Callable[[Tensor], None]:
        def keep(value: Tensor) -> None:
            values[:, numbers] = value[0][:, indices].to(torch.float32).cpu().numpy()

        return keep

    taps = [(site, layer, keeper(*own)) for (site, layer), own in _where(lm, units).items()]
    with torch.no_grad(), lm.watch(taps):
        lm.backbone(ids)
    return values


def _scores(lm: LM, ids: Tensor, counted: Tensor, units: NeuronSet | Units) -> Values:
    values = np.zeros((ids.shape[1], len(units)), np.float32)
    scored = counted.clone()
    scored[:, 0] = False
    each = 1 / max(int(scored.sum()), 1)

    def keeper(numbers: NDArray[np.int64], indices: Tensor) -> Callable[[Tensor, Tensor], None]:
        def keep(value: Tensor, gradient: Tensor) -> None:
            a, g = (x[0][:, indices].to(torch.float32) for x in (value, gradient))
            values[:, numbers] = (a * g * each).abs().cpu().numpy()

        return keep

    taps = [(site, layer, keeper(*own)) for (site, layer), own in _where(lm, units).items()]
    lm.backward(ids, scored, taps, one_block_at_a_time=not fits_at_once(lm, ids.numel()))
    return values


def _where(
    lm: LM, units: NeuronSet | Units
) -> dict[tuple[str, int], tuple[NDArray[np.int64], Tensor]]:
    """(site, layer) -> which of the units stand there, and their indices."""
    return {
        key: (numbers, torch.from_numpy(units.indices[numbers]).to(lm.device))
        for key, numbers in by_layer(units).items()
    }


def _compete(
    number: int,
    counted: NDArray[np.bool_],
    values: Values,
    best: list[list[Example]],
    count: int,
) -> None:
    """Let one row compete for the examples of all units."""
    peaks = np.where(counted[:, None], values, -np.inf).argmax(axis=0)
    for unit, (token, examples) in enumerate(zip(peaks.tolist(), best, strict=True)):
        if not counted[token] or values[token, unit] <= 0:
            continue
        first, last = max(0, token - BEFORE), min(len(values), token + AFTER + 1)
        _insert(examples, Example(number, token, first, values[first:last, unit]), count)


def _insert(examples: list[Example], new: Example, count: int) -> None:
    """Put an example in its place among the `count` strongest."""
    place = next((i for i, old in enumerate(examples) if new.peak > old.peak), len(examples))
    if place < count:
        examples.insert(place, new._replace(values=new.values.copy()))
        del examples[count:]
