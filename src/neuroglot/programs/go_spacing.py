"""The spaces in an expression of Go, which gofmt sets by precedence and by depth.

Alone, `a + b*c` keeps its sums wide and its products tight; inside a comparison, an index or a list
of arguments sums become tight too, as in `n%(k+1) == 0`. Takes the parts of an expression, gives a
`Term` that can be spelled at any depth. Knows no tree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from neuroglot.programs.layout import (
    ATOM,
    C_LIKE,
    UNARY,
    Operator,
    Piece,
    side_levels,
)

_SUM, _PRODUCT = C_LIKE["+"].level, C_LIKE["*"].level


@dataclass(frozen=True)
class Term:
    """An expression, spelled for a depth (1: it stands alone).

    `sums`, `products` and `minuses` say whether such operators, or a minus before a minus, stand in
    it outside brackets.
    """

    spelled: Callable[[int], str]
    level: int = ATOM
    sums: bool = False
    products: bool = False
    minuses: bool = False

    @property
    def text(self) -> str:
        """The expression where it stands alone."""
        return self.spelled(1)

    def at(self, level: int) -> "Term":
        """The expression, in brackets if it binds less tightly than `level`."""
        if self.level >= level:
            return self
        return Term(lambda depth: f"({self.spelled(max(depth - 1, 1))})")


def plain(text: str, level: int = ATOM) -> Term:
    """A literal or a name."""
    return Term(lambda _: text, level)


def prefixed(sign: str, operand: Term) -> Term:
    """An operand with a sign before it."""
    return Term(lambda depth: sign + operand.spelled(depth), UNARY)


def applied(function: str, arguments: Sequence[Term]) -> Term:
    """A call or a conversion: several arguments stand deeper than one."""
    more = 1 if len(arguments) > 1 else 0
    return Term(
        lambda depth: f"{function}({', '.join(each.spelled(depth + more) for each in arguments)})"
    )


def indexed(sequence: Term, index: Term) -> Term:
    """An element of a sequence."""
    return Term(lambda depth: f"{sequence.text}[{index.spelled(depth + 1)}]")


def operation(operator: str, sides: tuple[Term, Term]) -> Term:
    """Two sides joined by an operator of the tree."""
    left, right = sides
    pieces = Piece(left.text, left.level), Piece(right.text, right.level)
    levels = side_levels(operator, pieces, C_LIKE)
    return _joined(C_LIKE[operator], left.at(levels[0]), right.at(levels[1]))


def _joined(operator: Operator, left: Term, right: Term) -> Term:
    level = operator.level
    sums = level == _SUM or left.sums or right.sums
    products = level == _PRODUCT or left.products or right.products
    minuses = operator.spelling == "-" and right.level == UNARY
    minuses = minuses or left.minuses or right.minuses

    def spelled(depth: int) -> str:
        tight_from = _SUM if depth > 1 else ATOM
        if minuses or (sums and products and depth == 1):
            tight_from = _PRODUCT
        space = " " if level < tight_from else ""
        first = left.spelled(depth + (left.level != level))
        return f"{first}{space}{operator.spelling}{space}{right.spelled(depth + 1)}"

    return Term(spelled, level, sums, products, minuses)
