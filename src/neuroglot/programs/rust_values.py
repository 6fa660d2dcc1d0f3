"""Expressions of Rust, each in the type that its place wants.

Takes a node and the sight of its function, gives its spelling: `kept` for a value that is given
away, `lent` for one that is only read, `place` for a `usize`, `whole` for an `i32`, `plain` for
what needs no choice. Knows no statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from neuroglot.programs.facts import PROCEDURAL, Facts, uses, within
from neuroglot.programs.layout import ATOM, C_LIKE, UNARY, Piece, binary, quoted
from neuroglot.programs.rust_types import RustTypes, is_natural, is_place
from neuroglot.programs.tree import (
    Binary,
    Call,
    Code,
    Copy,
    Decimal,
    Expression,
    Filled,
    FromCode,
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
    shifted,
)

CAST = 65
"""How tightly `as` binds: tighter than a product, less than a sign."""
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
CLASSES = {
    ("0", "9"): "is_ascii_digit",
    ("A", "Z"): "is_ascii_uppercase",
    ("a", "z"): "is_ascii_lowercase",
}


@dataclass(frozen=True)
class Sight:
    """A function, and what Rust knows of its names."""

    facts: Facts
    rust: RustTypes


def kept(node: Expression, sight: Sight, *, leaving: bool = True) -> str:
    """A value that its receiver owns. What leaves the function need not be cloned."""
    match node:
        case Text(""):
            return "String::new()"
        case Text():
            return f"{plain(node, sight).text}.to_string()"
        case Variable(name) if sight.facts.types[name] is Type.STR:
            if name in sight.rust.borrowed:
                return f"{name}.to_string()"
            is_field = name == sight.facts.field
            return plain(node, sight).text + (".clone()" if is_field or not leaving else "")
        case _:
            return whole(node, sight).text


def lent(node: Expression, sight: Sight) -> str:
    """A string or a list that is only read."""
    text = plain(node, sight).text
    match node:
        case Text():
            return text
        case Variable(name) if name in sight.rust.borrowed or _is_slice(name, sight):
            return text
        case _:
            return f"&{text}"


def _is_slice(name: str, sight: Sight) -> bool:
    given = any(parameter.name == name for parameter in sight.facts.parameters)
    return given and sight.facts.types[name] is Type.LIST


def place(node: Expression, sight: Sight) -> Piece:
    """An integer as a `usize`."""
    if is_place(node, sight.rust.indices):
        return _bare(node, sight)
    return Piece(f"{whole(node, sight).at(CAST)} as usize", CAST)


def whole(node: Expression, sight: Sight) -> Piece:
    """A value; an integer as an `i32`."""
    if _is_usize(node, sight):
        return Piece(f"{_bare(node, sight).at(CAST)} as i32", CAST)
    match node:
        case Binary(operator, left, right) if sight.facts.type_of(node) is Type.INT:
            return binary(operator, (whole(left, sight), whole(right, sight)), C_LIKE)
        case _:
            return plain(node, sight)


def _is_usize(node: Expression, sight: Sight) -> bool:
    """Whether an expression is worked out in `usize`; numbers alone take any type."""
    return is_natural(node, sight.rust.indices) and uses(node, Variable)


def plain(node: Expression, sight: Sight) -> Piece:
    """The plain spelling: an integer is of the type that its parts have."""
    match node:
        case Number(value):
            return Piece(str(value), UNARY if value < 0 else ATOM)
        case Truth(value):
            return Piece("true" if value else "false")
        case Letter(value):
            return Piece(quoted(value, "'"))
        case Text(value):
            return Piece(quoted(value, '"'))
        case Variable(name):
            return Piece(f"self.{name}" if name == sight.facts.field else name)
        case Binary() if sight.facts.type_of(node) is Type.INT:
            return whole(node, sight)
        case Binary():
            return _binary(node, sight)
        case Not(operand):
            return Piece(f"!{plain(operand, sight).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{whole(operand, sight).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return Piece(f"{plain(letter, sight).at(CAST)} as i32", CAST)
        case FromCode(Number(code)):
            return Piece(f"{code} as char", CAST)
        case FromCode(number):
            return Piece(f"{whole(number, sight).at(CAST)} as u8 as char", CAST)
        case Decimal(number):
            digits = (_bare if _is_usize(number, sight) else whole)(number, sight)
            return Piece(f"{digits.at(ATOM)}.to_string()")
        case _:
            return _sequence(node, sight)


def _sequence(node: Expression, sight: Sight) -> Piece:
    match node:
        case Item(sequence, index):
            item = f"[{place(index, sight).text}]"
            source = plain(sequence, sight).text
            if sight.facts.type_of(sequence) is Type.LIST:
                return Piece(source + item)
            return Piece(f"{source}.as_bytes(){item} as char", CAST)
        case Length(sequence):
            return Piece(f"{plain(sequence, sight).text}.len()")
        case Numbers(()):
            return Piece("Vec::new()")
        case Numbers(items):
            return Piece(f"vec![{', '.join(whole(item, sight).text for item in items)}]")
        case Filled(value, count):
            return Piece(f"vec![{whole(value, sight).text}; {place(count, sight).text}]")
        case Copy(Variable(name) as sequence):
            copied = "to_vec" if _is_slice(name, sight) else "clone"
            return Piece(f"{plain(sequence, sight).text}.{copied}()")
        case Call():
            return Piece(f"{_callee(node, sight)}({', '.join(_arguments(node, sight))})")
    raise AssertionError(node)


def _callee(call: Call, sight: Sight) -> str:
    each = sight.facts
    if each.style == PROCEDURAL:
        return call.function
    own = each.is_entry and call.function == each.function.name
    return f"self.{call.function}" if own else f"Self::{call.function}"


def _arguments(call: Call, sight: Sight) -> Iterable[str]:
    for argument in sight.facts.arguments(call):
        if sight.facts.type_of(argument) in (Type.STR, Type.LIST):
            yield lent(argument, sight)
        else:
            yield whole(argument, sight).text


def _bare(node: Expression, sight: Sight) -> Piece:
    """Arithmetic without any conversion."""
    match node:
        case Binary(operator, left, right):
            return binary(operator, (_bare(left, sight), _bare(right, sight)), C_LIKE)
        case _:
            return plain(node, sight)


def _binary(node: Binary, sight: Sight) -> Piece:
    """Logic and comparisons."""
    if node.operator not in COMPARISONS:
        return _in_class(node) or binary(
            node.operator, (plain(node.left, sight), plain(node.right, sight)), C_LIKE
        )
    match node:
        case Binary("==", Length(sequence), Number(0)):
            return Piece(f"{plain(sequence, sight).text}.is_empty()")
        case Binary("!=" | ">", Length(sequence), Number(0)):
            return Piece(f"!{plain(sequence, sight).text}.is_empty()", UNARY)
    left, right = _compared(node, sight)
    if node.operator == "<" and left.text.endswith((" as i32", " as char")):
        left = Piece(left.at(ATOM + 1))
    return binary(node.operator, (left, right), C_LIKE)


def _in_class(node: Binary) -> Piece | None:
    """A letter between two literals."""
    match node.operator, within(node):
        case "and", (Variable(name), Letter(low), Letter(high)):
            if (low, high) in CLASSES:
                return Piece(f"{name}.{CLASSES[low, high]}()")
            low, high = quoted(low, "'"), quoted(high, "'")
            return Piece(f"({low}..={high}).contains(&{name})")
    return None


def _compared(node: Binary, sight: Sight) -> tuple[Piece, Piece]:
    """Both sides in one type: `usize` if that will do, bytes instead of characters of a string."""
    left, right = node.left, node.right
    indices = sight.rust.indices
    for sides in ((left, right), _moved(left, right)):
        natural = all(is_natural(side, indices) for side in sides)
        if natural and not (node.operator in ("<", ">=") and right == Number(0)):
            return _bare(sides[0], sight), _bare(sides[1], sight)
    letters = sight.facts.type_of(left) is Type.CHAR
    if letters and isinstance(left, Item | Letter) and isinstance(right, Item | Letter):
        return _byte(left, sight), _byte(right, sight)
    return whole(left, sight), whole(right, sight)


def _moved(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    """What one side takes away, added to the other: `i < n - 1` as `i + 1 < n`."""
    match left, right:
        case _, Binary("-", base, Number(number)):
            return shifted(left, number), base
        case Binary("-", base, Number(number)), _:
            return base, shifted(right, number)
    return left, right


def _byte(node: Expression, sight: Sight) -> Piece:
    text = plain(node, sight).text
    return Piece(f"b{text}" if isinstance(node, Letter) else text.removesuffix(" as char"))
