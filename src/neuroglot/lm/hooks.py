"""The only file that registers torch hooks: functions run at sites while the model runs.

Takes a Body and taps (site, layer, function). Inside `watching` each function reads its tensor, the
model's own, without a copy: reduce or copy it at once, some models overwrite it later. Inside
`editing` each returns what the model shall use instead. Functions of contexts opened earlier run
first. Hooks go when the context ends, however it ends. A site that the model passes by, or passes
twice, in one forward pass is an error and never silence. Knows no statistics.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle
from transformers.utils.generic import ModelOutput

from neuroglot.base.errors import ModelError, SiteError
from neuroglot.lm.body import Body
from neuroglot.lm.sites import Place, place

Reader = Callable[[Tensor], None]
Editor = Callable[[Tensor], Tensor]
Tap = tuple[str, int, Reader]
GradientTap = tuple[str, int, Callable[[Tensor, Tensor], None]]
"""A site, a layer, and a function of what stood there and its gradient."""


@dataclass(frozen=True)
class Change:
    """What an edit does at one site of one layer.

    positions: token positions to edit, counted from the row's first token; None: all of them. In
    cached generation a position means the same token as in one pass over the whole text.
    """

    site: str
    layer: int
    edit: Editor
    positions: Sequence[int] | None = None


@dataclass
class _Pass:
    """The forward pass under way: how often each hook fired in it and where its tokens start.

    positions: int64 [row, token], where the model was told them: rows may be padded on the left.
    """

    places: Sequence[Place]
    fired: list[int] = field(init=False)
    ever: list[bool] = field(init=False)
    start: int = 0
    positions: Tensor | None = None

    def __post_init__(self) -> None:
        self.fired = [0] * len(self.places)
        self.ever = [False] * len(self.places)

    def begin(self, _: nn.Module, __: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A forward pass of the backbone begins."""
        self.fired = [0] * len(self.places)
        cache = kwargs.get("past_key_values")
        self.start = 0 if cache is None else int(cache.get_seq_length())
        self.positions = kwargs.get("position_ids")

    def end(self, *_: object) -> None:
        """It ended: each hook inside the backbone must have fired once."""
        for where, times in zip(self.places, self.fired, strict=True):
            if times != 1 and where.site != "logits":
                raise SiteError(
                    f"{where} was passed {times} times in one forward pass, not once: a fused, "
                    "compiled or shared module goes around it, so it cannot be read or edited"
                )

    def count(self, number: int) -> None:
        """Hook `number` fired."""
        self.fired[number] += 1
        self.ever[number] = True


@contextmanager
def watching(body: Body, taps: Sequence[Tap]) -> Iterator[None]:
    """Run each tap's function on its site's tensor in every forward pass inside the context.

    Raises SiteError for a site that does not exist, and at the end for one that was never passed.
    """
    places = [place(body, site, layer) for site, layer, _ in taps]
    functions = [_reading(where, read) for where, (_, _, read) in zip(places, taps, strict=True)]
    with _hooked(body, places, functions) as seen:
        yield
    for where, ever in zip(places, seen.ever, strict=True):
        if not ever:
            raise SiteError(_never_passed(where))


@contextmanager
def watching_gradients(body: Body, taps: Sequence[GradientTap]) -> Iterator[None]:
    """Run each tap's function on its site's value and gradient, in the backward passes to come.

    Holds for what was computed inside the context with gradients; each value is kept until then.
    Raises SiteError for a site that does not exist, and in the backward pass for one whose value
    the model has overwritten since.
    """
    places = [place(body, site, layer) for site, layer, _ in taps]
    functions = [_awaiting(where, see) for where, (_, _, see) in zip(places, taps, strict=True)]
    with _hooked(body, places, functions):
        yield


@contextmanager
def called(
    module: nn.Module, see: Callable[[tuple[Any, ...], dict[str, Any]], None]
) -> Iterator[None]:
    """Show a function how a module is called: its arguments by place and by name."""

    def before(_: nn.Module, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        see(args, named)

    handle = module.register_forward_pre_hook(before, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def passing(module: nn.Module, see: Callable[[Tensor, Tensor], None]) -> Iterator[None]:
    """Run a function on what a projection was given and the gradient of what it made of that.

    In the backward passes to come, for what was computed inside the context. Nothing needs a
    gradient in front of the projection: where nothing has one, it begins behind it.
    """

    def after(_: nn.Module, args: tuple[Any, ...], output: Tensor) -> Tensor:
        given, version = args[0].detach(), args[0]._version
        # A leaf must not be added to in place, as some families do: the model gets a copy of it.
        whole = output if output.requires_grad else output.detach().requires_grad_().clone()

        def arrived(gradient: Tensor) -> None:
            if given._version != version:
                raise SiteError(
                    f"what a {type(module).__name__} was given was overwritten after it was read: "
                    "it is gone when the gradient arrives"
                )
            see(given, gradient)

        hold: Any = whole.register_hook
        hold(arrived)
        return whole

    handle = module.register_forward_hook(after)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def editing(body: Body, changes: Sequence[Change]) -> Iterator[None]:
    """Replace what each change's site holds in every forward pass inside the context.

    Raises SiteError for a site that does not exist or an edit that changes a tensor's shape.
    """
    places = [place(body, change.site, change.layer) for change in changes]
    functions = [_editing(where, each) for where, each in zip(places, changes, strict=True)]
    with _hooked(body, places, functions):
        yield


_Function = Callable[[Tensor, _Pass], Tensor | None]


def _reading(where: Place, read: Reader) -> _Function:
    def run(whole: Tensor, _: _Pass) -> None:
        read(where.view.read(whole))

    return run


def _awaiting(where: Place, see: Callable[[Tensor, Tensor], None]) -> _Function:
    def run(whole: Tensor, _: _Pass) -> Tensor | None:
        if not whole.requires_grad:
            return None
        value, version = whole.detach(), whole._version

        def arrived(gradient: Tensor) -> None:
            if value._version != version:
                raise SiteError(
                    f"{where} was overwritten after it was computed: its value is gone when the "
                    "gradient arrives"
                )
            see(where.view.read(value), where.view.read(gradient.contiguous()))

        hold: Any = whole.register_hook
        hold(arrived)
        # Some families add to these in place: the model goes on with a copy.
        return whole.clone() if where.site in ("o", "down") else None

    return run


def _editing(where: Place, change: Change) -> _Function:
    def run(whole: Tensor, under_way: _Pass) -> Tensor | None:
        part = where.view.read(whole)
        if change.positions is None:
            edited = change.edit(part)
        else:
            edited = _edited_at(part, change, under_way)
        # Not `is part`: an edit in place of a part that had to be copied would be lost.
        if edited is whole:
            return None
        if edited.shape != part.shape:
            raise SiteError(
                f"an edit of {where} gave shape {tuple(edited.shape)}: it must keep the shape "
                f"{tuple(part.shape)}"
            )
        return where.view.write(whole, edited)

    return run


def _edited_at(part: Tensor, change: Change, under_way: _Pass) -> Tensor:
    """The part with the edit done at those of the change's positions that this pass holds."""
    n_tokens = part.shape[1]
    wanted = change.positions or ()
    if under_way.positions is not None:
        # Each row has its own places. Padding may be among them: no token looks at it.
        chosen = [[each in wanted for each in row] for row in under_way.positions.tolist()]
        places = torch.tensor(chosen, device=part.device)
        if not places.any():
            return part
        return torch.where(
            places.view(*places.shape, *[1] * (part.ndim - 2)), change.edit(part), part
        )
    start = under_way.start
    here = [position for position in range(n_tokens) if position + start in wanted]
    if not here:
        return part
    edited = part.clone()
    edited[:, here] = change.edit(part[:, here])
    return edited


@contextmanager
def _hooked(body: Body, places: Sequence[Place], functions: Sequence[_Function]) -> Iterator[_Pass]:
    if body.hf.training and body.hf.is_activation_checkpointing:
        raise ModelError(
            "activation checkpointing runs parts of the model twice: call "
            "lm.hf.activation_checkpointing_disable() before reading or editing it"
        )
    under_way = _Pass(places)
    with ExitStack() as stack:

        def keep(handle: RemovableHandle) -> None:
            stack.callback(handle.remove)

        keep(body.backbone.register_forward_pre_hook(under_way.begin, with_kwargs=True))
        for number, (where, function) in enumerate(zip(places, functions, strict=True)):
            keep(_register(where, function, under_way, number))
        keep(body.backbone.register_forward_hook(under_way.end))
        yield under_way


def _register(where: Place, function: _Function, under_way: _Pass, number: int) -> RemovableHandle:
    def before(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        under_way.count(number)
        whole = args[0] if args else kwargs["hidden_states"]
        new = function(whole, under_way)
        if new is None:
            return None
        if where.in_place:
            whole.copy_(new)
            return None
        if args:
            return (new, *args[1:]), kwargs
        return args, {**kwargs, "hidden_states": new}

    def after(_: nn.Module, __: tuple[Any, ...], output: Any) -> Any:
        under_way.count(number)
        new = function(_tensor(output), under_way)
        return None if new is None else _with_tensor(output, new)

    if where.side == "input":
        return where.module.register_forward_pre_hook(before, with_kwargs=True)
    return where.module.register_forward_hook(after)


def _tensor(output: Any) -> Tensor:
    """The hidden states in what a module returned: a bare tensor, a tuple or a record."""
    if isinstance(output, Tensor):
        return output
    found = output["logits"] if isinstance(output, ModelOutput) else output[0]
    assert isinstance(found, Tensor)
    return found


def _with_tensor(output: Any, new: Tensor) -> Any:
    """The same kind of output with other hidden states."""
    if isinstance(output, torch.Tensor):
        return new
    if isinstance(output, ModelOutput):
        return type(output)(**{**output, "logits": new})
    return (new, *output[1:])


def _never_passed(where: Place) -> str:
    if where.site == "logits":
        return "logits were asked for, but only the backbone ran: call lm.logits(ids)"
    return f"{where} was asked for, but no forward pass of the model was seen inside the context"
