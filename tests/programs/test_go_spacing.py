"""Spaces in Go: as gofmt sets them, in every place an expression can stand."""

import pytest

from neuroglot.programs.go_spacing import applied, indexed, operation, plain, prefixed

A, B, C = plain("a"), plain("b"), plain("c")
SUM, PRODUCT = operation("+", (A, B)), operation("*", (A, B))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (SUM, "a + b"),
        (PRODUCT, "a * b"),
        (operation("+", (PRODUCT, C)), "a*b + c"),
        (operation("*", (SUM, C)), "(a + b) * c"),
        (operation("<", (SUM, C)), "a+b < c"),
        (operation("<", (operation("+", (PRODUCT, C)), A)), "a*b+c < a"),
        (operation("and", (operation("==", (A, B)), operation("<", (C, A)))), "a == b && c < a"),
        (operation("-", (A, prefixed("-", B))), "a - -b"),
        (indexed(A, SUM), "a[a+b]"),
        (applied("f", [SUM]), "f(a + b)"),
        (applied("f", [SUM, PRODUCT]), "f(a+b, a*b)"),
        (operation("+", (applied("f", [PRODUCT]), C)), "f(a*b) + c"),
        (prefixed("!", operation("and", (A, B)).at(70)), "!(a && b)"),
    ],
)
def test_spaces(term, text):
    assert term.text == text
