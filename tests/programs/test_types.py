"""Types of expressions: each kind by hand, and what may not stand together."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.tree import (
    LARGEST,
    Binary,
    Call,
    Code,
    Copy,
    Decimal,
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
    Parameter,
    Text,
    Truth,
    Type,
    Variable,
)
from neuroglot.programs.types import Sight, type_of

COUNTING = Function(
    "count_up", (Parameter("xs", Type.LIST, ""), Parameter("n", Type.INT, "")), Type.BOOL, "", ()
)
SIGHT = Sight(
    {"n": Type.INT, "b": Type.BOOL, "c": Type.CHAR, "s": Type.STR, "xs": Type.LIST},
    {"count_up": COUNTING},
)
N, B, C, S, XS = map(Variable, ("n", "b", "c", "s", "xs"))


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        (Number(-LARGEST), Type.INT),
        (Truth(False), Type.BOOL),
        (Letter("~"), Type.CHAR),
        (Text(""), Type.STR),
        (XS, Type.LIST),
        (Binary("//", N, Number(2)), Type.INT),
        (Binary("<", C, Letter("a")), Type.BOOL),
        (Binary("==", S, Text("x")), Type.BOOL),
        (Binary("or", B, Not(B)), Type.BOOL),
        (Negative(N), Type.INT),
        (Item(XS, N), Type.INT),
        (Item(S, N), Type.CHAR),
        (Length(S), Type.INT),
        (Code(C), Type.INT),
        (FromCode(N), Type.CHAR),
        (Decimal(N), Type.STR),
        (Numbers((N, Number(1))), Type.LIST),
        (Filled(Number(0), N), Type.LIST),
        (Copy(XS), Type.LIST),
        (Call("count_up", (XS, N)), Type.BOOL),
    ],
)
def test_type(expression, kind):
    assert type_of(expression, SIGHT) is kind


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (Number(LARGEST + 1), "within plus or minus 2147483647"),
        (Letter("ab"), "printable ASCII letter"),
        (Letter("\n"), "printable ASCII letter"),
        (Text("é"), "printable ASCII"),
        (Variable("m"), "`m` is not in sight"),
        (Binary("+", S, S), r"left side of `\+` is str, int is wanted"),
        (Binary("and", B, N), "right side of `and` is int"),
        (Binary("==", N, C), "compares int with char"),
        (Binary("==", XS, XS), "does not compare list"),
        (Binary("<", S, S), "does not compare str"),
        (Binary("**", N, N), r"`\*\*` is no operator"),
        (Not(N), "operand of `not` is int"),
        (Item(N, N), "only lists and strings"),
        (Item(XS, B), "index of `xs` is bool"),
        (Length(B), "has no length"),
        (Numbers((B,)), "element of a list is bool"),
        (Filled(N, S), "length of a filled list is str"),
        (Copy(S), "what is copied is str"),
        (Call("sum_up", ()), "called before it is written"),
        (Call("count_up", (XS,)), "takes 2 arguments, 1 are given"),
        (Call("count_up", (XS, B)), "`n` of `count_up` is bool"),
        (Call("count_up", (Numbers(()), N)), "given a new list: name it first"),
    ],
)
def test_refused(expression, words):
    with pytest.raises(ProgramError, match=words):
        type_of(expression, SIGHT)
