"""Tokens against the tree: by hand, and against tree-sitter's own search for a place."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.parsing import PARSED, encoded, parse
from neuroglot.text.syntax_labels import syntax_labels

PYTHON = "def añade(x):\n    return x + 1  # größer\n"
CODES = {
    "python": PYTHON,
    "java": "class A { int f(int x) { return x + g.h; } }",
    "c": "int f(int x) { return x + g.h; }",
    "cpp": "template <class T> T f(T x) { return x + std::h; }",
    "csharp": "class A { int F(int x) => x + g.h; }",
    "go": "package p\nfunc f(x int) int { return x + g.h }",
    "javascript": "const f = (x) => x + g.h;",
    "typescript": "const f = (x: T): number => x + g.h;",
    "php": "<?php function f($x) { return $x + g($x); }",
    "ruby": "def f(x) = x + G.h(@x)",
    "rust": "fn f(x: T) -> i32 { x + g.h }",
    "kotlin": "fun f(x: T): Int = x + g.h",
}
NAMES = {
    "python": {"añade", "x"},
    "java": {"A", "f", "x", "g", "h"},
    "c": {"f", "x", "g", "h"},
    "cpp": {"T", "f", "x", "std", "h"},
    "csharp": {"A", "F", "x", "g", "h"},
    "go": {"p", "f", "x", "int", "g", "h"},
    "javascript": {"f", "x", "g", "h"},
    "typescript": {"f", "x", "T", "g", "h"},
    "php": {"f", "x", "g"},
    "ruby": {"f", "x", "G", "h", "@x"},
    "rust": {"f", "x", "T", "g", "h"},
    "kotlin": {"f", "x", "T", "Int", "g", "h"},
}


def characters(code):
    return np.array([(at, at + 1) for at in range(len(code))])


def offsets_of(code, *parts):
    found, at = [], 0
    for part in parts:
        start = code.index(part, at)
        at = start + len(part)
        found.append((start, at))
    return np.array(found)


def test_tokens_of_a_function_by_hand():
    parts = ("def", " añ", "ade", "(", "x", "):", "\n    ", "return", " x", " +", " 1", "  #", "öß")
    found = syntax_labels(PYTHON, "python", offsets_of(PYTHON, *parts))
    assert dict(zip(parts, zip(found.kinds, found.parents, strict=True), strict=True)) == {
        "def": ("def", "function_definition"),
        " añ": ("identifier", "function_definition"),
        "ade": ("identifier", "function_definition"),
        "(": ("(", "parameters"),
        "x": ("identifier", "parameters"),
        "):": (")", "parameters"),
        "\n    ": ("", ""),
        "return": ("return", "return_statement"),
        " x": ("identifier", "binary_operator"),
        " +": ("+", "binary_operator"),
        " 1": ("integer", "binary_operator"),
        "  #": ("comment", "block"),
        "öß": ("comment", "block"),
    }
    named = [part for part, is_name in zip(parts, found.identifiers, strict=True) if is_name]
    assert named == [" añ", "ade", "x", " x"]


@pytest.mark.parametrize("language", PARSED)
def test_every_character_has_the_node_that_tree_sitter_finds_there(language):
    code = CODES[language]
    found = syntax_labels(code, language, characters(code))
    root = parse(code, language).root_node
    assert not root.has_error
    for at, character in enumerate(code):
        start = len(encoded(code[:at]))
        node = root.descendant_for_byte_range(start, start + len(encoded(character)))
        around = node.parent.type if node.parent else ""
        wanted = ("", "") if character.isspace() else (node.type, around)
        assert (found.kinds[at], found.parents[at]) == wanted, code[: at + 1]


@pytest.mark.parametrize("language", PARSED)
def test_identifiers_are_names_whatever_the_grammar_calls_them(language):
    code = CODES[language]
    named = syntax_labels(code, language, characters(code)).identifiers
    words = "".join(c if is_name else " " for c, is_name in zip(code, named, strict=True)).split()
    assert set(words) == NAMES[language]


def test_what_cannot_be_read_has_no_kind():
    code = "x = 1\n)) %% (\n"
    found = syntax_labels(code, "python", characters(code))
    assert found.kinds[0] == "identifier"
    assert "ERROR" not in {*found.kinds, *found.parents}
    empty = syntax_labels("", "python", np.zeros((0, 2), dtype=np.int64))
    assert empty.kinds == empty.parents == () and empty.identifiers.shape == (0,)
    # A token that stands behind the last character.
    assert syntax_labels("x", "python", np.array([[0, 1], [1, 1]])).kinds == ("identifier", "")
    with pytest.raises(ConfigError, match="no grammar to parse 'english'"):
        syntax_labels("words", "english", np.array([[0, 5]]))
