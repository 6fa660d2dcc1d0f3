"""What a model says behind bracket prompts, and which of its parts say it, for each closer.

Takes prompts in tokens and the ids of the closers, gives arrays by prompt and closer: logits, the
same at every place of the residual stream, and by embedding, sub-layer and head. Three passes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.lm.model import LM
from neuroglot.measure.attribution import direct_logit_attribution, logit_difference
from neuroglot.measure.sweep import sweep

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Told = Callable[[int, int], None] | None

AT_ONCE = 256
"""Prompts whose logits over the whole vocabulary are held at a time."""


@dataclass(frozen=True, eq=False)
class BracketAnswer:
    """What is said after the prompts: float32 logits [prompt, closer], the largest logit of all
    other ids [prompt], and the likeliest id int64 [prompt].
    """

    logits: Floats
    other: Floats
    likeliest: Ints


@dataclass(frozen=True, eq=False)
class BracketStream:
    """The closers' logits less the mean logit, at places of the stream: float32 [prompt, site,
    closer]. own: by the scale of the place itself, the logit lens; final: by that of the last.
    """

    sites: tuple[tuple[str, int], ...]
    own: Floats
    final: Floats


@dataclass(frozen=True, eq=False)
class BracketParts:
    """The same by what writes it: contribution float32 [prompt, component, closer], which add up to
    the model's own, and heads [prompt, layer, head, closer], which are part of attention.
    """

    components: tuple[tuple[str, int], ...]
    contribution: Floats
    heads: Floats


def bracket_answer(
    lm: LM,
    rows: Sequence[Ints],
    ids: Sequence[int],
    *,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> BracketAnswer:
    """The answers after the rows' last tokens. rows: ids with BOS; ids: one for each closer."""
    logits, other, likeliest = [], [], []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        clean = sweep(lm, some, [], batch_tokens=batch_tokens).clean
        logits.append(clean.logits[:, list(ids)])
        rest = clean.logits.copy()
        rest[:, list(ids)] = -np.inf
        other.append(rest.max(axis=1))
        likeliest.append(clean.likeliest)
        if on_progress is not None:
            on_progress(start + len(some), len(rows))
    return BracketAnswer(np.concatenate(logits), np.concatenate(other), np.concatenate(likeliest))


def bracket_stream(
    lm: LM,
    rows: Sequence[Ints],
    ids: Sequence[int],
    *,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> BracketStream:
    """The closers at every place of the stream of the last token; arguments as there."""
    targets = np.tile(np.asarray(ids, dtype=np.int64), (len(rows), 1))
    found = logit_difference(
        lm, rows, targets=targets, others=None, batch_tokens=batch_tokens, on_progress=on_progress
    )
    own, final = (np.swapaxes(each, 1, 2).astype(np.float32) for each in (found.own, found.final))
    return BracketStream(found.sites, own, final)


def bracket_parts(
    lm: LM,
    rows: Sequence[Ints],
    ids: Sequence[int],
    *,
    batch_tokens: int = 4096,
    on_progress: Told = None,
) -> BracketParts:
    """The closers by what writes them at the last token; arguments as there."""
    targets = np.tile(np.asarray(ids, dtype=np.int64), (len(rows), 1))
    found = direct_logit_attribution(
        lm, rows, targets=targets, others=None, batch_tokens=batch_tokens, on_progress=on_progress
    )
    assert found.heads is not None
    layers = range(lm.n_layers)
    columns = [
        found.embedding,
        *(found.attention[..., layer] for layer in layers),
        *(found.mlp[..., layer] for layer in layers),
        found.norm_bias + found.head_bias,
    ]
    components = (
        ("embedding", -1),
        *(("attention", layer) for layer in layers),
        *(("mlp", layer) for layer in layers),
        ("bias", -1),
    )
    return BracketParts(
        components,
        np.stack(columns, axis=1).astype(np.float32),
        np.moveaxis(found.heads, 1, -1).astype(np.float32),
    )
