"""Reads a program tree from a small part of Python: how algorithms are written down.

    def count_above(values: list, limit: int) -> int:
        '''the number of entries of `values` above `limit`

        values: the numbers to look at
        '''
        total = 0
        ...

Annotations are int, bool, char, str, list. A docstring gives the purpose, then meanings. The first
assignment to a name declares it. A literal of one character is a char where a char is wanted.
"""

import ast
from collections.abc import Callable, Mapping

from neuroglot.base.errors import ProgramError
from neuroglot.programs.checking import check
from neuroglot.programs.tree import (
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
    Parameter,
    Program,
    Return,
    SetItem,
    Statement,
    Text,
    Truth,
    Type,
    Update,
    Variable,
    While,
    shifted,
)
from neuroglot.programs.types import Sight, type_of

_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip

_MEANINGS = {
    Type.INT: "an integer",
    Type.BOOL: "a truth value",
    Type.CHAR: "a character",
    Type.STR: "a string",
    Type.LIST: "a list of integers",
}


def read(source: str, *, title: str) -> Program:
    """The checked program of a source; `title` names its class. Raises ProgramError.

    A title that is a function's name too gets `_solver` behind it.
    """
    functions: dict[str, Function] = {}
    try:
        module = ast.parse(source)
    except SyntaxError as error:
        raise ProgramError(f"no Python at line {error.lineno}: {source!r}") from None
    for definition in module.body:
        if not isinstance(definition, ast.FunctionDef):
            raise _unreadable(definition)
        function = _function(definition, functions)
        functions[function.name] = function
    named = f"{title}_solver" if title in functions else title
    program = Program(named, tuple(functions.values()))
    check(program)
    return program


def _function(definition: ast.FunctionDef, functions: Mapping[str, Function]) -> Function:
    purpose, *rest = (ast.get_docstring(definition) or "").split("\n")
    meanings = dict(line.split(": ", 1) for line in rest if ": " in line)
    parameters = tuple(
        Parameter(each.arg, kind, meanings.get(each.arg, _MEANINGS[kind]))
        for each in definition.args.args
        for kind in (_type(each.annotation),)
    )
    if not purpose:
        raise ProgramError(f"`{definition.name}` has no docstring: say what it returns")
    returns = _type(definition.returns)
    head = Function(definition.name, parameters, returns, purpose, ())
    types = {parameter.name: parameter.type for parameter in parameters}
    reader = _Reader({**functions, head.name: head}, returns)
    body = reader.block(definition.body[1:], types)
    return Function(head.name, parameters, returns, purpose, body)


def _type(annotation: ast.expr | None) -> Type:
    if isinstance(annotation, ast.Name) and annotation.id in tuple(Type):
        return Type(annotation.id)
    raise ProgramError("every parameter and result is annotated: int, bool, char, str or list")


class _Reader:
    """Reads one function. It follows types, which tell a character from a string."""

    def __init__(self, functions: Mapping[str, Function], returns: Type) -> None:
        self.functions = functions
        self.returns = returns

    def block(self, nodes: list[ast.stmt], outer: Mapping[str, Type]) -> Block:
        types = dict(outer)
        return tuple(self.statement(node, types) for node in nodes)

    def statement(self, node: ast.stmt, types: dict[str, Type]) -> Statement:
        match node:
            case ast.Assign([ast.Name(name)], value):
                return self.assignment(name, value, types)
            case ast.Assign([ast.Subscript(ast.Name(name), index)], value):
                return SetItem(name, self.value(index, types), self.value(value, types))
            case ast.AugAssign(ast.Name(name), operator, value):
                if types.get(name) is Type.STR:
                    return Extend(name, self.letter_or_text(value, types))
                return Update(name, _operator(operator), self.value(value, types))
            case ast.AugAssign(ast.Subscript(ast.Name(name), place), operator, value):
                at = self.value(place, types)
                old, change = Item(Variable(name), at), self.value(value, types)
                return SetItem(name, at, Binary(_operator(operator), old, change))
            case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"), [value])):
                return Append(name, self.value(value, types))
            case ast.If(test, body, orelse):
                then, otherwise = self.block(body, types), self.block(orelse, types)
                return If(self.value(test, types), then, otherwise)
            case ast.While(test, body, []):
                return While(self.value(test, types), self.block(body, types))
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds), body, []):
                return self.counted(
                    name, bounds, self.block(body, {**types, name: Type.INT}), types
                )
            case ast.For(ast.Name(name), ast.Name(sequence), body, []):
                inner = {**types, name: Type.INT if types.get(sequence) is Type.LIST else Type.CHAR}
                return ForEach(name, Variable(sequence), self.block(body, inner))
            case ast.Return(ast.expr() as value):
                return Return(self.wanted(value, self.returns, types))
        raise _unreadable(node)

    def assignment(self, name: str, node: ast.expr, types: dict[str, Type]) -> Statement:
        if name in types:
            return Assign(name, self.wanted(node, types[name], types))
        value = self.value(node, types)
        types[name] = type_of(value, Sight(types, self.functions))
        return Declare(name, value)

    def counted(
        self, name: str, bounds: list[ast.expr], body: Block, types: Mapping[str, Type]
    ) -> ForRange:
        """`range(a, b + 1)` counts `b` itself; a range downwards always counts its last."""
        values = [self.value(bound, types) for bound in bounds]
        if len(values) == 1:
            values.insert(0, Number(0))
        start, stop, step = (*values, Number(1))[:3]
        if not isinstance(step, Number):
            raise ProgramError(f"the step of `{name}` is a literal")
        if step.value < 0:
            return ForRange(name, start, shifted(stop, 1), step.value, True, body)
        if isinstance(stop, Binary) and (stop.operator, stop.right) == ("+", Number(1)):
            return ForRange(name, start, stop.left, step.value, True, body)
        return ForRange(name, start, stop, step.value, False, body)

    def wanted(self, node: ast.expr, kind: Type, types: Mapping[str, Type]) -> Expression:
        """A value where a type is wanted: one character in quotes may be a char."""
        return self.letter_or_text(node, types) if kind is Type.CHAR else self.value(node, types)

    def letter_or_text(self, node: ast.expr, types: Mapping[str, Type]) -> Expression:
        value = self.value(node, types)
        return Letter(value.value) if isinstance(value, Text) and len(value.value) == 1 else value

    def value(self, node: ast.expr, types: Mapping[str, Type]) -> Expression:
        match node:
            case ast.Constant(bool() as value):
                return Truth(value)
            case ast.Constant(int() as value):
                return Number(value)
            case ast.Constant(str() as value):
                return Text(value)
            case ast.Name(name):
                return Variable(name)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() as value)):
                return Number(-value)
            case ast.UnaryOp(ast.USub(), operand):
                return Negative(self.value(operand, types))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.value(operand, types))
            case ast.BinOp(ast.List([value]), ast.Mult(), count):
                return Filled(self.value(value, types), self.value(count, types))
            case ast.BinOp(left, operator, right):
                return Binary(
                    _operator(operator), self.value(left, types), self.value(right, types)
                )
            case ast.BoolOp(operator, values):
                return _folded(_operator(operator), [self.value(each, types) for each in values])
            case ast.Compare(left, operators, rest):
                pairs = zip([left, *rest], operators, rest, strict=False)
                return _folded("and", [self.comparison(*pair, types) for pair in pairs])
            case ast.Subscript(ast.Name(name), index):
                return Item(Variable(name), self.value(index, types))
            case ast.List(items):
                return Numbers(tuple(self.value(item, types) for item in items))
            case ast.Call(ast.Name(name), arguments):
                return self.call(name, arguments, types)
        raise _unreadable(node)

    def comparison(
        self, left: ast.expr, operator: ast.cmpop, right: ast.expr, types: Mapping[str, Type]
    ) -> Expression:
        sides = self.value(left, types), self.value(right, types)
        kinds = [type_of(side, Sight(types, self.functions)) for side in sides]
        if Type.CHAR in kinds:
            sides = self.letter_or_text(left, types), self.letter_or_text(right, types)
        return Binary(_operator(operator), *sides)

    def call(self, name: str, nodes: list[ast.expr], types: Mapping[str, Type]) -> Expression:
        if name in _BUILT_IN:
            if len(nodes) != 1:
                raise ProgramError(f"`{name}` takes one argument, {len(nodes)} are given")
            kind, build = _BUILT_IN[name]
            return build(self.wanted(nodes[0], kind, types))
        function = self.functions.get(name)
        wanted = [parameter.type for parameter in function.parameters] if function else []
        wanted += [Type.INT] * (len(nodes) - len(wanted))
        pairs = zip(nodes, wanted, strict=False)
        return Call(name, tuple(self.wanted(each, kind, types) for each, kind in pairs))


def _variable(
    build: Callable[[Variable], Expression], name: str
) -> Callable[[Expression], Expression]:
    def built(argument: Expression) -> Expression:
        if not isinstance(argument, Variable):
            raise ProgramError(f"`{name}` takes a name, not an expression: name it first")
        return build(argument)

    return built


_BUILT_IN: Mapping[str, tuple[Type, Callable[[Expression], Expression]]] = {
    "len": (Type.LIST, _variable(Length, "len")),
    "list": (Type.LIST, _variable(Copy, "list")),
    "ord": (Type.CHAR, Code),
    "chr": (Type.INT, FromCode),
    "str": (Type.INT, Decimal),
}


def _operator(node: ast.AST) -> str:
    if type(node) not in _OPERATORS:
        raise _unreadable(node)
    return _OPERATORS[type(node)]


def _folded(operator: str, values: list[Expression]) -> Expression:
    first, *rest = values
    for value in rest:
        first = Binary(operator, first, value)
    return first


def _unreadable(node: ast.AST) -> ProgramError:
    return ProgramError(
        f"line {getattr(node, 'lineno', '?')}: the tree has no {type(node).__name__}"
    )
