"""New tokens for many prompts at once, one forward pass for each step, with a key/value cache.

Takes ids and two functions: which id each row goes on with, and whether a row has ended. Gives the
ids written. Edits and taps act in it as in any forward pass. Prompts are padded on the left and the
model is told each token's true position; rows that have ended leave the batch. Knows no text.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from neuroglot.base.errors import ConfigError, ModelError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.body import Body

Choose = Callable[[Sequence[int], Tensor], Sequence[int]]
"""(numbers of the rows still written, their logits [row, vocabulary]) -> an id for each."""
Ended = Callable[[int, Sequence[int]], bool]
"""(number of a row, ids written in it so far) -> whether it is to be left."""


def write(
    body: Body,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    choose: Choose,
    ended: Ended,
) -> list[list[int]]:
    """The ids written after each prompt, at most `max_new_tokens`, those that end it included.

    Raises ConfigError for a prompt without ids, or with more than the model has positions for, and
    ModelError for a model in training mode.
    """
    _check(body, prompts, max_new_tokens)
    model: Any = body.hf
    device = body.table.device
    ids, mask = (each.to(device) for each in _padded(prompts))
    # Not the cache that a configuration asks for: one that forgets cannot be proved with padding.
    cache = DynamicCache()
    written: list[list[int]] = [[] for _ in prompts]
    rows = list(range(len(prompts)))
    with torch.no_grad(), arithmetic(model):
        for _ in range(max_new_tokens):
            positions = (mask.cumsum(dim=1) - 1).clamp_min(0)[:, -ids.shape[1] :]
            output = model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
                return_dict=True,
            )
            chosen = choose(rows, output.logits[:, -1])
            for row, id in zip(rows, chosen, strict=True):
                written[row].append(id)
            kept = [at for at, row in enumerate(rows) if not ended(row, written[row])]
            if not kept:
                break
            if len(kept) < len(rows):
                places = torch.tensor(kept, device=device)
                cache.batch_select_indices(places)
                mask, rows = mask[places], [rows[at] for at in kept]
            ids = torch.tensor([[chosen[at]] for at in kept], device=device)
            mask = torch.cat([mask, torch.ones_like(ids)], dim=1)
    return written


def greedy(_: Sequence[int], logits: Tensor) -> list[int]:
    """The likeliest id of each row; among equals the first."""
    chosen: list[int] = logits.argmax(dim=-1).tolist()
    return chosen


def end_ids(body: Body) -> frozenset[int]:
    """The ids that end a text, as the model's own configuration of generation has them."""
    end = getattr(body.hf.generation_config, "eos_token_id", None)
    if end is None:
        return frozenset()
    return frozenset(end if isinstance(end, list) else [end])


def _padded(prompts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids and the mask of real tokens, both int64 [row, token], ends of the rows in line."""
    longest = max(map(len, prompts))
    ids = torch.zeros(len(prompts), longest, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt)
        mask[row, longest - len(prompt) :] = 1
    return ids, mask


def _check(body: Body, prompts: Sequence[Sequence[int]], max_new_tokens: int) -> None:
    if body.hf.training:
        raise ModelError(
            "the model is in training mode, where dropout changes what is written: call "
            "lm.hf.eval() first"
        )
    if max_new_tokens < 1:
        raise ConfigError(f"max_new_tokens is {max_new_tokens}: give at least 1")
    if not prompts or not all(len(prompt) for prompt in prompts):
        raise ConfigError("an empty prompt for a model without a BOS token: give some text")
    longest = max(map(len, prompts)) + max_new_tokens
    most = getattr(body.hf.config.get_text_config(), "max_position_embeddings", None)
    if most is not None and longest > most:
        raise ConfigError(
            f"a prompt of {longest - max_new_tokens} tokens and {max_new_tokens} new ones, but the "
            f"model has positions for {most}: give a shorter prompt, or ask for fewer new tokens"
        )
