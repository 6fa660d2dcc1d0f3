"""The residual stream at chosen tokens of many texts, in one pass.

Takes texts and places in them, gives one vector for each place and level. Nothing of the size of
tokens x width is kept beside the model's own stream.
"""

from collections.abc import Callable, Sequence

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

Ints = NDArray[np.int64]


def token_states(
    lm: LM,
    texts: Sequence[str],
    places: Sequence[NDArray[np.integer]],
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """The stream at tokens of texts: float32 [level, row, width].

    places: for each text the tokens that are read, counted from 0 as the tokenizer gives them (a
    BOS in front is none of them); rows stand in the order of the texts and of their places. Levels:
    the embedding, then each layer's `resid_post`. Texts without a place are not run.
    batch_tokens: texts x longest text of a batch, at most. Raises ConfigError for a place that a
    text does not have, and for a text with more tokens than the model was made for.
    """
    ends = np.cumsum([len(own) for own in places], dtype=np.int64)
    read = [number for number, own in enumerate(places) if len(own)]
    ids = {number: _ids(lm, number, texts[number], places[number]) for number in read}
    before = int(lm.tokenizer.bos is not None)
    total = int(ends[-1]) if len(ends) else 0
    states = np.zeros((lm.n_layers + 1, total, lm.width), dtype=np.float32)
    done = 0
    for batch in longest_first([len(ids[number]) for number in read], batch_tokens):
        chosen = [read[place] for place in batch]
        rows = np.concatenate([np.arange(ends[n] - len(places[n]), ends[n]) for n in chosen])
        text = np.repeat(np.arange(len(chosen)), [len(places[n]) for n in chosen])
        token = np.concatenate([places[n] for n in chosen]) + before
        _read(lm, padded([ids[n] for n in chosen]), (text, token), states, rows)
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(read))
    return states


def _read(
    lm: LM, ids: Tensor, at: tuple[Ints, Ints], states: NDArray[np.float32], rows: Ints
) -> None:
    """Write the stream of one batch at (text, token) into rows of the states."""
    text, token = (torch.from_numpy(each).to(lm.device) for each in at)

    def keeper(level: int) -> Reader:
        def keep(stream: Tensor) -> None:
            states[level, rows] = stream[text, token].float().cpu().numpy()

        return keep

    taps: list[Tap] = [("embed", OUTSIDE, keeper(0))]
    taps += [("resid_post", layer, keeper(layer + 1)) for layer in range(lm.n_layers)]
    with torch.no_grad(), lm.watch(taps):
        lm.backbone(ids.to(lm.device))


def _ids(lm: LM, number: int, text: str, places: NDArray[np.integer]) -> Ints:
    ids = np.array(prompt_ids(lm.tokenizer, text), dtype=np.int64)
    n_tokens = len(ids) - (lm.tokenizer.bos is not None)
    if not n_tokens:
        raise ConfigError(f"text {number + 1} has no tokens: no place in it can be read")
    if places.min() < 0 or places.max() >= n_tokens:
        raise ConfigError(
            f"text {number + 1} has {n_tokens} tokens: give places from 0 to {n_tokens - 1}, "
            f"not {places.min()} to {places.max()}"
        )
    lm.refuse_longer(len(ids), f"text {number + 1}")
    return ids
