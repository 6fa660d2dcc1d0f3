"""From the residual stream to the vocabulary.

Takes residual rows, gives logits as the model computes them; and what a direction promotes, the
final norm taken as its gain alone. Runs the final norm and the head, no block.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from neuroglot.lm.body import Body

STRETCH = 64
"""Neighbouring ids of which `likeliest` takes the highest first."""


def read_out(body: Body, normed: Tensor) -> Tensor:
    """Logits [..., vocabulary] of states that the final norm has already been through."""
    logits: Tensor = body.head(normed)
    # Most models have neither, and a pass over all logits costs as much as a norm.
    if body.logit_scale != 1:
        logits = logits * body.logit_scale
    if body.logit_divisor != 1:
        logits = logits / body.logit_divisor
    if body.logit_cap is not None:
        logits = torch.tanh(logits / body.logit_cap) * body.logit_cap
    return logits


def unembed(body: Body, residual: Tensor) -> Tensor:
    """Logits [..., vocabulary] of residual rows [..., width], as after the last block.

    On the last layer's `resid_post` these are the model's logits; on an earlier one, the logit
    lens. A row is not changed by others beside it.
    """
    return read_out(body, body.final_norm(residual))


def ranks(logits: Tensor, ids: Tensor) -> Tensor:
    """Rank of ids [row, id] among logits [row, vocabulary]: int64 [row, id].

    1 is the likeliest; equal logits share the better rank.
    """
    wanted = logits.gather(1, ids)
    return torch.stack([(logits > each[:, None]).sum(dim=1) + 1 for each in wanted.T], dim=1)


def likeliest(logits: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """The n highest of each row [row, vocabulary] and their ids, highest first: both [row, n].

    Whatever rises with the logits will do. Only the n stretches of ids with the highest maxima are
    sorted, which hold the n highest: several times as fast as sorting whole rows.
    """
    stretches = logits.shape[1] // STRETCH
    whole = stretches * STRETCH
    if stretches <= n:
        highest = logits.topk(n, dim=1)
        return highest.values, highest.indices
    best = logits[:, :whole].reshape(-1, stretches, STRETCH).amax(dim=2).topk(n, dim=1)
    inside = torch.arange(STRETCH, device=logits.device)
    after = torch.arange(whole, logits.shape[1], device=logits.device)
    ids = (best.indices[..., None] * STRETCH + inside).flatten(1)
    ids = torch.cat([ids, after.expand(len(ids), -1)], dim=1)
    highest = logits.gather(1, ids).topk(n, dim=1)
    return highest.values, ids.gather(1, highest.indices)


def promotion(body: Body, directions: Tensor) -> Tensor:
    """How much each direction [n, width] raises each id's logit: float32 [n, vocabulary].

    The final norm is taken as its gain (and centring) alone, since its scale depends on the whole
    stream: values are comparable within a row, not between rows.
    """
    gain, centres = norm_gain(body.final_norm, directions)
    rows = directions - directions.mean(dim=-1, keepdim=True) if centres else directions
    moved = rows * gain
    bias = body.head(torch.zeros_like(moved[:1]))
    raised: Tensor = body.head(moved) - bias
    return raised.to(torch.float32)


def norm_gain(norm: Callable[[Tensor], Tensor], like: Tensor) -> tuple[Tensor, bool]:
    """The gain of a norm [width], whatever form its weight has, and whether it subtracts the mean.

    Probed with a row of mean 0 and square mean 1, which both kinds of norm leave alone but for gain
    and bias.
    """
    width = like.shape[-1]
    probe = torch.ones(1, width, dtype=like.dtype, device=like.device)
    flat = norm(probe)
    probe[:, 1::2] = -1
    bias = norm(torch.zeros_like(probe))
    gain = ((norm(probe) - bias) * probe)[0]
    return gain, bool(torch.allclose(flat, bias))
