"""Forward passes that start in the middle, at what an earlier pass over the same rows left there.

`keeping` holds what a pass computes before the MLP of some layers; `resuming` starts from it: the
blocks below are passed over and the block's attention gives what it gave. All that follows is run
by the model's own modules, so a resumed pass equals a whole one bit for bit on the same rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from neuroglot.lm.body import Body


@dataclass(frozen=True)
class Past:
    """What a pass left: outputs of the block below, and of the attention, by layer."""

    below: dict[int, Any] = field(default_factory=dict)
    attention: dict[int, Any] = field(default_factory=dict)


@contextmanager
def keeping(body: Body, layers: Sequence[int]) -> Iterator[Past]:
    """Keep what is needed to start at the MLP of each of these layers, in the pass run inside."""
    past = Past()
    with ExitStack() as stack:
        for layer in layers:
            attention = body.blocks[layer].attention
            stack.enter_context(_replaced(attention, _kept(attention, past.attention, layer)))
            if layer:
                block = body.blocks[layer - 1].block
                stack.enter_context(_replaced(block, _kept(block, past.below, layer)))
        yield past


@contextmanager
def resuming(
    body: Body, past: Past, layer: int, *, rows: Tensor | None = None, attention: bool = True
) -> Iterator[None]:
    """Run the model from the MLP of a layer on.

    past: of a pass that kept this layer. rows: int64 [row], which row of that pass each row of this
    one repeats; None: the same rows. attention: False runs the layer's attention anew.
    """
    with ExitStack() as stack:
        if attention:
            given = _given(past.attention[layer], rows)
            stack.enter_context(_replaced(body.blocks[layer].attention, given))
        for each in body.blocks[:layer]:
            stack.enter_context(_replaced(each.block, _given(past.below[layer], rows)))
        yield


def _kept(module: nn.Module, into: dict[int, Any], layer: int) -> Callable[..., Any]:
    forward = module.forward

    def run(*args: Any, **kwargs: Any) -> Any:
        into[layer] = forward(*args, **kwargs)
        # The model goes on with a copy: some families add to the stream in place.
        return _mapped(into[layer], torch.clone)

    return run


def _given(output: Any, rows: Tensor | None) -> Callable[..., Any]:
    def run(*_: Any, **__: Any) -> Any:
        return _mapped(output, torch.clone if rows is None else lambda part: part[rows])

    return run


def _mapped(output: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """A module's output with a function applied to each tensor in it."""
    if isinstance(output, Tensor):
        return function(output)
    if isinstance(output, tuple):
        return tuple(_mapped(part, function) for part in output)
    return output


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
