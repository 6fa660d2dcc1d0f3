"""Programs under other names: two that differ in names and prose alone are one.

Takes a program, gives it with every name drawn anew: by a rule, or by numbering. The digest of the
numbered one tells a new program from one that was there. Each place that binds a name (parameter,
declaration, loop) counts by itself, so a counter that comes twice is two names. Knows no
algorithms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import count
from typing import Any

from neuroglot.base.digests import text_digest
from neuroglot.programs.layout import prose
from neuroglot.programs.tree import (
    Block,
    Call,
    Declare,
    ForEach,
    ForRange,
    Function,
    Parameter,
    Program,
    Statement,
    Variable,
)

Names = dict[str, str]
Fresh = Callable[[str], str]


def digest(program: Program) -> str:
    """The same for two programs that differ in names, title and prose alone; sha256 in hex."""
    return text_digest(repr(normalised(program)))


def normalised(program: Program) -> Program:
    """The program with functions f0, f1 ... and variables v0, v1 ..., its title and prose away."""
    functions = {function.name: f"f{n}" for n, function in enumerate(program.functions)}
    return Program("", tuple(_numbered(function, functions) for function in program.functions))


def renamed(program: Program, *, title: str, functions: Mapping[str, str], fresh: Fresh) -> Program:
    """The program under other names; those in backticks in its prose change with them.

    functions: the new name of each. fresh: takes the old name of a place that binds one and gives
    the new; it is asked in order of the source.
    """
    renaming = _Renaming(functions, fresh)
    return Program(title, tuple(_function(each, renaming) for each in program.functions))


@dataclass(frozen=True)
class _Renaming:
    functions: Mapping[str, str]
    fresh: Fresh


def _numbered(function: Function, functions: Mapping[str, str]) -> Function:
    numbers = count()
    new = _function(function, _Renaming(functions, lambda _: f"v{next(numbers)}"))
    parameters = tuple(replace(each, meaning="") for each in new.parameters)
    return replace(new, parameters=parameters, purpose="")


def _function(function: Function, renaming: _Renaming) -> Function:
    names = {parameter.name: renaming.fresh(parameter.name) for parameter in function.parameters}

    def told(text: str) -> str:
        return prose(text, lambda name: f"`{names.get(name, name)}`")

    parameters = tuple(
        Parameter(names[each.name], each.type, told(each.meaning)) for each in function.parameters
    )
    return Function(
        renaming.functions[function.name],
        parameters,
        function.returns,
        told(function.purpose),
        _block(function.body, names, renaming),
    )


def _block(block: Block, outer: Names, renaming: _Renaming) -> Block:
    names = dict(outer)
    return tuple(_statement(statement, names, renaming) for statement in block)


def _statement(node: Statement, names: Names, renaming: _Renaming) -> Statement:
    """The statement under new names. A declaration adds its own to `names`."""
    inner = names
    if isinstance(node, Declare | ForRange | ForEach):
        inner = {**names, node.name: renaming.fresh(node.name)}
    parts: dict[str, Any] = {}
    for field in fields(node):
        part = getattr(node, field.name)
        if field.name == "name":
            parts["name"] = inner[part]
        elif field.name in ("then", "otherwise", "body"):
            parts[field.name] = _block(part, inner, renaming)
        else:
            parts[field.name] = _part(part, names, renaming)
    if isinstance(node, Declare):
        names.update(inner)
    return replace(node, **parts)


def _part(part: Any, names: Names, renaming: _Renaming) -> Any:
    """An expression under new names; anything else as it is."""
    match part:
        case Variable(name):
            return Variable(names[name])
        case Call(function, arguments):
            given = tuple(_part(each, names, renaming) for each in arguments)
            return Call(renaming.functions[function], given)
        case tuple():
            return tuple(_part(each, names, renaming) for each in part)
        case _ if is_dataclass(part) and not isinstance(part, type):
            inner = {
                field.name: _part(getattr(part, field.name), names, renaming)
                for field in fields(part)
            }
            return replace(part, **inner)
        case _:
            return part
