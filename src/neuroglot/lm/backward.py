"""How well a model predicts rows of text, and the gradient of that at sites of its blocks.

Takes ids, which tokens are scored, and taps (site, layer, function of value and gradient); gives
the surprise of each row. Parameters stay frozen: only the streams between the blocks get gradients.
Blocks are run and gone back through either all at once, or one at a time from the stream that an
earlier pass left before each, which computes every block twice and holds the inside of one alone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.body import Body
from neuroglot.lm.hooks import (
    Change,
    GradientTap,
    Tap,
    called,
    editing,
    watching,
    watching_gradients,
)
from neuroglot.lm.unembedding import unembed

POSITIONS = 512
"""Positions whose logits exist at a time."""


def backward(
    body: Body,
    ids: Tensor,
    scored: Tensor,
    taps: Sequence[GradientTap],
    *,
    beside: Sequence[Tap] = (),
    one_block_at_a_time: bool,
) -> Tensor:
    """Run each tap's function on its site's value and gradient; gives nats, float64 [row].

    ids: int64 [row, token], padded on the right. scored: bool [row, token], tokens whose surprise
    is summed; none of the first column. beside: taps that read a site's value alone. The gradient
    is that of the sum over all rows: no row reaches into another, so each row's gradient is that of
    its own sum. Raises ConfigError where a first token is scored: nothing predicts it.
    """
    if bool(scored[:, :1].any()):
        raise ConfigError("a row's first token has no prediction: score those after it")
    run = _block_by_block if one_block_at_a_time else _at_once
    with _frozen(body), arithmetic(body.hf):
        return run(body, ids, scored, taps, beside)


def backward_from(
    body: Body, ids: Tensor, score: Callable[[Tensor], Tensor], taps: Sequence[GradientTap]
) -> None:
    """Run each tap's function on its site's value and the gradient of a score of the last stream.

    score: of the last block's resid_post [row, token, width], any shape; the gradient is that of
    its sum.
    """
    with _frozen(body), arithmetic(body.hf):
        last = _leafed(body, ids, taps, ())
        leaf = last.detach().requires_grad_()
        with torch.enable_grad():
            torch.autograd.backward(score(leaf).sum())
        torch.autograd.backward([last], [leaf.grad])


def _at_once(
    body: Body, ids: Tensor, scored: Tensor, taps: Sequence[GradientTap], beside: Sequence[Tap]
) -> Tensor:
    last = _leafed(body, ids, taps, beside)
    nats, gradient = _surprise(body, last, ids, scored)
    torch.autograd.backward([last], [gradient])
    return nats


def _leafed(body: Body, ids: Tensor, taps: Sequence[GradientTap], beside: Sequence[Tap]) -> Tensor:
    """The last stream of a pass that can be gone back through, taps waiting for gradients."""
    last: list[Tensor] = []

    def leaf(stream: Tensor) -> Tensor:
        return stream.detach().requires_grad_()

    with (
        torch.enable_grad(),
        editing(body, [Change("embed", -1, leaf)]),
        watching(body, [("resid_post", body.sizes.layers - 1, last.append), *beside]),
        watching_gradients(body, taps),
    ):
        body.backbone(input_ids=ids, use_cache=False, return_dict=True)
    return last[0]


def _block_by_block(
    body: Body, ids: Tensor, scored: Tensor, taps: Sequence[GradientTap], beside: Sequence[Tap]
) -> Tensor:
    last: list[Tensor] = []
    with (
        torch.no_grad(),
        _keeping_calls(body) as calls,
        watching(body, [("resid_post", body.sizes.layers - 1, last.append), *beside]),
    ):
        body.backbone(input_ids=ids, use_cache=False, return_dict=True)
    nats, gradient = _surprise(body, last.pop(), ids, scored)
    for layer in reversed(range(body.sizes.layers)):
        call = calls.pop()
        here = [tap for tap in taps if tap[1] == layer]
        with torch.enable_grad():
            stream = call.stream.requires_grad_()
            with watching_gradients(body, here):
                # A copy: some families add to the stream in place, which a leaf does not allow.
                output = body.blocks[layer].block(stream.clone(), *call.rest, **call.named)
        after = output if isinstance(output, Tensor) else output[0]
        torch.autograd.backward(after, gradient)
        assert stream.grad is not None
        gradient = stream.grad
    return nats


def _surprise(body: Body, last: Tensor, ids: Tensor, scored: Tensor) -> tuple[Tensor, Tensor]:
    """Nats of each row, float64 [row], and their gradient at the last stream, like it."""
    rows, places = scored.nonzero(as_tuple=True)
    leaf = last.detach().requires_grad_()
    nats = torch.zeros(len(ids), dtype=torch.float64, device=ids.device)
    for start in range(0, len(rows), POSITIONS):
        part = slice(start, start + POSITIONS)
        with torch.enable_grad():
            logits = unembed(body, leaf[rows[part], places[part] - 1]).float()
            each = torch.nn.functional.cross_entropy(
                logits, ids[rows[part], places[part]], reduction="none"
            )
            torch.autograd.backward(each.sum())
        nats.index_add_(0, rows[part], each.detach().double())
    return nats, torch.zeros_like(last) if leaf.grad is None else leaf.grad


@dataclass
class _Call:
    """How the model called a block: the stream, and what else it gave."""

    stream: Tensor
    rest: tuple[Any, ...]
    named: dict[str, Any]


@contextmanager
def _keeping_calls(body: Body) -> Iterator[list[_Call]]:
    """The blocks' calls in the pass inside, in their order."""
    calls: list[_Call] = []

    def keep(args: tuple[Any, ...], named: dict[str, Any]) -> None:
        rest = dict(named)
        stream = args[0] if args else rest.pop("hidden_states")
        calls.append(_Call(stream.detach().clone(), tuple(args[1:]), rest))

    with ExitStack() as stack:
        for each in body.blocks:
            stack.enter_context(called(each.block, keep))
        yield calls


@contextmanager
def _frozen(body: Body) -> Iterator[None]:
    """No parameter gets a gradient inside."""
    moved: list[Callable[[], object]] = []
    try:
        for parameter in body.hf.parameters():
            if parameter.requires_grad:
                parameter.requires_grad_(False)
                moved.append(parameter.requires_grad_)
        yield
    finally:
        for move in moved:
            move()
