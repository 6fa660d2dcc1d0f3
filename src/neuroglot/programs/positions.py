"""Which counters of a function are positions: they run up to a length and only ever index.

A language that counts elements without sign may give them that type. Takes a body, gives names.
Knows no language.
"""

from dataclasses import fields
from typing import Any

from neuroglot.programs.tree import (
    Binary,
    Block,
    Expression,
    ForRange,
    Item,
    Length,
    Number,
    SetItem,
    Variable,
    walk,
)


def positions(body: Block) -> frozenset[str]:
    """The counters whose sign never matters, in every loop that bears their name.

    Such a loop goes from a number, or from another position, up to `len(values)` or
    `len(values) - 1`; its counter is read in indices and where such a loop starts, nowhere else.
    """
    loops = [node for node in walk(body) if isinstance(node, ForRange)]
    names = frozenset(loop.name for loop in loops)
    while True:
        signed = {
            loop.name
            for loop in loops
            if not (_ends_at_length(loop) and _starts_above(loop.start, names))
        }
        kept = names - signed - _read_as_numbers(body, names)
        if kept == names:
            return names
        names = kept


def _ends_at_length(loop: ForRange) -> bool:
    match loop.stop:
        case Length() | Binary("-", Length(), Number()):
            return loop.step > 0 and not loop.inclusive
    return False


def _starts_above(start: Expression, names: frozenset[str]) -> bool:
    """Whether a start is not negative as it stands."""
    match start:
        case Number(value):
            return value >= 0
        case Variable(name) | Binary("+", Variable(name), Number()):
            return name in names
    return False


def _read_as_numbers(part: Any, names: frozenset[str]) -> frozenset[str]:
    """The names read outside of indices and of the starts of loops that count these names."""
    match part:
        case Variable(name):
            return frozenset([name])
        case Item() | str() | int():
            return frozenset()
        case tuple():
            parts = part
        case SetItem(value=value):
            parts = (value,)
        case ForRange(name, body=body) if name in names:
            parts = body
        case _:
            parts = tuple(getattr(part, field.name) for field in fields(part))
    return frozenset[str]().union(*(_read_as_numbers(each, names) for each in parts))
