"""A batch on the device, as observers see it: ids, what counts, and how much.

Rows are padded on the right and sent without a mask: a causal model cannot see what comes after,
so every counted position reads the same as alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.text.reading import Reading
from neuroglot.text.token_classes import TOKEN_CLASSES

LATE = 256
"""Positions from here on are `late`."""
DIGIT = 4096
"""Standard weights are split as high * DIGIT + low: sums of both stay exact in float32."""
_NOT_CODE = [TOKEN_CLASSES.index("comment"), TOKEN_CLASSES.index("string")]


@dataclass(frozen=True)
class Rows:
    """One batch.

    ids: int64 [row, token]. counted: bool [row, token]. label, group: int64 [row], indices into the
    reading's labels and groups. classes: int64 [row, token], -1 at special tokens and padding.
    standard: int64 [row, token], the integer weight of each position in the standardised reading.
    """

    ids: torch.Tensor
    counted: torch.Tensor
    label: torch.Tensor
    group: torch.Tensor
    classes: torch.Tensor
    standard: torch.Tensor

    @cached_property
    def weights(self) -> torch.Tensor:
        """Weights of the positions in each reading, float32 [row, 5, token].

        In order: every counted position, code only, late only, and the high and low digit of the
        standardised weight.
        """
        code = self.counted & ~torch.isin(
            self.classes, torch.tensor(_NOT_CODE, device=self.classes.device)
        )
        late = self.counted.clone()
        late[:, :LATE] = False
        return torch.stack(
            [self.counted, code, late, self.standard // DIGIT, self.standard % DIGIT], dim=1
        ).to(torch.float32)

    @cached_property
    def totals(self) -> torch.Tensor:
        """Sum of the weights over positions, int64 [row, 4]; the digits put together again."""
        return joined(self.weights.to(torch.int64).sum(dim=2))

    @cached_property
    def scored(self) -> torch.Tensor:
        """Tokens that are predicted, bool [row, token]: those counted, but for a row's first."""
        scored = self.counted.clone()
        scored[:, :1] = False
        return scored

    @property
    def n_counted(self) -> int:
        """Number of counted positions."""
        return int(self.counted.sum())


def joined(sums: torch.Tensor) -> torch.Tensor:
    """[row, 5, ...] sums with digits apart to int64 [row, 4, ...] with the digits together."""
    whole = sums.to(torch.int64)
    return torch.cat([whole[:, :3], whole[:, 3:4] * DIGIT + whole[:, 4:5]], dim=1)


def make_rows(
    reading: Reading,
    numbers: Sequence[int],
    *,
    standard: NDArray[np.int64],
    device: torch.device,
) -> Rows:
    """The rows of a reading with these numbers, right-padded with id 0.

    standard: int64 [label, class], weight of a position of each token class.
    """
    rows = [reading.rows[number] for number in numbers]
    shape = (len(rows), max(len(row.ids) for row in rows))
    ids = np.zeros(shape, np.int64)
    counted = np.zeros(shape, bool)
    classes = np.full(shape, -1, np.int64)
    weights = np.zeros(shape, np.int64)
    for place, row in enumerate(rows):
        length = len(row.ids)
        ids[place, :length] = row.ids
        counted[place, :length] = row.counted
        classes[place, :length] = np.where(row.counted, row.classes, -1)
        weights[place, :length] = np.where(row.counted, standard[row.label][row.classes], 0)

    def on_device(array: NDArray[np.generic]) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    return Rows(
        ids=on_device(ids),
        counted=on_device(counted),
        label=on_device(np.array([row.label for row in rows])),
        group=on_device(np.array([row.group for row in rows])),
        classes=on_device(classes),
        standard=on_device(weights),
    )
