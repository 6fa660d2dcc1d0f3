"""Rows that begin alike, with their beginning read once.

Takes the ids of the beginning and of what follows in each row; the blocks run over the beginning in
one row, and over the rest with its keys and values. By causality nothing else differs.
"""

import torch
from torch import Tensor
from transformers import DynamicCache

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


def run_after(body: Body, cache: DynamicCache, ids: Tensor) -> None:
    """Run the blocks over what follows the beginning: int64 [row, token], filled up on the right.

    What the sites hold is for taps to read. The cache is used up.
    """
    with torch.no_grad(), arithmetic(body.hf):
        body.backbone(input_ids=ids, past_key_values=cache, use_cache=True, return_dict=True)
