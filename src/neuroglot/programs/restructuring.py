"""The same program in other statements: loops, branches and updates said another way.

Takes a program and a generator that chooses what is changed. What comes out gives the same results
for the same arguments. Knows no language.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from numpy.random import Generator

from neuroglot.base.errors import ProgramError
from neuroglot.programs.checking import check
from neuroglot.programs.choices import chance
from neuroglot.programs.tree import (
    Assign,
    Binary,
    Block,
    Call,
    Copy,
    Declare,
    Expression,
    ForEach,
    ForRange,
    Function,
    If,
    Item,
    Length,
    Not,
    Number,
    Program,
    Return,
    Statement,
    Update,
    Variable,
    While,
    walk,
)

NEW_NAMES = ("outcome", "interim", "at_index", "cursor", "finding", "walker")
"""Names of variables that a change brings in; what the program uses already is left out."""

OPPOSITES = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}

TRIES = 12
"""Draws of changes, of which some break a rule of the tree or change nothing."""


def restructured(program: Program, rng: Generator) -> Program | None:
    """The program with some of its statements changed; None if none can be."""
    for _ in range(TRIES):
        functions = tuple(_function(each, rng) for each in program.functions)
        found = replace(program, functions=functions)
        if functions != program.functions and _keeps_rules(found):
            return found
    return None


def _keeps_rules(program: Program) -> bool:
    try:
        check(program)
    except ProgramError:
        return False
    return True


def _function(function: Function, rng: Generator) -> Function:
    bound = Counter(
        node.name for node in walk(function) if isinstance(node, Declare | ForRange | ForEach)
    )
    taken = {*bound, *(parameter.name for parameter in function.parameters)}
    free = iter([name for name in NEW_NAMES if name not in taken])
    once = frozenset(name for name, times in bound.items() if times == 1)
    return replace(function, body=_Changes(rng, once, free).block(function.body))


@dataclass(frozen=True)
class _Changes:
    """once: names that are bound in one place, so that a loop's may become a declared one."""

    rng: Generator
    once: frozenset[str]
    free: Iterator[str]

    def block(self, block: Block) -> Block:
        return tuple(new for statement in block for new in self.statement(statement))

    def statement(self, node: Statement) -> Block:
        node = self.inside(node)
        return (self.changed(node) or (node,)) if chance(self.rng) else (node,)

    def inside(self, node: Statement) -> Statement:
        """The statement with changes in its blocks."""
        match node:
            case If(condition, then, otherwise):
                return If(condition, self.block(then), self.block(otherwise))
            case ForRange(body=body) | ForEach(body=body) | While(body=body):
                return replace(node, body=self.block(body))
        return node

    def changed(self, node: Statement) -> Block:
        """The statements that say the same; none where there is no other way."""
        match node:
            case Update(name, operator, value):
                return (Assign(name, Binary(operator, Variable(name), value)),)
            case Return(Binary() | Call() | Copy() as value):
                new = next(self.free, None)
                return (Declare(new, value), Return(Variable(new))) if new else ()
            case If(Binary("and", first, second), then, ()):
                return (If(first, (If(second, then),)),)
            case If(condition, then, otherwise) if otherwise and not isinstance(otherwise[0], If):
                return (If(opposite(condition), otherwise, then),)
            case ForRange(name, start, stop, 1, inclusive, body) if name in self.once:
                condition = Binary("<=" if inclusive else "<", Variable(name), stop)
                counted = (*body, Update(name, "+", Number(1)))
                return Declare(name, start), While(condition, counted)
            case ForEach(name, sequence, body) if name in self.once:
                index = next(self.free, None)
                if index is None:
                    return ()
                item = Declare(name, Item(sequence, Variable(index)))
                return (ForRange(index, Number(0), Length(sequence), 1, False, (item, *body)),)
        return ()


def opposite(condition: Expression) -> Expression:
    """What holds where the condition does not."""
    match condition:
        case Not(operand):
            return operand
        case Binary(operator, left, right) if operator in OPPOSITES:
            return Binary(OPPOSITES[operator], left, right)
    return Not(condition)
