"""What a training moves: copies of the selected entries that an optimiser can hold.

Takes a model and a Choice, gives pieces. Of a row or column the gradient is computed for it alone,
from what the projection was given and the gradient of what it made; the optimiser's state is as
large as the selection. Copies are in float32 at least; after each step they are written back into
the model, rounded to its own format.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn

from neuroglot.base.errors import ModelError
from neuroglot.lm.entries import Entry, Lines
from neuroglot.lm.hooks import passing
from neuroglot.lm.model import LM
from neuroglot.train.selection import Choice


@dataclass(frozen=True, eq=False)
class Piece:
    """Some entries of a parameter in training.

    leaf: what the optimiser moves; the parameter itself where it is moved whole and in a format
    that can be. before: what stood there, in the model's format.
    """

    entry: Entry
    parameter: nn.Parameter
    leaf: Tensor
    before: Tensor

    @property
    def name(self) -> str:
        """Its own among all pieces."""
        return f"{self.entry.name}/{'whole' if self.entry.axis is None else self.entry.axis}"

    def push(self) -> None:
        """Write the leaf into the model."""
        if self.leaf is not self.parameter:
            self.entry.write(self.parameter, self.leaf)

    def restore(self) -> None:
        """Put back what stood there before."""
        self.entry.write(self.parameter, self.before)


def pieces_of(lm: LM, choice: Choice) -> list[Piece]:
    """A piece for each entry of the choice, in the order in which they are written back."""
    parameters = dict(lm.hf.named_parameters())
    entries = [Entry(name) for name in choice.whole]
    entries += [entry for line in choice.lines for entry in line.entries]
    return [_piece(entry, parameters[entry.name]) for entry in entries]


@contextmanager
def gathering(lm: LM, choice: Choice, pieces: Sequence[Piece]) -> Iterator[None]:
    """Add up gradients of the pieces, and of nothing else, in the backward passes inside."""
    leaves = {id(piece.entry): piece.leaf for piece in pieces}
    with ExitStack() as stack:
        asked = [(each, each.requires_grad) for each in lm.hf.parameters()]
        for parameter, _ in asked:
            parameter.requires_grad_(False)

        def as_before() -> None:
            for parameter, flag in asked:
                parameter.requires_grad_(flag)
                parameter.grad = None

        stack.callback(as_before)
        for piece in pieces:
            if piece.entry.axis is None:
                piece.parameter.requires_grad_(True)
                if piece.leaf is not piece.parameter:
                    hold: Any = piece.parameter.register_post_accumulate_grad_hook
                    stack.callback(hold(_into(piece.leaf)).remove)
        by_projection: dict[nn.Module, list[Lines]] = {}
        for line in choice.lines:
            by_projection.setdefault(line.projection, []).append(line)
        for projection, lines in by_projection.items():
            stack.enter_context(passing(projection, _Gatherer(lines, leaves)))
        yield


def forget(pieces: Sequence[Piece]) -> None:
    """Drop all gradients."""
    for piece in pieces:
        piece.leaf.grad = None


def frozen_digest(lm: LM, pieces: Sequence[Piece]) -> str:
    """sha256 of all weights outside the pieces, in hex."""
    inside: dict[str, list[Entry]] = {}
    for piece in pieces:
        inside.setdefault(piece.entry.name, []).append(piece.entry)
    digest = sha256()
    for name, parameter in lm.hf.named_parameters():
        held = parameter.detach()
        entries = inside.get(name, [])
        if any(entry.axis is None for entry in entries):
            continue
        if entries:
            held = held.clone()
            for entry in entries:
                entry.write(held, torch.zeros_like(entry.read(held)))
        digest.update(f"{name}\n".encode())
        digest.update(held.contiguous().reshape(-1).view(torch.uint8).cpu().numpy().data)
    return digest.hexdigest()


def refuse_moved(lm: LM, pieces: Sequence[Piece], before: str) -> None:
    """Raise ModelError where weights outside the pieces are not what they were."""
    if frozen_digest(lm, pieces) != before:
        raise ModelError(
            f"weights of {lm.name} outside the selection changed while it was trained: something "
            "else moves them; nothing was saved, load the model anew"
        )


@dataclass(frozen=True, eq=False)
class _Gatherer:
    """Gradients of one projection's lines.

    leaves: by the identity of their entries.
    """

    lines: Sequence[Lines]
    leaves: dict[int, Tensor]

    def __call__(self, given: Tensor, gradient: Tensor) -> None:
        given, gradient = given.flatten(0, -2), gradient.flatten(0, -2)
        for line in self.lines:
            leaf = self.leaves[id(line.weight)]
            at = line.at.to(gradient.device)
            by_rows = line.side == "rows"
            chosen = (gradient if by_rows else given)[:, at].to(leaf.dtype)
            across = (given if by_rows else gradient).to(leaf.dtype)
            found = chosen.T @ across
            if len(line.without):
                # These cross a row that is trained by itself.
                found[:, line.without.to(found.device)] = 0
            _add(leaf, found if line.weight.axis == 0 else found.T)
            if line.bias is not None:
                _add(self.leaves[id(line.bias)], chosen.sum(dim=0))


def _add(leaf: Tensor, gradient: Tensor) -> None:
    leaf.grad = gradient.contiguous() if leaf.grad is None else leaf.grad.add_(gradient)


def _into(leaf: Tensor) -> Callable[[Tensor], None]:
    def add(parameter: Tensor) -> None:
        assert parameter.grad is not None
        _add(leaf, parameter.grad.to(leaf.dtype))
        parameter.grad = None

    return add


def _piece(entry: Entry, parameter: nn.Parameter) -> Piece:
    before = entry.read(parameter)
    wide = torch.promote_types(parameter.dtype, torch.float32)
    if entry.axis is None and parameter.dtype is wide:
        return Piece(entry, parameter, parameter, before)
    return Piece(entry, parameter, before.to(wide, copy=True), before)
