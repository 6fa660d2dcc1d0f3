"""What a writer may ask about a function, in one style: types, changes, the field of a class.

Takes a program and a style, gives one frozen `Facts` per function. In the object-oriented style a
program is a class named by its title: the entry is its public method, the other functions are
private and static, and the entry's first parameter, the subject, is a field where it may be one.
Knows no language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from neuroglot.programs.checking import Types, check, read_names
from neuroglot.programs.tree import (
    Append,
    Assign,
    Binary,
    Block,
    Call,
    Expression,
    Extend,
    ForRange,
    Function,
    Item,
    Node,
    Number,
    Parameter,
    Program,
    SetItem,
    Type,
    Update,
    Variable,
    walk,
)
from neuroglot.programs.types import Sight, type_of

Style = Literal["procedural", "object-oriented"]
PROCEDURAL: Style = "procedural"
OBJECT_ORIENTED: Style = "object-oriented"


@dataclass(frozen=True)
class Facts:
    """One function of a program, and what is true of its names.

    `changed`: assigned or updated after their declaration. `built`: strings that grow. `grown`:
    lists that are appended to. `written`: lists whose elements are replaced. `field`: the name of
    the parameter that is a field here, or None.
    """

    program: Program
    function: Function
    style: Style
    types: Types
    changed: frozenset[str]
    built: frozenset[str]
    grown: frozenset[str]
    written: frozenset[str]
    field: str | None

    @property
    def is_entry(self) -> bool:
        """Whether this is the function that the others help."""
        return self.function is self.program.entry

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that are written in the function's head: all but the field."""
        return tuple(each for each in self.function.parameters if each.name != self.field)

    def type_of(self, expression: Expression) -> Type:
        """The type of an expression of this function."""
        functions = {function.name: function for function in self.program.functions}
        return type_of(expression, Sight(self.types, functions))

    def arguments(self, call: Call) -> tuple[Expression, ...]:
        """The arguments that are written in a call: the field is not passed on."""
        recursive = call.function == self.function.name and self.field is not None
        return call.arguments[1:] if recursive else call.arguments

    def parameter_types(self, call: Call) -> tuple[Type, ...]:
        """The types that go with the written arguments of a call."""
        functions = {function.name: function for function in self.program.functions}
        types = tuple(each.type for each in functions[call.function].parameters)
        return types[len(call.arguments) - len(self.arguments(call)) :]


def facts(program: Program, style: Style) -> tuple[Facts, ...]:
    """The facts of every function, in the program's order. Raises ProgramError if it is wrong."""
    types = check(program)
    field = subject(program) if style == OBJECT_ORIENTED else None
    return tuple(
        Facts(
            program,
            function,
            style,
            types[function.name],
            changed=_names(function.body, Assign | Update),
            built=_names(function.body, Extend),
            grown=_names(function.body, Append),
            written=_names(function.body, SetItem),
            field=field.name if field and function is program.entry else None,
        )
        for function in program.functions
    )


def subject(program: Program) -> Parameter | None:
    """The entry's first parameter, if every call of itself hands it on as it is; else None."""
    entry = program.entry
    if not entry.parameters:
        return None
    first = entry.parameters[0]
    calls = (node for node in walk(entry) if isinstance(node, Call) and node.function == entry.name)
    unchanged = all(call.arguments[0] == Variable(first.name) for call in calls)
    return first if unchanged else None


def shared_out(
    program: Program, style: Style, arguments: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """The written arguments of a test: those of the constructor, and those of the entry."""
    held = 1 if style == OBJECT_ORIENTED and subject(program) else 0
    return arguments[:held], arguments[held:]


def uses(node: Node | Block, *kinds: type) -> bool:
    """Whether a node of one of these kinds stands anywhere in a program, function or block."""
    return any(isinstance(part, kinds) for part in walk(node))


def appends(program: Program) -> bool:
    """Whether any list of the program grows: if not, arrays of fixed length will do for all."""
    return uses(program, Append)


def limit(loop: ForRange) -> tuple[str, Expression]:
    """The comparison by which a loop goes on, and its bound: `> low` instead of `>= low + 1`."""
    match loop.stop:
        case Binary("+", low, Number(1)) if loop.step < 0:
            return ">", low
    return ("<" if loop.step > 0 else ">") + ("=" if loop.inclusive else ""), loop.stop


def element_update(node: SetItem) -> tuple[str, Expression] | None:
    """The operator and the change of `values[i] = values[i] + change`, else None."""
    match node.value:
        case Binary("+" | "-" | "*" as operator, Item(Variable(name), index), change) if (
            name,
            index,
        ) == (node.name, node.index):
            return operator, change
    return None


def between(node: Binary) -> tuple[Expression, Expression, Expression] | None:
    """The least, the value and the greatest of `'a' <= letter and letter <= 'z'`, else None."""
    match node:
        case Binary("and", Binary() as first, Binary() as second):
            bounds = _ordered(first), _ordered(second)
            if bounds[0] and bounds[1] and bounds[0][1] == bounds[1][0]:
                return *bounds[0], bounds[1][1]
    return None


def _ordered(node: Binary) -> tuple[Expression, Expression] | None:
    """The lesser and the greater side of `<=` or `>=`."""
    match node:
        case Binary("<=", low, high) | Binary(">=", high, low):
            return low, high
    return None


def is_read(name: str, block: Block) -> bool:
    """Whether a block reads a name: a counter that is not read may be left unnamed."""
    return name in read_names(block)


def _names(body: Block, kind: object) -> frozenset[str]:
    return frozenset(node.name for node in walk(body) if isinstance(node, kind))  # type: ignore[arg-type, union-attr]
