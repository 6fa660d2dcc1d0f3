"""Where the last token of a text looks: the attention of every head of a layer, exactly.

Values are replaced by marks, one coordinate for each token, so that what a head gives holds the
weights themselves. The model's own attention computes them, whichever implementation it uses,
with its windows, caps and rotations; nothing has to be computed twice by hand.
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.lm.hooks import Change, editing
from neuroglot.lm.model import LM


def last_attention(
    lm: LM, ids: NDArray[np.int64], layers: Iterable[int]
) -> dict[int, NDArray[np.float32]]:
    """Attention from the last token of each row, by layer: float32 [row, head, token].

    ids: int64 [row, token], rows of one length. Each layer takes as many passes as its heads need
    to mark all tokens: tokens by head width, rounded up. Open edits below the layer count.
    """
    rows = torch.from_numpy(np.asarray(ids, dtype=np.int64)).to(lm.device)
    n, width = rows.shape[1], lm.body.sizes.head_width
    found = {}
    for layer in layers:
        parts = [
            _weights(lm, rows, layer, start, min(start + width, n)) for start in range(0, n, width)
        ]
        found[layer] = torch.cat(parts, dim=-1).float().cpu().numpy()
    return found


def _weights(lm: LM, rows: Tensor, layer: int, start: int, stop: int) -> Tensor:
    """The weights of tokens start to stop: [row, head, stop - start]."""
    sizes = lm.body.sizes
    marks = torch.zeros(rows.shape[1], sizes.kv_heads, sizes.head_width)
    marks[torch.arange(start, stop), :, torch.arange(stop - start)] = 1
    seen: list[Tensor] = []

    def mark(values: Tensor) -> Tensor:
        return marks.flatten(1).to(values).expand_as(values).contiguous()

    def read(heads: Tensor) -> None:
        seen.append(heads[:, -1, :, : stop - start].clone())

    with (
        torch.no_grad(),
        editing(lm.body, [Change("v", layer, mark)]),
        lm.watch([("head", layer, read)]),
    ):
        lm.backbone(rows)
    return seen[0]
