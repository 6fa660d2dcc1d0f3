"""The end that is found is where the function truly ends, and stays so whatever is written next."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.function_end import FUNCTION_LANGUAGES, function_end
from neuroglot.text.parsing import PARSED

MORE = {
    "python": "\n\n\ndef more(x):\n    return x\n",
    "ruby": "\n\ndef more(x)\n  x\nend\n",
}
BRACES = "\n\nvoid more() {\n  if (x) { y(); }\n}\n"

# (language, what stands before, `¦`, the rest of the function)
TRICKY = [
    (
        "c",
        r"""/* int { */ int f(char c) {
¦  // }
  if (c == '}' || c == '\'') { puts("}\"}"); }
}""",
    ),
    (
        "c",
        r"""int f(int a,
¦      int b)
{
  int x[] = {1, 2};
  return x[0];
}""",
    ),
    ("c", r"""int f(int a)¦;"""),
    (
        "cpp",
        r"""int f() {
¦  auto s = R"x(} )" } )x"; int n = 1'000; char c = '}';
  return n;
}""",
    ),
    (
        "cpp",
        r"""struct A {
  int f() const¦ {
    return g([&](int x) { return x; });
  }""",
    ),
    (
        "csharp",
        r"""class A
{
    static int F()
¦    {
        var s = @"}""}"; var t = $"{{{s}}}}}";
    }""",
    ),
    (
        "csharp",
        r'''static int F() {
¦ var s = """ } """; var t = $"{g("}")}}}"; var c = '}';
}''',
    ),
    ("csharp", r"""static int F(int x)¦ => x + 1;"""),
    ("go", 'func f() string {\n¦\ts := `}"`\n\tr := \'}\'\n\treturn s + "}" + g(func() {})\n}'),
    ("go", "func f(x any) interface¦{} {\n\treturn x\n}"),
    (
        "java",
        r'''class A {
    int f() {
¦        String s = """
  } " }
""";
        /* } */ return '}';
    }''',
    ),
    (
        "javascript",
        r"""function f(a, { b, c }) {
¦  const r = /[/}]\/}/g, s = `} ${a ? `}${b}` : '}'} }`;
  return r / s / 2;
}""",
    ),
    (
        "javascript",
        r"""f(a) {
¦  return /}/.test(a) && a++ / 2 > 1 ? { b: 1 } : {};
}""",
    ),
    (
        "typescript",
        r"""function f(x: { a: number }): ¦{ b: string } {
  return { b: `${x.a}}` };
}""",
    ),
    (
        "php",
        r"""<?php
function f($a) {
¦  # }
  // }
  $s = "} {$a['}']} }";
  $t = <<<EOT
  } {$a}
  EOT;
  return '}' . $s;
}""",
    ),
    ("php", r"""#[Attribute] {¦}"""),
    (
        "kotlin",
        r'''fun f(a: String): String {
¦  val s = """} ${a.let { "}" }} " """
  /* /* } */ } */
  return "}${if (a == "}") "{" else "$a"}" + '}'
}''',
    ),
    (
        "kotlin",
        r"""fun `it isn't`() {
¦  g { it }
}""",
    ),
    (
        "kotlin",
        r"""class A {
    fun f(x: Int = 3): Int =
¦        if (x == 1) {
            2
        } else {
            3
        }""",
    ),
    (
        "rust",
        r"""fn f() {
¦  g("}\"}");
}""",
    ),
    (
        "php",
        r"""function f() {
¦  return '}\'}';
}""",
    ),
    (
        "rust",
        r"""fn f<'a>(x: &'a str) -> char {
¦  /* /* } */ } */ let s = r#"}"}"#; let t = "
}";
  if x == "\"}" { '}' } else { '\'' }
}""",
    ),
    (
        "python",
        r'''def f(x):
    """Ends

def not()."""
¦    s = """
no end
"""

# nor here
    y = [
1,
] + \
2
    return "}"''',
    ),
    (
        "python",
        r"""class A:
    async def f(self):
¦        def g():
            pass

        return g""",
    ),
    ("python", r"""def f(x):¦ return x"""),
    ("python", "\tdef f(x):\n¦\t\treturn x"),
    (
        "ruby",
        r"""class A
  def self.f(x)
¦    return 1 if x
    # end
    s = "end"
    x.each do |y|
      puts :end, y.end while y
    end
    t = <<~T
      end
    T
    { end: 1 }
  end""",
    ),
    (
        "ruby",
        r"""private def f?(x)
¦  case x when 1 then 2 else begin; 3; end end
end""",
    ),
]


def more(language):
    return MORE.get(language, BRACES)


@pytest.mark.parametrize(("language", "code"), TRICKY)
def test_literals_and_comments_do_not_end_a_function(language, code):
    before, rest = code.split("¦")
    written = rest + more(language)
    assert function_end(language, before, written) == len(rest)
    for n in range(len(written) + 1):
        found = function_end(language, before, written[:n])
        assert found == (len(rest) if found is not None else None), written[:n]


def test_every_language_of_the_grammars_has_ends():
    assert set(FUNCTION_LANGUAGES) == set(PARSED)


def test_python_is_known_to_have_ended_when_a_line_is_no_deeper():
    before = "def f(x):\n"
    assert function_end("python", before, "    return x\n\n# more\n  # more\n    ") is None
    assert function_end("python", before, "    return x\n\n# more\ny") == len("    return x")
    assert function_end("python", before, "y = 1") == 0
    assert function_end("python", "    def f(x):\n", "        pass\n  y") == len("        pass")


def test_a_function_that_is_not_yet_begun_ends_too():
    code = "int f(int x) {\n  return x;\n}"
    assert function_end("java", "/** Gives x. */\n", code + more("java")) == len(code)
    code = "def f(x):\n    return x"
    assert function_end("python", "# Gives x.\n", code + more("python")) == len(code)
    code = "def f(x)\n  x\nend"
    assert function_end("ruby", "# Gives x.\n", code + more("ruby")) == len(code)


def test_what_closes_more_than_the_function_is_cut_off():
    assert function_end("java", "class A {\n  int f()", "}") == 0
    assert function_end("c", "int f() {\n", "  return (1;\n}\n}") == len("  return (1;\n}")


def test_a_function_that_does_not_end_has_no_end():
    for language, before in (("c", "int f() {\n"), ("ruby", "def f\n"), ("python", "def f():\n")):
        assert function_end(language, before, "") is None
        assert function_end(language, before, "  x = (1\n") is None


def test_another_language_is_refused():
    with pytest.raises(ConfigError, match="'html' ends is not known, only in c, cpp"):
        function_end("html", "", "")
