"""Whether a program keeps the rules that let every language write it in its own plain way.

1. Functions and the title have two words or more, and no name twice; a function calls earlier ones
   or itself.
2. Parameters never change. A name is declared once in a function; loop variables may come again.
   A name is in sight until its block ends, and is read somewhere (but for counters of loops).
3. Nothing a loop runs over changes while it runs: its counter, its bounds, its sequence.
4. No two names for one list: a list is declared and assigned only from something new, and what
   is returned is new or local. A new list stands alone, not inside an expression.
5. A string that grows (`Extend`) begins as "" and is assigned only "" again.
6. Every path returns, and nothing stands after it.
"""

from collections.abc import Iterator, Mapping

from neuroglot.base.errors import ProgramError
from neuroglot.programs.names import is_long_name, is_name
from neuroglot.programs.tree import (
    Append,
    Assign,
    Block,
    Call,
    Copy,
    Declare,
    Expression,
    Extend,
    Filled,
    ForEach,
    ForRange,
    Function,
    If,
    Item,
    Numbers,
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
    walk,
)
from neuroglot.programs.types import ARITHMETIC, Sight, type_of

Types = Mapping[str, Type]
NEW_LISTS = (Numbers, Filled, Copy, Call)


def check(program: Program) -> dict[str, Types]:
    """The types of every function's names, by function. Raises ProgramError for a broken rule."""
    if not is_long_name(program.title):
        raise ProgramError(f"title {program.title!r}: two words in snake_case, free everywhere")
    if any(function.name == program.title for function in program.functions):
        raise ProgramError(f"title {program.title!r} names a function too: take another title")
    functions: dict[str, Function] = {}
    types: dict[str, Types] = {}
    for function in program.functions:
        if not is_long_name(function.name) or function.name in functions:
            raise ProgramError(f"function {function.name!r}: two words or more, and only once")
        functions[function.name] = function
        try:
            types[function.name] = _check_function(function, functions)
        except ProgramError as error:
            raise ProgramError(f"in `{function.name}`: {error}") from None
    for name in functions.keys() - {program.entry.name}:
        if not any(isinstance(node, Call) and node.function == name for node in walk(program)):
            raise ProgramError(f"`{name}` is never called: leave it out")
    return types


def written_names(block: Block) -> Iterator[str]:
    """The names that a block changes after their declaration, loop variables left out."""
    for node in walk(block):
        if isinstance(node, Assign | Update | SetItem | Append | Extend):
            yield node.name


def read_names(part: Expression | Block) -> frozenset[str]:
    """The names that an expression or a block reads."""
    return frozenset(node.name for node in walk(part) if isinstance(node, Variable))


def _check_function(function: Function, functions: Mapping[str, Function]) -> Types:
    checker = _Walk(function, functions)
    names = [parameter.name for parameter in function.parameters]
    for parameter in function.parameters:
        checker.introduce(parameter.name, parameter.type)
    changed = set(written_names(function.body)) & set(names)
    _demand(not changed, f"parameters change: {', '.join(sorted(changed))}; copy to a local first")
    checker.block(
        function.body, dict(zip(names, (p.type for p in function.parameters), strict=True))
    )
    _demand(_returns(function.body), "a path ends without a return")
    return checker.types


class _Walk:
    """One walk through a function: `types` collects every name, `sight` shrinks with blocks."""

    def __init__(self, function: Function, functions: Mapping[str, Function]) -> None:
        self.function = function
        self.functions = functions
        self.types: dict[str, Type] = {}
        self.read = read_names(function.body)
        self.built = {node.name for node in walk(function.body) if isinstance(node, Extend)}

    def introduce(self, name: str, kind: Type) -> None:
        _demand(is_name(name), f"`{name}` is not free in every language: take another name")
        _demand(name not in self.types, f"`{name}` is declared twice: take another name")
        _demand(name in self.read, f"`{name}` is never read: leave it out")
        self.types[name] = kind

    def introduce_counter(self, name: str, kind: Type, sight: Types, body: Block) -> None:
        _demand(is_name(name), f"`{name}` is not free in every language: take another name")
        _demand(name not in sight, f"`{name}` counts a loop but is already in sight")
        _demand(self.types.setdefault(name, kind) is kind, f"`{name}` has two types")
        _demand(name not in written_names(body), f"`{name}` changes inside its own loop")

    def block(self, block: Block, outer: Types) -> None:
        sight = dict(outer)
        _demand(not any(_returns((each,)) for each in block[:-1]), "something follows a return")
        for statement in block:
            self.statement(statement, sight)

    def statement(self, statement: Statement, sight: dict[str, Type]) -> None:
        match statement:
            case Declare(name, value):
                kind = self.type_of(value, sight)
                self.introduce(name, kind)
                self.check_source(name, kind, value)
                sight[name] = kind
            case Assign(name, value):
                kind = self.expect(value, self.local(name, sight), sight, f"the value of `{name}`")
                self.check_source(name, kind, value)
            case Update(name, operator, value):
                _demand(operator in ARITHMETIC, f"`{operator}=` is no operator of the tree")
                _demand(self.local(name, sight) is Type.INT, f"`{name}` is no integer to update")
                self.expect(value, Type.INT, sight, f"the change of `{name}`")
            case SetItem(name, index, value):
                _demand(self.local(name, sight) is Type.LIST, f"`{name}` is no list to write to")
                self.expect(index, Type.INT, sight, f"the index of `{name}`")
                self.expect(value, Type.INT, sight, f"an element of `{name}`")
            case Append(name, value):
                _demand(self.local(name, sight) is Type.LIST, f"`{name}` is no list to append to")
                self.expect(value, Type.INT, sight, f"an element of `{name}`")
            case Extend(name, piece):
                _demand(self.local(name, sight) is Type.STR, f"`{name}` is no string to extend")
                kind = self.type_of(piece, sight)
                _demand(kind in (Type.STR, Type.CHAR), f"`{name}` is extended by {kind}")
            case Return(value):
                self.check_return(value, sight)
            case _:
                self.compound(statement, sight)

    def compound(self, statement: Statement, sight: dict[str, Type]) -> None:
        match statement:
            case If(condition, then, otherwise):
                self.expect(condition, Type.BOOL, sight, "a condition")
                self.block(then, sight)
                self.block(otherwise, sight)
                _demand(bool(then), "a branch is empty")
            case While(condition, body):
                self.expect(condition, Type.BOOL, sight, "a condition")
                _demand(
                    not isinstance(condition, Truth), "a loop has a condition that never changes"
                )
                self.block(body, sight)
            case ForRange(name, start, stop, step, inclusive, body):
                self.expect(start, Type.INT, sight, f"the start of `{name}`")
                self.expect(stop, Type.INT, sight, f"the end of `{name}`")
                _demand(step > 0 or (step < 0 and inclusive), f"`{name}` has a wrong step {step}")
                moves = any(_moves(bound, body) for bound in (start, stop))
                _demand(not moves, f"the bounds of `{name}` change while it counts")
                self.introduce_counter(name, Type.INT, sight, body)
                self.block(body, {**sight, name: Type.INT})
            case ForEach(name, sequence, body):
                kind = self.type_of(sequence, sight)
                _demand(kind in (Type.LIST, Type.STR), f"`{sequence.name}` is {kind}: no elements")
                _demand(sequence.name not in self.built, f"`{sequence.name}` grows: use an index")
                _demand(sequence.name not in written_names(body), f"`{sequence.name}` changes")
                _demand(name in read_names(body), f"`{name}` is never read: leave it out")
                element = Type.INT if kind is Type.LIST else Type.CHAR
                self.introduce_counter(name, element, sight, body)
                self.block(body, {**sight, name: element})
            case _:
                raise ProgramError(f"{statement!r} is no statement of the tree")

    def check_source(self, name: str, kind: Type, value: Expression) -> None:
        if kind is Type.LIST:
            _demand(
                isinstance(value, NEW_LISTS), f"`{name}` would be a second name of a list: copy"
            )
        if isinstance(value, Filled):
            _demand(name not in read_names(value.value), f"`{name}` is filled from its old self")
        if name in self.built:
            _demand(value == Text(""), f"`{name}` grows, so it begins as an empty string")

    def check_return(self, value: Expression, sight: Types) -> None:
        self.expect(value, self.function.returns, sight, "what is returned")
        _demand(not isinstance(value, Filled), "a filled list is returned: name it first")
        parameters = {parameter.name for parameter in self.function.parameters}
        if isinstance(value, Variable) and self.function.returns is Type.LIST:
            _demand(value.name not in parameters, f"`{value.name}` is a parameter: return a copy")

    def local(self, name: str, sight: Types) -> Type:
        _demand(name in sight, f"`{name}` is not in sight here: declare it before")
        return sight[name]

    def type_of(self, value: Expression, sight: Types) -> Type:
        new_inside = [
            node for node in list(walk(value))[1:] if isinstance(node, Numbers | Filled | Copy)
        ]
        _demand(not new_inside, "a new list stands inside an expression: name it first")
        return type_of(value, Sight(sight, self.functions))

    def expect(self, value: Expression, wanted: Type, sight: Types, what: str) -> Type:
        found = self.type_of(value, sight)
        _demand(found is wanted, f"{what} is {found}, {wanted} is wanted")
        return found


def _moves(bound: Expression, body: Block) -> bool:
    """Whether a block may change a bound. An element that is set leaves the length as it is."""
    changes = [node for node in walk(body) if isinstance(node, Assign | Update | Append | Extend)]
    elements = {node.sequence.name for node in walk(bound) if isinstance(node, Item)}
    return bool(
        read_names(bound) & {node.name for node in changes} | elements & set(written_names(body))
    )


def _returns(block: Block) -> bool:
    """Whether a block always returns at its end."""
    match block[-1] if block else None:
        case Return():
            return True
        case If(_, then, otherwise):
            return _returns(then) and _returns(otherwise)
        case _:
            return False


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ProgramError(otherwise)
