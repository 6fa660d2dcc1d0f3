import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.languages import LANGUAGE_IDS
from neuroglot.text.token_classes import CLASS_NUMBER, NOT_CODE, TOKEN_CLASSES, token_classes


def class_of(text: str, label: str, part: str) -> str:
    """The class of a token that is exactly this part of the text (its first occurrence)."""
    start = text.index(part)
    numbers = token_classes(text, label, np.array([[start, start + len(part)]]))
    return TOKEN_CLASSES[int(numbers[0])]


PYTHON = '''@cached
def mean(xs: list[int]) -> float:
    """Docs here."""
    # a remark
    if xs and not None: raise ValueError(f"no {xs!r}, {len(xs)}")
    return sum(xs) / 3.5e2
'''
JAVA = """package a.b;
/** Doc. */ @Override
public final class Shape extends Base { int n = 0x1F; String s = "text"; // remark
  boolean f(List<Shape> xs) { return xs.size() >= n && true; } }
"""
C = """#include <stdio.h>
#define MAX(a, b) ((a) > (b) ? (a) : "lit")
int main(void) { char c = 'x'; return printf("%d", MAX(1, 2)); } /* remark */
"""
PHP = """<p class="title">Hello there</p>
<?php
/** Docs here */
function f(array $xs) { return count($xs) . "end"; } # remark
"""
HTML = """<!DOCTYPE html>
<!-- remark -->
<div class="box">Some words, and 12 more &amp; <b>bold</b></div>
<script>const total = "text"; // note
</script>
"""
RUST = """#[derive(Debug)]
/// Docs here.
fn add<'a>(x: &'a u32) -> Option<u32> { let y = 1_000; println!("hi"); Some(*x + y) }
"""
RUBY = """# remark
class Shape
  def area(side:) = [:width, @depth, "text", 3].sum { |n| n * side }
end
"""
ENGLISH = "It doesn't matter: in 1984, Mr. Smith (a clerk) paid + wrote.\n"


@pytest.mark.parametrize(
    ("label", "text", "part", "expected"),
    [
        ("python", PYTHON, "def", "keyword"),
        ("python", PYTHON, "mean", "identifier"),
        ("python", PYTHON, "(", "bracket"),
        ("python", PYTHON, ":", "separator"),
        ("python", PYTHON, "->", "operator"),
        ("python", PYTHON, '"""Docs', "string"),
        ("python", PYTHON, "# a", "comment"),
        ("python", PYTHON, "and", "keyword"),
        ("python", PYTHON, "None", "keyword"),
        ("python", PYTHON, "ValueError", "builtin"),
        ("python", PYTHON, "len", "builtin"),
        ("python", PYTHON, "3.5e2", "number"),
        ("python", PYTHON, "/ ", "operator"),
        ("python", PYTHON, "\n    ", "whitespace"),
        ("java", JAVA, "package", "keyword"),
        ("java", JAVA, "Doc", "comment"),
        ("java", JAVA, "Shape", "type"),
        ("java", JAVA, "int", "type"),
        ("java", JAVA, "0x1F", "number"),
        ("java", JAVA, '"text"', "string"),
        ("java", JAVA, "// remark", "comment"),
        ("java", JAVA, ";", "separator"),
        ("java", JAVA, "{", "bracket"),
        ("java", JAVA, ">=", "operator"),
        ("java", JAVA, "size", "identifier"),
        ("c", C, "#include", "keyword"),
        ("c", C, "<stdio", "string"),
        ("c", C, "MAX", "identifier"),
        ("c", C, "(a", "bracket"),
        ("c", C, "?", "operator"),
        ("c", C, '"lit', "string"),
        ("c", C, "int", "type"),
        ("c", C, "'x'", "string"),
        ("c", C, "/* remark", "comment"),
        ("php", PHP, "p", "keyword"),
        ("php", PHP, "Hello", "identifier"),
        ("php", PHP, "<?php", "keyword"),
        ("php", PHP, "/** Docs", "comment"),
        ("php", PHP, "function", "keyword"),
        ("php", PHP, "$xs", "identifier"),
        ("php", PHP, '"end"', "string"),
        ("php", PHP, "# remark", "comment"),
        ("php", "$a = strlen($b);", "$b", "identifier"),
        ("php", "return 1;", "return", "keyword"),
        ("html", HTML, "<!DOCTYPE", "keyword"),
        ("html", HTML, "<!-- remark", "comment"),
        ("html", HTML, "div", "keyword"),
        ("html", HTML, "class", "identifier"),
        ("html", HTML, '"box"', "string"),
        ("html", HTML, "words", "identifier"),
        ("html", HTML, ",", "separator"),
        ("html", HTML, "12", "number"),
        ("html", HTML, "</", "bracket"),
        ("html", HTML, "const", "keyword"),
        ("html", HTML, "total", "identifier"),
        ("html", HTML, "// note", "comment"),
        ("rust", RUST, "derive", "identifier"),
        ("rust", RUST, "/// Docs", "comment"),
        ("rust", RUST, "fn", "keyword"),
        ("rust", RUST, "u32", "type"),
        ("rust", RUST, "1_000", "number"),
        ("rust", RUST, '"hi"', "string"),
        ("ruby", RUBY, "# remark", "comment"),
        ("ruby", RUBY, "class", "keyword"),
        ("ruby", RUBY, ":width", "identifier"),
        ("ruby", RUBY, '"text"', "string"),
        ("english", ENGLISH, "doesn't", "identifier"),
        ("english", ENGLISH, ":", "separator"),
        ("english", ENGLISH, "1984", "number"),
        ("english", ENGLISH, ".", "separator"),
        ("english", ENGLISH, "(", "bracket"),
        ("english", ENGLISH, "+", "operator"),
        ("english", ENGLISH, " matter", "identifier"),
        ("some label", "if x", "if", "identifier"),
    ],
)
def test_folding(label: str, text: str, part: str, expected: str) -> None:
    assert class_of(text, label, part) == expected


def test_a_token_has_the_class_of_its_first_solid_character() -> None:
    text = "x = 1  # note\n"
    offsets = np.array([[1, 3], [3, 5], [5, 9], [5, 7], [13, 14], [2, 2], [0, 14]])
    names = [TOKEN_CLASSES[n] for n in token_classes(text, "python", offsets)]
    assert names == [
        *("operator", "number", "comment", "whitespace", "whitespace", "operator", "identifier"),
    ]


def test_windows_line_ends_do_not_change_classes() -> None:
    text = 'int f(void) {\n  return 1; // a\n}\n/* b\n c */ char *s = "x";\n'
    other = text.replace("\n", "\r\n")
    for part in ("int", "return", "// a", "}", "c */", "char", '"x"'):
        assert class_of(text, "c", part) == class_of(other, "c", part)


def test_twelve_classes_and_which_are_not_code() -> None:
    assert len(TOKEN_CLASSES) == len(set(TOKEN_CLASSES)) == 12
    assert set(NOT_CODE) <= set(CLASS_NUMBER)
    assert token_classes("", "c", np.zeros((0, 2), dtype=np.int64)).dtype == np.int8


@settings(deadline=None, max_examples=150)
@given(
    st.text(st.characters(codec="utf-8"), max_size=80)
    | st.lists(
        st.sampled_from(["<?php ", "<div>", "/*", "*/", '"', "'", "#", "\n", "x", "{", "}"])
    ).map("".join),
    st.sampled_from([*LANGUAGE_IDS, "a label"]),
)
def test_every_character_has_a_class_and_only_blanks_are_whitespace(text: str, label: str) -> None:
    offsets = np.array([[at, at + 1] for at in range(len(text))]).reshape(-1, 2)
    numbers = token_classes(text, label, offsets)
    assert len(numbers) == len(text)
    for character, number in zip(text, numbers.tolist(), strict=True):
        assert 0 <= number < len(TOKEN_CLASSES)
        if character.isspace():
            assert TOKEN_CLASSES[number] == "whitespace"


def test_only_what_was_read_is_classified_and_it_is_the_same() -> None:
    text = "/* a long remark that is cut */ int x;\n" * 50
    whole = np.array([[at, at + 1] for at in range(len(text))])
    assert np.array_equal(
        token_classes(text, "c", whole)[:20], token_classes(text, "c", whole[:20])
    )
