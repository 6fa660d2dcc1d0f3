"""Programs that are nearly another: one operator, one constant or one bound is changed.

Takes a program and cases, gives those of its mutants that keep the rules of the tree, run within
its bounds, and give another result for some case. Knows no language.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from neuroglot.base.errors import ProgramError
from neuroglot.programs.checking import check
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import Case
from neuroglot.programs.tree import Binary, ForRange, Length, Number, Program

STEPS = 20_000
"""A mutant that takes more steps is left out: its loop may never end."""

OTHERS: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<="),
    "==": ("!=",), "!=": ("==",), "and": ("or",), "or": ("and",), "+": ("-",), "-": ("+",),
}  # fmt: skip
"""What each operator may be changed to."""


def mutants(program: Program, cases: Sequence[Case]) -> Iterator[Program]:
    """Every program that is one change away and gives another result, in order of the source."""
    for functions in _variants(program.functions):
        mutant = replace(program, functions=functions)
        if differs(mutant, cases):
            yield mutant


def differs(program: Program, cases: Sequence[Case]) -> bool:
    """Whether a program gives another result for some case, and some result for every case.

    Its entry takes the arguments of the cases. A program that breaks a rule does not count.
    """
    try:
        check(program)
        results = [run(program, case.arguments, steps=STEPS) for case in cases]
    except ProgramError:
        return False
    return results != [case.expected for case in cases]


def _variants(part: Any) -> Iterator[Any]:
    """A node or a tuple of nodes with one change anywhere inside."""
    if isinstance(part, tuple):
        for place, each in enumerate(part):
            for new in _variants(each):
                yield (*part[:place], new, *part[place + 1 :])
    elif isinstance(part, Binary | ForRange | Number):
        yield from _changed(part)
    for name in getattr(part, "__slots__", ()):
        for new in _variants(getattr(part, name)):
            yield replace(part, **{name: new})


def _changed(node: Binary | ForRange | Number) -> Iterator[Any]:
    match node:
        case Number(value):
            yield from (Number(value + by) for by in (1, -1))
        case Binary(operator, left, right):
            yield from (Binary(other, left, right) for other in OTHERS.get(operator, ()))
            # Nobody writes `if 0 > x`: such a change would show that it is one.
            is_odd = isinstance(left, Number | Length) or isinstance(right, Number | Length)
            if operator in ("-", "//", "%", "<", "<=", ">", ">=") and not is_odd:
                yield Binary(operator, right, left)
        case ForRange(step=step, inclusive=inclusive) if step > 0:
            yield replace(node, inclusive=not inclusive)
