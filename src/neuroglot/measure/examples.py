"""Where chosen neurons fire most: the tokens around their highest activations.

A second pass over the first part of each language's reading, at the chosen neurons only. Each
document gives a neuron at most one example, so that a repeated line cannot fill the list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.recording import Progress
from neuroglot.text.reading import Reading

BEFORE, AFTER = 24, 8
"""Tokens shown before and after the one that fires most."""


class Example(NamedTuple):
    """One place where a neuron fires: row of the reading, token in it, and how strongly around it.

    `activations` float32, of tokens `first` to `first + len(activations)` of the row.
    """

    row: int
    token: int
    first: int
    activations: NDArray[np.float32]

    @property
    def peak(self) -> float:
        """The activation at the token."""
        return float(self.activations[self.token - self.first])


@dataclass(frozen=True)
class _Chosen:
    """One language's neurons in one layer."""

    indices: torch.Tensor
    best: list[list[Example]]


def strongest_examples(
    lm: LM,
    reading: Reading,
    neurons: Mapping[str, NeuronSet],
    *,
    count: int = 3,
    tokens: int = 20_000,
    on_progress: Callable[[Progress], None] | None = None,
) -> dict[tuple[str, int, int], list[Example]]:
    """The `count` strongest examples of each neuron of each label, strongest first.

    Only positive activations count; a neuron that never fires in the first `tokens` counted tokens
    of its language has fewer. Ties go to the earlier row.
    """
    found: dict[tuple[str, int, int], list[Example]] = {}
    rows_of = {label: _first_rows(reading, label, tokens) for label in neurons}
    total = sum(int(reading.rows[row].counted.sum()) for rows in rows_of.values() for row in rows)
    done = 0
    for label, chosen in neurons.items():
        layers = sorted(set(chosen.layers.tolist()))
        held = {
            layer: _Chosen(
                torch.from_numpy(chosen.in_layer(layer)).to(lm.device),
                [[] for _ in chosen.in_layer(layer)],
            )
            for layer in layers
        }
        for number in rows_of[label]:
            if on_progress:
                on_progress(Progress(done, total, label))
            _read_row(lm, reading, number, held, count)
            done += int(reading.rows[number].counted.sum())
        for layer, of_layer in held.items():
            for index, examples in zip(of_layer.indices.tolist(), of_layer.best, strict=True):
                found[label, layer, index] = examples
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


def _read_row(
    lm: LM, reading: Reading, number: int, held: Mapping[int, _Chosen], count: int
) -> None:
    """Let one row compete for the examples of all chosen neurons."""
    row = reading.rows[number]
    seen: dict[int, torch.Tensor] = {}

    def keep(layer: int) -> Callable[[torch.Tensor], None]:
        def keep_chosen(neuron: torch.Tensor) -> None:
            seen[layer] = neuron[0][:, held[layer].indices].to(torch.float32)

        return keep_chosen

    ids = torch.from_numpy(row.ids.astype(np.int64))[None].to(lm.device)
    with torch.no_grad(), lm.watch([("neuron", layer, keep(layer)) for layer in held]):
        lm.backbone(ids)
    for layer, values in seen.items():
        activations = values.cpu().numpy()
        allowed = np.where(row.counted[:, None], activations, -np.inf)
        peaks = allowed.argmax(axis=0)
        for place, examples in enumerate(held[layer].best):
            token = int(peaks[place])
            if allowed[token, place] <= 0:
                continue
            first, last = max(0, token - BEFORE), min(len(row.ids), token + AFTER + 1)
            _insert(examples, Example(number, token, first, activations[first:last, place]), count)


def _insert(examples: list[Example], new: Example, count: int) -> None:
    """Put an example in its place among the `count` strongest."""
    place = next((i for i, old in enumerate(examples) if new.peak > old.peak), len(examples))
    if place < count:
        examples.insert(place, Example(*new[:3], new.activations.copy()))
        del examples[count:]
