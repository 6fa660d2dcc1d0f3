"""Ids drawn from a model's distribution, each row by its own generator.

Takes generators and logits, gives ids. A row's draws depend on its own generator and its own logits
alone, whatever rows stand beside it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.decoding import Choose, greedy


def chooser(
    generators: Sequence[np.random.Generator], *, temperature: float, top_p: float
) -> Choose:
    """How ids are chosen: the likeliest at temperature 0, else drawn, one draw for each id.

    generators: one for each row. top_p: only the likeliest ids are drawn from, as many as are
    needed to hold this share together. Raises ConfigError for settings that cannot be.
    """
    if temperature < 0 or not 0 < top_p <= 1:
        raise ConfigError(
            f"temperature {temperature}, top_p {top_p}: give a temperature of at least 0 and a "
            "top_p in (0, 1]"
        )
    if temperature == 0:
        return greedy

    def draw(rows: Sequence[int], logits: Tensor) -> list[int]:
        drawn = torch.tensor([generators[row].random() for row in rows], dtype=torch.float64)
        shares = torch.softmax(logits.double() / temperature, dim=-1)
        ordered, ids = shares.sort(dim=-1, descending=True, stable=True)
        reached = ordered.cumsum(dim=-1)
        n_kept = ((reached - ordered) < top_p).sum(dim=-1, keepdim=True)
        kept = reached.gather(1, n_kept - 1)
        wanted = drawn.to(logits.device)[:, None] * kept
        places = torch.searchsorted(reached, wanted, right=True).minimum(n_kept - 1)
        chosen: list[int] = ids.gather(1, places)[:, 0].tolist()
        return chosen

    return draw
