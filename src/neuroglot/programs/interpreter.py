"""What a program gives: the reference that every language has to agree with.

Takes a checked program and arguments, gives the entry's value. Raises ProgramError where a run
leaves the bounds in which all languages agree: an integer too large, a negative dividend, an index
outside, a step too many. Knows no language.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import add, eq, floordiv, ge, gt, le, lt, mod, mul, ne, sub
from typing import Any

from neuroglot.base.errors import ProgramError
from neuroglot.programs.tree import (
    LARGEST,
    Append,
    Assign,
    Binary,
    Block,
    Call,
    Code,
    Copy,
    Decimal,
    Declare,
    Expression,
    Extend,
    Filled,
    ForEach,
    ForRange,
    FromCode,
    Function,
    If,
    Item,
    Length,
    Letter,
    Negative,
    Not,
    Number,
    Numbers,
    Program,
    Return,
    SetItem,
    Statement,
    Text,
    Truth,
    Update,
    Value,
    Variable,
    While,
)

STEPS = 200_000
"""Statements and calls of one run: far below a second in the slowest language."""
DEPTH = 200
"""Calls inside calls: below the smallest stack of the twelve languages."""
FRAMES = 10_000
"""Frames of Python that DEPTH calls may take here, blocks and expressions between them included."""

_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": add, "-": sub, "*": mul, "//": floordiv, "%": mod,
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip

Names = dict[str, Any]


def run(program: Program, arguments: Sequence[Value], *, steps: int = STEPS) -> Value:
    """The value of the entry for these arguments; a list is given and returned as a tuple."""
    functions = {function.name: function for function in program.functions}
    machine = _Machine(functions, steps)
    given = [list(value) if isinstance(value, tuple) else value for value in arguments]
    with _room_for(FRAMES):
        result = machine.call(program.entry, given)
    return tuple(result) if isinstance(result, list) else result


@contextmanager
def _room_for(frames: int) -> Iterator[None]:
    """Python's own limit would end a run before DEPTH does, and sooner in a deep caller."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Returned(Exception):  # noqa: N818 - a way out of nested blocks, not an error
    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass
class _Machine:
    """Functions by name, and the steps and the depth left."""

    functions: Mapping[str, Function]
    steps: int
    depth: int = field(default=DEPTH)

    def call(self, function: Function, arguments: Sequence[Any]) -> Any:
        self.depth -= 1
        if self.depth < 0:
            raise ProgramError(f"`{function.name}` calls itself more than {DEPTH} times deep")
        names = {p.name: value for p, value in zip(function.parameters, arguments, strict=True)}
        try:
            self.block(function.body, names)
        except _Returned as returned:
            return returned.value
        finally:
            self.depth += 1
        raise ProgramError(f"`{function.name}` ended without a return")

    def block(self, block: Block, names: Names) -> None:
        for statement in block:
            self.steps -= 1
            if self.steps < 0:
                raise ProgramError("more steps than a run may take: a loop does not end")
            self.statement(statement, names)

    def statement(self, statement: Statement, names: Names) -> None:
        match statement:
            case Declare(name, value) | Assign(name, value):
                names[name] = self.value(value, names)
            case If(condition, then, otherwise):
                self.block(then if self.value(condition, names) else otherwise, names)
            case Update(name, operator, value):
                names[name] = _result(operator, names[name], self.value(value, names))
            case SetItem(name, index, value):
                place = _place(names[name], self.value(index, names))
                names[name][place] = self.value(value, names)
            case Append(name, value):
                names[name].append(self.value(value, names))
            case Extend(name, piece):
                names[name] += self.value(piece, names)
            case ForRange(name, body=body):
                self.repeat(name, self.counted(statement, names), body, names)
            case ForEach(name, sequence, body):
                self.repeat(name, names[sequence.name], body, names)
            case While(condition, body):
                while self.value(condition, names):
                    self.block(body, names)
                    self.steps -= 1
            case Return(value):
                raise _Returned(self.value(value, names))

    def repeat(self, name: str, values: Sequence[Any], body: Block, names: Names) -> None:
        for value in values:
            names[name] = value
            self.block(body, names)

    def counted(self, loop: ForRange, names: Names) -> range:
        start, stop = self.value(loop.start, names), self.value(loop.stop, names)
        if loop.step < 0:
            return range(start, stop - 1, loop.step)
        return range(start, stop + 1 if loop.inclusive else stop, loop.step)

    def value(self, node: Expression, names: Names) -> Any:
        # The most frequent kinds first: every case tried in vain takes time.
        match node:
            case Variable(name):
                return names[name]
            case Binary(operator, left, right):
                first = self.value(left, names)
                if operator == "and":
                    return first and self.value(right, names)
                if operator == "or":
                    return first or self.value(right, names)
                return _result(operator, first, self.value(right, names))
            case Number(value) | Truth(value) | Letter(value) | Text(value):
                return value
            case Not(operand):
                return not self.value(operand, names)
            case Negative(operand):
                return -self.value(operand, names)
            case Item(sequence, index):
                found = names[sequence.name]
                return found[_place(found, self.value(index, names))]
            case Length(sequence):
                return len(names[sequence.name])
            case Code(letter):
                return ord(self.value(letter, names))
            case FromCode(code):
                return _letter(self.value(code, names))
            case Decimal(number):
                return str(self.value(number, names))
            case Numbers(items):
                return [self.value(item, names) for item in items]
            case Filled(value, count):
                return [self.value(value, names)] * _count(self.value(count, names))
            case Copy(sequence):
                return list(names[sequence.name])
            case Call(function, arguments):
                self.steps -= 1
                given = [self.value(argument, names) for argument in arguments]
                return self.call(self.functions[function], given)


def _result(operator: str, left: Any, right: Any) -> Any:
    if operator in ("//", "%") and (left < 0 or right <= 0):
        raise ProgramError(f"{left} {operator} {right}: a negative dividend or no positive divisor")
    result = _OPERATIONS[operator](left, right)
    if abs(result) > LARGEST:
        raise ProgramError(f"{left} {operator} {right} is not within plus or minus {LARGEST}")
    return result


def _place(sequence: Sequence[Any], index: int) -> int:
    if not 0 <= index < len(sequence):
        raise ProgramError(f"index {index} of a sequence of {len(sequence)}")
    return index


def _count(count: int) -> int:
    if count < 0:
        raise ProgramError(f"a list of length {count}")
    return count


def _letter(code: int) -> str:
    if not 32 <= code <= 126:
        raise ProgramError(f"{code} is no code of a printable ASCII character")
    return chr(code)
