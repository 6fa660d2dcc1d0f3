"""Rows that begin alike, with their beginning read once.

Takes the ids of a beginning, or the cache of a pass, and gives keys and values for rows that go on
from there: `LM.backbone` runs what follows with them. By causality nothing else differs.
"""

from copy import copy
from typing import Any

import torch
from torch import Tensor
from transformers import Cache, DynamicCache

from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.body import Body

LEAST_SHARED = 8
"""Tokens from which a shared beginning is worth a pass of its own."""


def shared_length(rows: list[Tensor], *, most: int) -> int:
    """How many tokens all rows begin with, `most` at most; 0 where it is not worth a pass."""
    if len(rows) < 2:
        return 0
    most = min(most, *(len(row) for row in rows))
    first = rows[0][:most]
    alike = torch.stack([row[:most] == first for row in rows]).all(dim=0)
    length = int(alike.long().cumprod(dim=0).sum())
    return length if length >= LEAST_SHARED else 0


def read_prefix(body: Body, ids: Tensor, *, rows: int) -> DynamicCache:
    """Keys and values of a beginning, int64 [token], for so many rows."""
    cache = DynamicCache()
    with torch.no_grad(), arithmetic(body.hf):
        body.backbone(input_ids=ids[None], past_key_values=cache, use_cache=True, return_dict=True)
    cache.batch_repeat_interleave(rows)
    return cache


def shared_beginnings(cache: DynamicCache, length: int, rows: Tensor) -> Cache:
    """Keys and values of the first tokens of a pass, so many, for rows that follow them.

    cache: of that pass, left as it is. rows: int64 [row], which row of it each one begins like.
    What the rows add is given beside it and not kept, so one layer at a time is held for all rows.
    """
    return Cache(layers=[_shared(layer, length, rows) for layer in cache.layers])


def _shared(layer: Any, length: int, rows: Tensor) -> Any:
    beginnings: Any = copy(layer)
    beginnings.keys = layer.keys[..., :length, :]
    beginnings.values = layer.values[..., :length, :]

    def update(keys: Tensor, values: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        return (
            torch.cat([beginnings.keys[rows], keys], dim=-2),
            torch.cat([beginnings.values[rows], values], dim=-2),
        )

    beginnings.update = update
    return beginnings
