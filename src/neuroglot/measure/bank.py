"""A bank of what units did elsewhere: the source of resample ablation.

For each label a seeded sample of positions of its training text, with the activations of the units
asked for. A position of another text then takes the whole vector of one bank position, all layers
together, so what is put in occurred somewhere, in another label's text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet, Units, by_layer
from neuroglot.lm.hooks import Tap
from neuroglot.lm.model import LM
from neuroglot.measure.batches import plan_batches
from neuroglot.measure.rows import Rows, make_rows
from neuroglot.text.reading import Reading
from neuroglot.text.standardisation import standard_weights

POSITIONS = 4096
"""Positions per label."""
TEXT_PER_POSITION = 8
"""Tokens read for each position kept: a wider text at the price of a longer pass."""


@dataclass(frozen=True, eq=False)
class Bank:
    """values: [label, position, unit] in the model's dtype, in the order of `units`."""

    labels: tuple[str, ...]
    units: NeuronSet | Units
    values: Tensor

    def columns(self, units: NeuronSet | Units) -> Tensor:
        """Where these units stand in the bank, int64 [unit]."""
        column = {place: number for number, place in enumerate(self.units.places())}
        return torch.tensor([column[place] for place in units.places()], dtype=torch.int64)

    def drawn(self, picks: Tensor, units: NeuronSet | Units) -> Tensor:
        """Values of these units at bank positions `picks` int64 [row, token, 2]: [.., unit]."""
        columns = self.columns(units).to(self.values.device)
        return self.values[picks[..., 0], picks[..., 1]][..., columns]


def bank_picks(
    documents: Sequence[str], label: int, *, labels: int, n_tokens: int, seed: int
) -> Tensor:
    """For each position the (label, bank position) it takes: int64 [row, token, 2].

    Never of its own label; the same for every variant and every batch that the document is in.
    """
    if labels < 2:
        raise ConfigError("resampling takes activations from another language: give at least two")
    picks = np.empty((len(documents), n_tokens, 2), dtype=np.int64)
    for row, document in enumerate(documents):
        # Two generators, so that no draw depends on how long the row is padded.
        other = generator(seed, "resample label", document).integers(labels - 1, size=n_tokens)
        picks[row, :, 0] = other + (other >= label)
        draw = generator(seed, "resample position", document)
        picks[row, :, 1] = draw.integers(POSITIONS, size=n_tokens)
    return torch.from_numpy(picks)


def make_bank(
    lm: LM, reading: Reading, units: NeuronSet | Units, *, seed: int, batch_tokens: int = 4096
) -> Bank:
    """Run the model over part of each label's text and keep the units at sampled positions."""
    chosen = [
        pick for label in range(len(reading.labels)) for pick in _chosen(reading, label, seed=seed)
    ]
    plan = plan_batches(
        [len(reading.rows[pick.row]) for pick in chosen],
        [reading.rows[pick.row].label for pick in chosen],
        batch_tokens=batch_tokens,
    )
    standard = standard_weights(reading)
    shape = (len(reading.labels), POSITIONS, len(units))
    values = torch.zeros(shape, dtype=lm.dtype, device=lm.device)
    for batch in plan.batches:
        picks = [chosen[number] for number in batch.rows]
        rows = make_rows(reading, [pick.row for pick in picks], standard=standard, device=lm.device)
        with torch.no_grad(), lm.watch(_taps(values, units, picks, rows)):
            lm.backbone(rows.ids)
    return Bank(reading.labels, units, values)


@dataclass(frozen=True)
class _Pick:
    """Positions of one row, and where in the bank they go."""

    row: int
    positions: NDArray[np.int64]
    slots: NDArray[np.int64]


def _chosen(reading: Reading, label: int, *, seed: int) -> list[_Pick]:
    """Rows in a drawn order until there is text enough, then positions drawn among theirs."""
    draw = generator(seed, "bank", reading.labels[label])
    rows = np.array([n for n, row in enumerate(reading.rows) if row.label == label])
    rows = rows[draw.permutation(len(rows))]
    counted = [np.flatnonzero(reading.rows[row].counted) for row in rows]
    ends = np.cumsum([len(each) for each in counted])
    n_rows = int(np.searchsorted(ends, POSITIONS * TEXT_PER_POSITION)) + 1
    n_rows = min(n_rows, len(rows))
    n_tokens = int(ends[n_rows - 1])
    places = draw.choice(n_tokens, size=POSITIONS, replace=n_tokens < POSITIONS)
    of_row = np.searchsorted(ends[:n_rows], places, side="right")
    starts = np.concatenate([[0], ends[: n_rows - 1]])
    return [
        _Pick(int(rows[n]), counted[n][places[slots] - starts[n]], slots)
        for n in range(n_rows)
        if len(slots := np.flatnonzero(of_row == n))
    ]


def _taps(
    values: Tensor, units: NeuronSet | Units, picks: Sequence[_Pick], rows: Rows
) -> list[Tap]:
    def keeper(site: str, layer: int, here: NDArray[np.int64]) -> Tap:
        columns = torch.from_numpy(here).to(values.device)
        indices = torch.from_numpy(units.indices[here]).to(values.device)

        def keep(tensor: Tensor) -> None:
            for number, pick in enumerate(picks):
                places, slots = (
                    torch.from_numpy(each).to(values.device)
                    for each in (pick.positions, pick.slots)
                )
                found = tensor[number, places][:, indices]
                values[rows.label[number], slots[:, None], columns] = found

        return site, layer, keep

    return [keeper(*place, here) for place, here in by_layer(units).items()]
