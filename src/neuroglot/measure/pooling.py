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

WEIGHTED, LAST, MEAN = "weighted", "last", "mean"
POOLINGS = (WEIGHTED, LAST)
"""The mean in which the t-th token counts t times, BOS as the first; and the last token alone. MEAN
is that of all tokens but special ones."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """vectors: pooling, or site -> float32 [text, level, width]. levels: -1 for the embedding, then
    layers. tokens: int64 [text], BOS included.
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
    asked = [("resid_post", pooling, pooling) for pooling in POOLINGS]
    return _all_pooled(lm, texts, asked, batch_tokens=batch_tokens, on_progress=on_progress)


def site_means(
    lm: LM,
    texts: Sequence[str],
    sites: Sequence[str],
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Pooled:
    """Each text's mean over its tokens at sites as wide as the residual stream, as `pooled_states`.

    The embedding stands before layer 0 at `resid_post`; at other sites its level is zero.
    """
    asked = [(site, MEAN, site) for site in sites]
    return _all_pooled(lm, texts, asked, batch_tokens=batch_tokens, on_progress=on_progress)


_Asked = tuple[str, str, str]
"""A site, how its tokens are pooled, and the name of what comes out."""


def _all_pooled(
    lm: LM,
    texts: Sequence[str],
    asked: Sequence[_Asked],
    *,
    batch_tokens: int,
    on_progress: Callable[[int, int], None] | None,
) -> Pooled:
    ids = [_ids(lm, number, text) for number, text in enumerate(texts)]
    lengths = [len(each) for each in ids]
    levels = (OUTSIDE, *range(lm.n_layers))
    shape = (len(texts), len(levels), lm.width)
    vectors = {name: np.zeros(shape, dtype=np.float32) for _, _, name in asked}
    done = 0
    for batch in longest_first(lengths, batch_tokens):
        for (name, level), found in _pooled(lm, [ids[place] for place in batch], asked).items():
            vectors[name][list(batch), level + 1] = found.cpu().numpy()
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
    lm: LM, rows: Sequence[NDArray[np.int64]], asked: Sequence[_Asked]
) -> dict[tuple[str, int], Tensor]:
    """Texts of one batch, padded on the right; float32 [row, width] for each name and level."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = padded(rows)
    weights = {
        pooling: _weights(lm, ids, lengths, pooling).to(lm.device) for _, pooling, _ in asked
    }
    found: dict[tuple[str, int], Tensor] = {}

    def keeper(name: str, pooling: str, level: int) -> Reader:
        def keep(stream: Tensor) -> None:
            if pooling == LAST:
                rows_of = torch.arange(len(stream), device=stream.device)
                found[name, level] = stream[rows_of, (lengths - 1).to(stream.device)].float()
                return
            # One row at a time: float64 of a whole batch would be twice the stream itself.
            each = zip(weights[pooling], stream, strict=True)
            found[name, level] = torch.stack([own @ row.double() for own, row in each]).float()

        return keep

    taps: list[Tap] = []
    for site, pooling, name in asked:
        if site == "resid_post":
            taps.append(("embed", OUTSIDE, keeper(name, pooling, OUTSIDE)))
        taps += [(site, layer, keeper(name, pooling, layer)) for layer in range(lm.n_layers)]
    with torch.no_grad(), lm.watch(taps):
        lm.backbone(ids.to(lm.device))
    return found


def _weights(lm: LM, ids: Tensor, lengths: Tensor, pooling: str) -> Tensor:
    """What each token counts, float64 [row, token], summing to one in a row."""
    place = torch.arange(1, ids.shape[1] + 1)
    inside = place <= lengths[:, None]
    if pooling == MEAN:
        special = torch.tensor(sorted(lm.tokenizer.special_ids), dtype=ids.dtype)
        content = inside & ~torch.isin(ids, special)
        # A text of special tokens alone is the mean of these.
        weights = torch.where(content.any(dim=1, keepdim=True), content, inside).double()
    else:
        weights = torch.where(inside, place, 0).double()
    return weights / weights.sum(dim=1, keepdim=True)
