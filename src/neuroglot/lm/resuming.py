"""Forward passes that start in the middle, at what an earlier pass left there, or end there.

`keeping` holds what a pass computes before some places; `resuming` starts from one of them: the
blocks below are passed over, and of the block's attention only what stands behind the place is run.
All that follows is run by the model's own modules, so a resumed pass equals a whole one bit for bit
on the same rows. `ending` runs no block above one.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn.functional import pad

from neuroglot.lm.body import Body


class Part(IntEnum):
    """The first part of a block that is run, in the order in which a block runs."""

    ATTENTION = 0
    PROJECTION = 1
    """Attention's output projection, over what the heads gave."""
    MLP = 2


class Start(NamedTuple):
    """Where a pass starts; the lower one comes earlier."""

    layer: int
    part: Part


_PARTS = {"q": Part.ATTENTION, "k": Part.ATTENTION, "v": Part.ATTENTION} | {
    "resid_pre": Part.ATTENTION,
    "head": Part.PROJECTION,
    "o": Part.PROJECTION,
}


def start_of(places: Iterable[tuple[str, int]]) -> Start:
    """Where a pass has to start so that edits at these places (site, layer) are in it."""
    return min(Start(layer, _PARTS.get(site, Part.MLP)) for site, layer in places)


@dataclass(frozen=True)
class Past:
    """What a pass left: outputs of the block below, of the heads and of attention, by layer."""

    below: dict[int, Any] = field(default_factory=dict)
    heads: dict[int, Any] = field(default_factory=dict)
    attention: dict[int, Any] = field(default_factory=dict)


@contextmanager
def keeping(body: Body, starts: Iterable[Start], *, first: int = 0) -> Iterator[Past]:
    """Keep what is needed to start at each of these places, in the pass run inside.

    first: of the rows' tokens, the first from which on anything is kept.
    """
    past = Past()
    wanted = set(starts)
    with ExitStack() as stack:

        def keep(module: nn.Module, keeper: Callable[..., Any], into: dict[int, Any]) -> None:
            stack.enter_context(_replaced(module, keeper(module.forward, into, layer, first)))

        for layer in sorted({start.layer for start in wanted}):
            block = body.blocks[layer]
            if wanted & {(layer, Part.PROJECTION), (layer, Part.MLP)}:
                keep(block.attention, _output_kept, past.attention)
            if (layer, Part.PROJECTION) in wanted:
                keep(block.o, _input_kept, past.heads)
            if layer:
                keep(body.blocks[layer - 1].block, _output_kept, past.below)
        yield past


@contextmanager
def resuming(
    body: Body,
    past: Past,
    start: Start,
    *,
    rows: Tensor | None = None,
    tokens: int | None = None,
) -> Iterator[None]:
    """Run the model from a place on.

    past: of a pass that kept this place. rows: int64 [row], which row of that pass each row of this
    one repeats; None: the same rows. tokens: how many of the last ones are run; None: all that were
    kept.
    """

    def taken(tensor: Tensor) -> Tensor:
        kept = tensor if tokens is None else tensor[:, tensor.shape[1] - tokens :]
        return kept.clone() if rows is None else kept[rows]

    layer, part = start
    block = body.blocks[layer]
    with ExitStack() as stack:
        if part is Part.PROJECTION:
            projected = _projected(block.o, past.heads[layer], past.attention[layer], taken)
            stack.enter_context(_replaced(block.attention, projected))
        elif part is Part.MLP:
            given = _given(past.attention[layer], taken)
            stack.enter_context(_replaced(block.attention, given))
        for number, each in enumerate(body.blocks[:layer]):
            # What blocks further down give is read by none: no copy is made for them.
            given = _given(past.below[layer], taken if number == layer - 1 else None)
            stack.enter_context(_replaced(each.block, given))
        yield


@contextmanager
def last_token_only(body: Body) -> Iterator[None]:
    """Run the last block's output projection and MLP for the rows' last token alone.

    Its states are then as ever, those of all others are not: for passes of which no more is read.
    """
    block = body.blocks[-1]
    with ExitStack() as stack:
        for module in (block.o, block.mlp):
            stack.enter_context(_replaced(module, _at_last_token(module.forward)))
        yield


@contextmanager
def ending(body: Body, layer: int) -> Iterator[None]:
    """Run no block above `layer`: what is read up to it is as ever, what comes out is not."""
    last = body.blocks[layer].block
    left: dict[int, Any] = {}

    def kept(forward: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            left[layer] = forward(*args, **kwargs)
            return left[layer]

        return run

    with ExitStack() as stack:
        stack.enter_context(_replaced(last, kept(last.forward)))
        for above in body.blocks[layer + 1 :]:
            # In the form that the family's blocks give.
            stack.enter_context(_replaced(above.block, lambda *_, **__: left[layer]))
        yield


def _at_last_token(forward: Callable[..., Any]) -> Callable[..., Any]:
    def run(hidden: Tensor) -> Any:
        missing = hidden.shape[1] - 1
        return _mapped(forward(hidden[:, -1:]), lambda last: pad(last, (0, 0, missing, 0)))

    return run


def _output_kept(
    forward: Callable[..., Any], into: dict[int, Any], layer: int, first: int
) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        output = forward(*args, **kwargs)
        # A copy: some families add to the stream in place.
        into[layer] = _mapped(output, lambda hidden: hidden[:, first:].clone())
        return output

    return run


def _input_kept(
    forward: Callable[..., Any], into: dict[int, Any], layer: int, first: int
) -> Callable[..., Any]:
    def run(hidden: Tensor) -> Any:
        into[layer] = hidden[:, first:].clone()
        return forward(hidden)

    return run


def _given(output: Any, taken: Callable[[Tensor], Tensor] | None) -> Callable[..., Any]:
    def run(*_: Any, **__: Any) -> Any:
        return output if taken is None else _mapped(output, taken)

    return run


def _projected(
    projection: nn.Module, heads: Tensor, output: Any, taken: Callable[[Tensor], Tensor]
) -> Callable[..., Any]:
    def run(*_: Any, **__: Any) -> Any:
        return _mapped(output, lambda _: projection(taken(heads)))

    return run


def _mapped(output: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """A module's output with a function applied to its hidden states, and nothing beside them."""
    if isinstance(output, tuple):
        return (function(output[0]), *[None] * (len(output) - 1))
    return function(output)


@contextmanager
def _replaced(module: nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    """Run a module by another function; hooks on it still fire."""
    before = module.__dict__.get("forward")
    module.forward = forward
    try:
        yield
    finally:
        del module.forward
        if before is not None:
            module.forward = before
