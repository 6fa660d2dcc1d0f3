"""How surprised a model is by texts, as it is or edited: nats per row, and nothing else.

For a few edits of the whole model over a few texts; `measure/scoring.py` reads documents in more
detail.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.edits import Edit
from neuroglot.lm.model import LM
from neuroglot.lm.unembedding import read_out
from neuroglot.measure.batches import longest_first, padded

POSITIONS = 512
"""Positions whose logits exist at a time."""


def surprise(
    lm: LM,
    rows: Sequence[NDArray[np.int64]],
    edits: Sequence[Edit] = (),
    *,
    batch_tokens: int = 4096,
) -> NDArray[np.float64]:
    """Nats of all tokens but the first of each row, float64 [row]. rows: ids with BOS."""
    found = np.zeros(len(rows))
    for batch in longest_first([len(row) for row in rows], batch_tokens):
        numbers = list(batch)
        ids = padded([rows[number] for number in numbers]).to(lm.device)
        lengths = torch.tensor([len(rows[number]) for number in numbers], device=ids.device)
        scored = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        scored[:, 0] = False
        at, place = scored.nonzero(as_tuple=True)
        nats = torch.zeros(len(numbers), dtype=torch.float64)
        with torch.no_grad(), lm.edit(*edits), arithmetic(lm.hf):
            states = lm.backbone(ids)
            for start in range(0, len(at), POSITIONS):
                own = slice(start, start + POSITIONS)
                logits = read_out(lm.body, states[at[own], place[own] - 1]).float()
                each = torch.nn.functional.cross_entropy(
                    logits, ids[at[own], place[own]], reduction="none"
                )
                nats.index_add_(0, at[own].cpu(), each.double().cpu())
        found[numbers] = nats.numpy()
    return found
