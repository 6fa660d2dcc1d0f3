"""The type of an expression of the tree, and what its parts must be.

Takes an expression, the types of the names in sight and the functions that may be called. Gives
its type, or a ProgramError that says what stands where. Knows no statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neuroglot.base.errors import ProgramError
from neuroglot.programs.tree import (
    LARGEST,
    Binary,
    Call,
    Code,
    Copy,
    Decimal,
    Expression,
    Filled,
    FromCode,
    Function,
    Item,
    Length,
    Letter,
    Negative,
    Not,
    Number,
    Numbers,
    Text,
    Truth,
    Type,
    Variable,
)

INT, BOOL, CHAR, STR, LIST = Type
ARITHMETIC = ("+", "-", "*", "//", "%")
EQUALITY = ("==", "!=")
ORDER = ("<", "<=", ">", ">=")
LOGIC = ("and", "or")


@dataclass(frozen=True)
class Sight:
    """What an expression can see: the types of names, and the functions by name."""

    types: Mapping[str, Type]
    functions: Mapping[str, Function]


def type_of(expression: Expression, sight: Sight) -> Type:
    """The type of an expression whose parts are right. Raises ProgramError."""
    match expression:
        case Number(value):
            _demand(abs(value) <= LARGEST, f"{value} is not within plus or minus {LARGEST}")
            return INT
        case Truth():
            return BOOL
        case Letter(value):
            _demand(len(value) == 1 and _is_plain(value), f"{value!r} is no printable ASCII letter")
            return CHAR
        case Text(value):
            _demand(_is_plain(value), f"{value!r} is not printable ASCII")
            return STR
        case Variable(name):
            _demand(name in sight.types, f"`{name}` is not in sight here: declare it before")
            return sight.types[name]
        case Binary():
            return _type_of_binary(expression, sight)
        case Not(operand):
            return _mapped(operand, (BOOL, BOOL), sight, "the operand of `not`")
        case Negative(operand):
            return _mapped(operand, (INT, INT), sight, "the operand of `-`")
        case Code(letter):
            return _mapped(letter, (CHAR, INT), sight, "the operand of `ord`")
        case FromCode(code):
            return _mapped(code, (INT, CHAR), sight, "the operand of `chr`")
        case Decimal(number):
            return _mapped(number, (INT, STR), sight, "the operand of `str`")
        case Call():
            return _type_of_call(expression, sight)
        case _:
            return _type_of_sequence(expression, sight)


def _type_of_sequence(expression: Expression, sight: Sight) -> Type:
    match expression:
        case Item(sequence, index):
            kind = type_of(sequence, sight)
            _demand(kind in (LIST, STR), f"`{sequence.name}` is {kind}: only lists and strings")
            _expect(index, INT, sight, f"the index of `{sequence.name}`")
            return INT if kind is LIST else CHAR
        case Length(sequence):
            kind = type_of(sequence, sight)
            _demand(kind in (LIST, STR), f"`{sequence.name}` is {kind} and has no length")
            return INT
        case Numbers(items):
            for item in items:
                _expect(item, INT, sight, "an element of a list")
        case Filled(value, count):
            _expect(value, INT, sight, "the element of a filled list")
            _expect(count, INT, sight, "the length of a filled list")
        case Copy(sequence):
            _expect(sequence, LIST, sight, "what is copied")
        case _:
            raise ProgramError(f"{expression!r} is no expression of the tree")
    return LIST


def _type_of_binary(node: Binary, sight: Sight) -> Type:
    if node.operator in LOGIC:
        _expect(node.left, BOOL, sight, f"the left side of `{node.operator}`")
        _expect(node.right, BOOL, sight, f"the right side of `{node.operator}`")
        return BOOL
    if node.operator in ARITHMETIC:
        _expect(node.left, INT, sight, f"the left side of `{node.operator}`")
        _expect(node.right, INT, sight, f"the right side of `{node.operator}`")
        return INT
    allowed = (INT, CHAR, STR) if node.operator in EQUALITY else (INT, CHAR)
    _demand(node.operator in EQUALITY + ORDER, f"`{node.operator}` is no operator of the tree")
    left, right = type_of(node.left, sight), type_of(node.right, sight)
    _demand(left is right, f"`{node.operator}` compares {left} with {right}: make them one type")
    _demand(left in allowed, f"`{node.operator}` does not compare {left} in every language")
    return BOOL


def _type_of_call(call: Call, sight: Sight) -> Type:
    function = sight.functions.get(call.function)
    if function is None:
        raise ProgramError(f"`{call.function}` is called before it is written: put it above")
    wanted, given = len(function.parameters), len(call.arguments)
    _demand(wanted == given, f"`{call.function}` takes {wanted} arguments, {given} are given")
    for parameter, argument in zip(function.parameters, call.arguments, strict=True):
        _expect(argument, parameter.type, sight, f"`{parameter.name}` of `{call.function}`")
        fresh = parameter.type is LIST and not isinstance(argument, Variable)
        _demand(not fresh, f"`{call.function}` is given a new list: name it first")
    return function.returns


def _expect(part: Expression, wanted: Type, sight: Sight, what: str) -> None:
    found = type_of(part, sight)
    _demand(found is wanted, f"{what} is {found}, {wanted} is wanted")


def _mapped(operand: Expression, types: tuple[Type, Type], sight: Sight, what: str) -> Type:
    """The second type, for an operand of the first."""
    _expect(operand, types[0], sight, what)
    return types[1]


def _is_plain(text: str) -> bool:
    return all(" " <= letter <= "~" for letter in text)


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ProgramError(otherwise)
