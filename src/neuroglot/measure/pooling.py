"""Texts as vectors: the residual stream of each layer, pooled over a text's tokens in one pass.

Takes texts, gives one vector for each text, level and pooling. Nothing of the size of tokens x
width is kept beside the model's own stream.

Source of the poolings: Kargaran et al., "MEXA", arXiv 2410.05873; arXiv 2506.01074.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.hooks import Reader, Tap
from neuroglot.lm.model import LM
from neuroglot.lm.sites import OUTSIDE
from neuroglot.measure.batches import longest_first, padded

WEIGHTED, LAST = "weighted", "last"
POOLINGS = (WEIGHTED, LAST)
"""The mean in which the t-th token counts t times, BOS as the first; and the last token alone."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """vectors: pooling -> float32 [text, level, width]. levels: -1 for the embedding, then layers.

    tokens: int64 [text], BOS included.
    """

    vectors: Mapping[str, NDArray[np.float32]]
    levels: tuple[int, ...]
    tokens: NDArray[np.int64]


def pooled_states(
    lm: LM,
    texts: Sequence[str],
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Pooled:
    """Each text's vectors at the embedding and after every layer, in the order given.

    batch_tokens: texts x longest text of a batch, at most. Raises ConfigError for a text without
    tokens, and for one with more than the model was made for.
    """
    ids = [_ids(lm, number, text) for number, text in enumerate(texts)]
    lengths = [len(each) for each in ids]
    levels = (OUTSIDE, *range(lm.n_layers))
    shape = (len(texts), len(levels), lm.width)
    vectors = {pooling: np.zeros(shape, dtype=np.float32) for pooling in POOLINGS}
    done = 0
    for batch in longest_first(lengths, batch_tokens):
        found = _pooled(lm, [ids[place] for place in batch], levels)
        for pooling in POOLINGS:
            vectors[pooling][list(batch)] = found[pooling]
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(texts))
    return Pooled(vectors, levels, np.array(lengths, dtype=np.int64))


def _ids(lm: LM, number: int, text: str) -> NDArray[np.int64]:
    ids = prompt_ids(lm.tokenizer, text)
    if len(ids) == (lm.tokenizer.bos is not None):
        raise ConfigError(f"text {number + 1} has no tokens: leave it out")
    lm.refuse_longer(len(ids), f"text {number + 1}")
    return np.array(ids, dtype=np.int64)


def _pooled(
    lm: LM, rows: Sequence[NDArray[np.int64]], levels: Sequence[int]
) -> dict[str, NDArray[np.float32]]:
    """Texts of one batch, padded on the right; float32 [row, level, width] for each pooling."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = padded(rows)
    place = torch.arange(1, ids.shape[1] + 1)
    weights = torch.where(place <= lengths[:, None], place, 0).double()
    weights = (weights / weights.sum(dim=1, keepdim=True)).to(lm.device)
    ends = (torch.arange(len(rows), device=lm.device), (lengths - 1).to(lm.device))
    found: dict[tuple[str, int], Tensor] = {}

    def keeper(level: int) -> Reader:
        def keep(stream: Tensor) -> None:
            found[LAST, level] = stream[ends].float()
            # One row at a time: float64 of a whole batch would be twice the stream itself.
            sums = [one @ row.double() for one, row in zip(weights, stream, strict=True)]
            found[WEIGHTED, level] = torch.stack(sums).float()

        return keep

    taps: list[Tap] = [
        ("embed" if level == OUTSIDE else "resid_post", level, keeper(level)) for level in levels
    ]
    with torch.no_grad(), lm.watch(taps):
        lm.backbone(ids.to(lm.device))
    return {
        pooling: torch.stack([found[pooling, level] for level in levels], dim=1).cpu().numpy()
        for pooling in POOLINGS
    }
