"""Functions of source files: where each begins, what it is called, and what is left out."""

import pytest

from neuroglot.text.document import Document
from neuroglot.text.functions import functions_of
from neuroglot.text.parsing import PARSED

SOURCES = {
    "python": (
        "import x\n\nclass A:\n    @d\n    def f(self, a):\n        def inner(): return 2\n"
        "        return inner\n\ndef g(): pass\n",
        [("f", 5), ("g", 9)],
    ),
    "java": (
        "class A { public int f(int a) {\n return a; }\n A() { x(); }\n abstract int g(); }",
        [("f", 1), ("A", 3)],
    ),
    "c": (
        "int f(int a) { return a; }\nstatic char *g(void)\n{\n return 0; }\nint h(int);",
        [("f", 1), ("g", 2)],
    ),
    "cpp": (
        "int A::f(int a) { return a; }\ntemplate<class T> T& g(T& x) { return x; }\n"
        "struct B { int h() const { return 1; } int k(); };",
        [("A::f", 1), ("g", 2), ("h", 3)],
    ),
    "csharp": (
        "class A { public int F(int a) { return a; }\n A() { } int G() => 3; }",
        [("F", 1), ("A", 2), ("G", 2)],
    ),
    "go": ("package a\nfunc F(a int) int { return a }\nfunc (x T) G() { }", [("F", 2), ("G", 3)]),
    "javascript": (
        "export function f(a) { return a; }\nconst g = (x) => { return x; };\n"
        "(function() { function h() { return 1; } })();\nclass A { m() { return 1; } }\n"
        "module.exports.z = function() { return 2; };\nvar o = { k: function() { return 1; } };",
        [("f", 1), ("g", 2), ("h", 3), ("m", 4), ("module.exports.z", 5), ("k", 6)],
    ),
    "typescript": (
        "export function f(a: number): number { return a; }\nconst g = (x: string) => x;\n"
        "abstract class A { m(): void { } abstract n(): void; }",
        [("f", 1), ("g", 2), ("m", 3)],
    ),
    "php": (
        "<?php\nfunction f($a) { return $a; }\nclass A { public function g() { return 1; } }",
        [("f", 2), ("g", 3)],
    ),
    "ruby": (
        "class A\n  def f(a)\n    a\n  end\n  def self.g\n    1\n  end\nend",
        [("f", 2), ("g", 5)],
    ),
    "rust": (
        "pub fn f(a: i32) -> i32 { a }\nimpl A { fn g(&self) { } }\ntrait T { fn h(&self); }",
        [("f", 1), ("g", 2)],
    ),
    "kotlin": ("fun f(a: Int): Int { return a }\nclass A { fun g() = 3 }", [("f", 1), ("g", 2)]),
}


def found(code, language="python", least_lines=1, **where):
    return list(functions_of([Document(code, language, **where)], least_lines=least_lines))


def test_every_language_with_a_grammar_is_here():
    assert set(SOURCES) == set(PARSED)


@pytest.mark.parametrize("language", SOURCES)
def test_names_and_lines(language):
    code, wanted = SOURCES[language]
    assert [(f.name, f.line) for f in found(code, language)] == wanted


def test_code_is_the_function_alone_off_its_indentation():
    (f,) = found("class A:\n\n    def f(self):\n        é = '''\n    x'''\n        return é  # z\n")
    assert f.code == "def f(self):\n    é = '''\nx'''\n    return é  # z"
    assert f.lines == 4 and f.language == "python"
    one, other = found("int f() { return 1; } int g() { return 2; }", "c")
    assert (one.code, other.code) == ("int f() { return 1; }", "int g() { return 2; }")


def test_places():
    code = "\n\ndef f(): pass\n"
    assert found(code, repo="r", path="a/b.py")[0].place == "r/a/b.py:3"
    assert found(code, path="b.py")[0].place == "b.py:3"
    assert found(code, id="77")[0].place == "77:3"


def test_short_functions_and_other_languages_are_left_out():
    code = "def f(a):\n\n    # one\n    return a\n\ndef g(a):\n    return a\n"
    assert [f.name for f in found(code, least_lines=3)] == ["f"]
    assert found("fun", "haskell") == found("A text.", "english") == []


def test_texts_are_equal_where_they_differ_in_blanks_alone():
    one, same, other = (
        found(code)[0].text
        for code in ("def f(a):\n    return a+1\n", "def f( a ):\n  return a + 1", "def f(b): 1")
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("language", "code", "bare"),
    [
        (
            "python",
            'def f(a):\n    # why\n    """What."""\n\n    b = "#no"  # how\n    return b\n',
            'def f(a):\n    b = "#no"  \n    return b',
        ),
        (
            "python",
            'def f(a):\n    """All that it does."""\n',
            'def f(a):\n    """All that it does."""',
        ),
        ("python", 'def f(a):\n    a()\n    "late"\n', 'def f(a):\n    a()\n    "late"'),
        (
            "java",
            "class A {\n  int f(int a) {\n    /* why\n       so */\n    return a; // how\n  }\n}\n",
            "int f(int a) {\n  return a; \n}",
        ),
        ("ruby", "def f(a)\n  # why\n  a\nend\n", "def f(a)\n  a\nend"),
    ],
)
def test_bare_code_has_no_remarks_and_no_blank_lines(language, code, bare):
    (only,) = found(code, language)
    assert only.bare == bare
    assert "why" not in only.bare


def test_texts_are_equal_where_they_differ_in_remarks_alone():
    one, other = (
        found(code)[0].text
        for code in ("def f(a):\n    return a\n", 'def f(a):\n    "It."\n    return a  # so\n')
    )
    assert one == other


def test_broken_code_gives_the_functions_that_stand_in_it():
    assert [f.name for f in found("def f(a):\n    return a\n\ndef (:\n")] == ["f"]
