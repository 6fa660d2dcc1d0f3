"""What Rust wants to know beyond the five types: which integers are `usize`, which strings `&str`.

An integer that finds elements, and is never negative whatever the arguments, is a `usize`: a
counter from 0 to a length, a place that only moves on. Every other one is an `i32`. A string that
is only ever a literal or a parameter is borrowed. Takes the facts of a function.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from neuroglot.programs.checking import read_names
from neuroglot.programs.facts import Facts
from neuroglot.programs.tree import (
    Assign,
    Binary,
    Declare,
    Expression,
    ForRange,
    If,
    Item,
    Length,
    Number,
    SetItem,
    Text,
    Type,
    Update,
    Variable,
    While,
    walk,
)

Names = frozenset[str]


@dataclass(frozen=True)
class RustTypes:
    """The names of a function that are `usize`, and those that are `&str`."""

    indices: Names
    borrowed: Names


def rust_types(each: Facts) -> RustTypes:
    """The types of one function's names that the tree does not tell."""
    return RustTypes(_indices(each), _borrowed(each))


def is_natural(node: Expression, indices: Names) -> bool:
    """Whether an expression can be worked out in `usize`: nothing is taken away, nothing is i32."""
    match node:
        case Number(value):
            return value >= 0
        case Variable(name):
            return name in indices
        case Binary("+" | "*" | "//" | "%", left, right):
            return is_natural(left, indices) and is_natural(right, indices)
        case _:
            return isinstance(node, Length)


def is_place(node: Expression, indices: Names) -> bool:
    """The same for an index: if the result is in bounds, so is all that it is taken from."""
    match node:
        case Binary("-", left, right):
            return is_place(left, indices) and is_natural(right, indices)
        case _:
            return is_natural(node, indices)


def counts_naturally(loop: ForRange, indices: Names) -> bool:
    """Whether a loop can count in `usize`.

    A number may be taken from its upper end, which is held at zero then; not if that is counted.
    """
    low, high = (loop.start, loop.stop) if loop.step > 0 else (loop.stop, loop.start)
    match high:
        case Binary("-", left, Number(value)) if loop.step < 0 and value == 1:
            high = left
        case Binary("-", left, Number()) if loop.step > 0 and not loop.inclusive:
            high = left
    return is_natural(low, indices) and is_natural(high, indices)


def _indices(each: Facts) -> Names:
    parameters = {parameter.name for parameter in each.function.parameters}
    counted = {
        node.name for node in walk(each.function) if isinstance(node, Declare | ForRange)
    } - parameters
    names = frozenset(name for name in counted if each.types[name] is Type.INT)
    while True:
        natural = names - {name for name, fits in _sources(each, names) if not fits}
        kept = _linked(each, natural)
        if kept == names:
            return names
        names = kept


def _sources(each: Facts, names: Names) -> Iterator[tuple[str, bool]]:
    """Each change of an integer, and whether it keeps it from being negative.

    A variable that is compared with an `i32` had better be one too.
    """
    guarded = set(_guarded(each))
    for node in walk(each.function):
        match node:
            case Declare(name, value) | Assign(name, value):
                yield name, is_natural(value, names)
            case Update(name, operator, value):
                steps_on = operator != "-" and is_natural(value, names)
                yield name, steps_on or id(node) in guarded
            case ForRange(name):
                yield name, counts_naturally(node, names)
            case Binary("<" | "<=" | ">" | ">=" | "==" | "!=", left, right):
                for one, other in ((left, right), (right, left)):
                    if isinstance(one, Variable) and one.name not in _counters(each):
                        yield one.name, _terms(other) <= names


def _counters(each: Facts) -> Names:
    return frozenset(node.name for node in walk(each.function) if isinstance(node, ForRange))


def _guarded(each: Facts) -> Iterator[int]:
    """The steps back that stop at zero: `j -= 1`, once in a block that asks for `j > 0`."""
    for node in walk(each.function):
        match node:
            case While(condition, block) | If(condition, block):
                changes = [part.name for part in walk(block) if isinstance(part, Assign | Update)]
                for step in block:
                    if isinstance(step, Update) and changes.count(step.name) == 1:
                        one_back = (step.operator, step.value) == ("-", Number(1))
                        if one_back and _asks_for_more(condition, step.name):
                            yield id(step)


def _asks_for_more(condition: Expression, name: str) -> bool:
    match condition:
        case Binary("and", left, right):
            return _asks_for_more(left, name) or _asks_for_more(right, name)
        case _:
            return condition == Binary(">", Variable(name), Number(0))


def _linked(each: Facts, names: Names) -> Names:
    """The names that find elements, and those compared with them or handed on to them."""
    found: set[str] = set()
    groups: list[Names] = []
    for node in walk(each.function):
        match node:
            case Item(_, index) | SetItem(_, index, _):
                found |= read_names(index) & names
            case Binary("<" | "<=" | ">" | ">=" | "==" | "!=", left, right):
                groups.append((_terms(left) | _terms(right)) & names)
            case Declare(name, value) | Assign(name, value):
                groups.append((_terms(value) | {name}) & names)
            case ForRange(name, start, stop):
                groups.append((_terms(start) | _terms(stop) | {name}) & names)
    while more := {name for group in groups if group & found for name in group} - found:
        found |= more
    return frozenset(found)


def _terms(node: Expression) -> Names:
    """The names in a sum; those inside an index or a call do not count."""
    match node:
        case Variable(name):
            return frozenset([name])
        case Binary("+" | "-", left, right):
            return _terms(left) | _terms(right)
        case _:
            return frozenset()


def _borrowed(each: Facts) -> Names:
    given = {
        p.name for p in each.function.parameters if p.type is Type.STR and p.name != each.field
    }
    declared = {node.name for node in walk(each.function) if isinstance(node, Declare)}
    strings = {name for name in declared if each.types[name] is Type.STR}
    names = frozenset(given | (strings - each.built))
    while True:
        kept = names - {name for name, fits in _lenders(each, names) if not fits}
        if kept == names:
            return names
        names = kept


def _lenders(each: Facts, names: Names) -> Iterator[tuple[str, bool]]:
    for node in walk(each.function):
        match node:
            case Declare(name, Variable(source)) | Assign(name, Variable(source)):
                yield name, source in names
            case Declare(name, value) | Assign(name, value):
                yield name, isinstance(value, Text)
