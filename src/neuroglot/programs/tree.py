"""The program tree: what a program is before it is written in any language.

Small on purpose: whatever stands here has one meaning in twelve languages. Integers lie within
plus or minus 2**31 - 1, in every intermediate result too, and `//` and `%` take a dividend that is
not negative and a divisor above zero: inside these bounds all languages agree. The interpreter
refuses a run that leaves them. `checking` holds the rules of form; knows no language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 2**31 - 1
"""The largest absolute value of any integer, in any language: no language has to widen."""

Value = int | bool | str | tuple[int, ...]
"""A value outside a program: an argument of a test or its expected result."""


class Type(StrEnum):
    """The five types. A `char` is one ASCII character of a `str`; a `list` holds integers."""

    INT = "int"
    BOOL = "bool"
    CHAR = "char"
    STR = "str"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Number:
    """An integer literal; negative ones stand here, not under `Negative`."""

    value: int


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A character literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal: printable ASCII."""

    value: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter or a local variable, by its name in snake_case."""

    name: str


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic `+ - * // %`, comparison `== != < <= > >=`, or logic `and or` (short-circuit)."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """Logical negation."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Negative:
    """Arithmetic negation of something that is no literal."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Item:
    """One element: an integer of a list, a character of a string. Indices count from 0."""

    sequence: Variable
    index: "Expression"


@dataclass(frozen=True, slots=True)
class Length:
    """How many elements a list or a string has."""

    sequence: Variable


@dataclass(frozen=True, slots=True)
class Code:
    """The ASCII code of a character."""

    letter: "Expression"


@dataclass(frozen=True, slots=True)
class FromCode:
    """The character of an ASCII code (32 to 126)."""

    code: "Expression"


@dataclass(frozen=True, slots=True)
class Decimal:
    """An integer as a string, in base ten."""

    number: "Expression"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A new list from its elements; may be empty."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A new list that holds one value so many times."""

    value: "Expression"
    count: "Expression"


@dataclass(frozen=True, slots=True)
class Copy:
    """A new list with the elements of another."""

    sequence: Variable


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the same program: an earlier one, or the one it stands in."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Declare:
    """A new local variable. Its type is its value's."""

    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Assign:
    """Another value for a local variable."""

    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Update:
    """`name operator= value` on an integer; the operator is one of `+ - * // %`."""

    name: str
    operator: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class SetItem:
    """Another value for one element of a local list."""

    name: str
    index: "Expression"
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Append:
    """One more integer at the end of a local list."""

    name: str
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Extend:
    """A character or a string at the end of a local string that began empty."""

    name: str
    piece: "Expression"


@dataclass(frozen=True, slots=True)
class If:
    """A branch; `otherwise` may be empty. One lone `If` in it reads as `else if`."""

    condition: "Expression"
    then: "Block"
    otherwise: "Block" = ()


@dataclass(frozen=True, slots=True)
class ForRange:
    """Count from `start` to `stop`.

    Upwards for a positive `step`, `stop` itself counted if `inclusive`; downwards for a negative
    one, and then `stop` is always counted.
    """

    name: str
    start: "Expression"
    stop: "Expression"
    step: int
    inclusive: bool
    body: "Block"


@dataclass(frozen=True, slots=True)
class ForEach:
    """Each integer of a list or each character of a string, in order."""

    name: str
    sequence: Variable
    body: "Block"


@dataclass(frozen=True, slots=True)
class While:
    """Repeat while the condition holds."""

    condition: "Expression"
    body: "Block"


@dataclass(frozen=True, slots=True)
class Return:
    """Leave the function with a value."""

    value: "Expression"


Expression = (
    Number
    | Truth
    | Letter
    | Text
    | Variable
    | Binary
    | Not
    | Negative
    | Item
    | Length
    | Code
    | FromCode
    | Decimal
    | Numbers
    | Filled
    | Copy
    | Call
)
Statement = (
    Declare | Assign | Update | SetItem | Append | Extend | If | ForRange | ForEach | While | Return
)
Block = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter and what it means, a phrase such as "the numbers to add"."""

    name: str
    type: Type
    meaning: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function. `purpose` is what it returns, a phrase: "the sum of `values`", "whether ...".

    Names of parameters in `purpose` and in a meaning stand in backticks, so that each language can
    spell them its way.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type
    purpose: str
    body: Block


@dataclass(frozen=True, slots=True)
class Program:
    """Functions, each after those it calls; the last one is the entry. `title` names its class."""

    title: str
    functions: tuple[Function, ...]

    @property
    def entry(self) -> Function:
        """The function that the others help."""
        return self.functions[-1]


Node = Expression | Statement | Function | Program


def shifted(number: Expression, by: int) -> Expression:
    """`number + by`, as short as an author would write it: `n - 1` shifted by 1 is `n`."""
    match number:
        case Number(value):
            return Number(value + by)
        case Binary("+", left, Number(value)):
            amount = value + by
        case Binary("-", left, Number(value)):
            amount = by - value
        case _:
            left, amount = number, by
    if amount == 0:
        return left
    return Binary("+" if amount > 0 else "-", left, Number(abs(amount)))


def walk(node: Node | Block) -> Iterator[Node]:
    """The node and everything in it, in order of the source."""
    if isinstance(node, tuple):
        for part in node:
            yield from walk(part)
        return
    yield node
    for name in node.__slots__:
        part = getattr(node, name)
        if isinstance(part, (tuple, *_NODES)):
            yield from walk(part)


_NODES = (*Expression.__args__, *Statement.__args__, Function)
