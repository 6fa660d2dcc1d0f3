"""What writers share: lines and indentation, brackets by precedence, names, prose of comments.

Takes pieces of text, gives pieces of text. A statement is a list of lines without the indentation
of what stands around it; an expression is a `Piece`, which knows how tightly it binds. Knows no
language: tables of spellings stay with their writers.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from neuroglot.programs.tree import Value

Lines = list[str]

WRONG_EXIT = 10
"""A test program ends with this status where a result is wrong: no runtime uses it for a crash."""

ATOM = 100
"""How tightly a literal, a name, a call or an index binds: it never needs brackets."""


@dataclass(frozen=True)
class Piece:
    """The text of an expression and how tightly its outermost operator binds."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """The text, in brackets if it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"


@dataclass(frozen=True)
class Operator:
    """How a language spells a binary operator and how tightly it binds."""

    spelling: str
    level: int


C_LIKE: Mapping[str, Operator] = {
    "or": Operator("||", 10), "and": Operator("&&", 20),
    "==": Operator("==", 30), "!=": Operator("!=", 30),
    "<": Operator("<", 40), "<=": Operator("<=", 40),
    ">": Operator(">", 40), ">=": Operator(">=", 40),
    "+": Operator("+", 50), "-": Operator("-", 50),
    "*": Operator("*", 60), "//": Operator("/", 60), "%": Operator("%", 60),
}  # fmt: skip
"""Operators of C and its kin; `!` and unary `-` bind at UNARY."""

UNARY = 70

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_PRODUCTS = ("*", "//", "%")


def binary(operator: str, sides: tuple[Piece, Piece], table: Mapping[str, Operator]) -> Piece:
    """Two sides joined by an operator of the tree, with the brackets a careful author would set."""
    row = table[operator]
    left, right = (
        side.at(level)
        for side, level in zip(sides, side_levels(operator, sides, table), strict=True)
    )
    return Piece(f"{left} {row.spelling} {right}", row.level)


def side_levels(
    operator: str, sides: tuple[Piece, Piece], table: Mapping[str, Operator]
) -> tuple[int, int]:
    """How tightly each side has to bind to stand without brackets.

    Bracketed beyond precedence: a comparison inside a comparison, `and` inside `or`, and `%` mixed
    with another product. Chains of one operator lean to the left; those of logic, which lean
    nowhere, have no brackets at all.
    """
    row = table[operator]
    left, right = sides
    left_level = row.level + (operator in _COMPARISONS)
    if left.level == row.level and operator in _PRODUCTS and not _same_product(left, row):
        left_level += 1
    if operator == "or":
        return _above_and(left, table, left_level), _above_and(right, table, row.level)
    return left_level, row.level + (operator != "and")


def _same_product(left: Piece, row: Operator) -> bool:
    """Whether a chain of products holds this operator only: `a * b * c`, never `a * b % c`."""
    inner, found = left.text, 1
    while found:
        inner, found = re.subn(r"\([^()]*\)|\[[^\[\]]*\]", "", inner)
    return row.spelling == "*" and not re.search(r" (/|//|%) ", inner)


def _above_and(side: Piece, table: Mapping[str, Operator], level: int) -> int:
    return max(level, table["and"].level + 1) if side.level == table["and"].level else level


def indented(lines: Iterable[str], unit: str) -> Lines:
    """The lines one unit further in; empty lines stay empty."""
    return [unit + line if line else line for line in lines]


def block(head: str, body: Iterable[str], *, unit: str, end: str = "}") -> Lines:
    """A head, a body one unit further in, and an end (none if it is empty)."""
    return [head, *indented(body, unit), *([end] if end else [])]


def separated(parts: Iterable[Sequence[str]], *, blank: int = 1) -> Lines:
    """Groups of lines with blank lines between; empty groups are left out."""
    lines: Lines = []
    for part in parts:
        if part:
            lines += [""] * (blank if lines else 0)
            lines += part
    return lines


def joined(lines: Iterable[str]) -> str:
    """The text of a file."""
    return "\n".join(lines) + "\n"


def camel(name: str) -> str:
    """`word_count` as `wordCount`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """`word_count` as `WordCount`."""
    return "".join(word.capitalize() for word in name.split("_"))


def prose(text: str, spelled: Callable[[str], str]) -> str:
    """A phrase of the tree with each name in backticks spelled the language's way."""
    return re.sub(r"`(\w+)`", lambda match: spelled(match[1]), text)


def sentence(phrase: str) -> str:
    """A phrase as a sentence."""
    return phrase[0].upper() + phrase[1:] + ("" if phrase.endswith(".") else ".")


def wrapped(text: str, *, width: int = 80, hanging: str = "") -> Lines:
    """Prose in lines of a comment; lines after the first begin with `hanging`."""
    return textwrap.wrap(
        text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def quoted(text: str, quote: str, *, also: str = "") -> str:
    """A literal in quotes: backslash, the quote and the characters of `also` are escaped."""
    escaped = "".join(f"\\{c}" if c in "\\" + quote + also else c for c in text)
    return f"{quote}{escaped}{quote}"


def starred(lines: Iterable[str]) -> Lines:
    """Lines as the comment `/** ... */`."""
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def mentions(lines: Iterable[str], name: str) -> bool:
    """Whether code, its literals left out, mentions a name: what has to be imported."""
    code = re.sub(r"""(["'])(\\.|(?!\1).)*\1""", "", "\n".join(lines))
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code) is not None


@dataclass(frozen=True)
class Case:
    """Arguments of the entry and the value it has to give."""

    arguments: tuple[Value, ...]
    expected: Value
