"""Every grammar reads its language; what is missing is said."""

import sys

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.parsing import PARSED, encoded, grammar, parse

ONE_LINERS = {
    "python": "def f(x): return x",
    "java": "class A { int f(int x) { return x; } }",
    "c": "int f(int x) { return x; }",
    "cpp": "template <class T> T f(T x) { return x; }",
    "csharp": "class A { int F(int x) => x; }",
    "go": "package p\nfunc f(x int) int { return x }",
    "javascript": "const f = (x) => x;",
    "typescript": "const f = (x: number): number => x;",
    "php": "<?php function f($x) { return $x; }",
    "ruby": "def f(x) = x",
    "rust": "fn f(x: i32) -> i32 { x }",
    "kotlin": "fun f(x: Int): Int = x",
}


@pytest.mark.parametrize("language", PARSED)
def test_a_language_is_read_without_error(language):
    tree = parse(ONE_LINERS[language], language)
    assert not tree.root_node.has_error
    assert tree.root_node.end_byte == len(ONE_LINERS[language])
    assert parse("%% $( nothing", language).root_node.has_error


def test_php_is_read_with_its_tag_and_without():
    assert not parse("function f($x) { return $x; }", "php").root_node.has_error
    assert parse("a < b", "php").root_node.children[0].type != "text"


def test_positions_are_bytes_and_surrogates_pass():
    code = "größe = '\ud800'"
    assert parse(code, "python").root_node.end_byte == len(encoded(code))


def test_a_language_without_grammar_is_refused():
    with pytest.raises(
        ConfigError, match="no grammar to parse 'english': languages with one are c"
    ):
        parse("Once.", "english")
    with pytest.raises(ConfigError, match="no grammar to parse 'klingon'"):
        parse("", "klingon")


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "tree_sitter_c_sharp", None)
    grammar.cache_clear()
    with pytest.raises(
        ConfigError, match=r"C# needs the package 'tree-sitter-c-sharp'.*pip install"
    ):
        parse("class A {}", "csharp")
    grammar.cache_clear()
