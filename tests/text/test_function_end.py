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

# (language, before, the rest of the function)
TRICKY = [
    ("c", "/* int { */ int f(char c) {\n", "  // }\n  if (c == '}' || c == '\\'') { puts(\"}\\\"}\"); }\n}"),
    ("c", "int f(int a,\n", "      int b)\n{\n  int x[] = {1, 2};\n  return x[0];\n}"),
    ("c", "int f(int a)", ";"),
    ("cpp", "int f() {\n", '  auto s = R"x(} )" } )x"; int n = 1\'000; char c = \'}\';\n  return n;\n}'),
    ("cpp", "struct A {\n  int f() const", " {\n    return g([&](int x) { return x; });\n  }"),
    ("csharp", "class A\n{\n    static int F()\n", "    {\n        var s = @\"}\"\"}\"; var t = $\"{{{s}}}}}\";\n    }"),
    ("csharp", "static int F() {\n", ' var s = """ } """; var t = $"{g("}")}}}"; var c = \'}\'; \n}'),
    ("csharp", "static int F(int x)", " => x + 1;"),
    ("go", "func f() string {\n", '\ts := `}"`\n\tr := \'}\'\n\treturn s + "}" + g(func() {})\n}'),
    ("go", "func f(x any) interface", "{} {\n\treturn x\n}"),
    ("java", "class A {\n    int f() {\n", '        String s = """\n  } " }\n""";\n        /* } */ return \'}\';\n    }'),
    ("javascript", "function f(a, { b, c }) {\n", "  const r = /[/}]\\/}/g, s = `} ${a ? `}${b}` : '}'} }`;\n  return r / s / 2;\n}"),
    ("javascript", "f(a) {\n", "  return /}/.test(a) && a++ / 2 > 1 ? { b: 1 } : {};\n}"),
    ("typescript", "function f(x: { a: number }): ", "{ b: string } {\n  return { b: `${x.a}}` };\n}"),
    ("php", "<?php\nfunction f($a) {\n", "  # }\n  // }\n  $s = \"} {$a['}']} }\";\n  $t = <<<EOT\n  } {$a}\n  EOT;\n  return '}' . $s;\n}"),
    ("php", "#[Attribute] {", "}"),
    ("kotlin", "fun f(a: String): String {\n", '  val s = """} ${a.let { "}" }} " """\n  /* /* } */ } */\n  return "}${if (a == "}") "{" else "$a"}" + \'}\'\n}'),
    ("kotlin", "fun `it isn't`() {\n", "  g { it }\n}"),
    ("kotlin", "class A {\n    fun f(x: Int = 3): Int =\n", "        if (x == 1) {\n            2\n        } else {\n            3\n        }"),
    ("rust", "fn f() {\n", '  g("}\\"}");\n}'),
    ("php", "function f() {\n", "  return '}\\'}';\n}"),
    ("rust", "fn f<'a>(x: &'a str) -> char {\n", "  /* /* } */ } */ let s = r#\"}\"}\"#; let t = \"\n}\";\n  if x == \"\\\"}\" { '}' } else { '\\'' }\n}"),
    ("python", 'def f(x):\n    """Ends\n\ndef not()."""\n', '    s = """\nno end\n"""\n\n# nor here\n    y = [\n1,\n] + \\\n2\n    return "}"'),
    ("python", "class A:\n    async def f(self):\n", "        def g():\n            pass\n\n        return g"),
    ("python", "def f(x):", " return x"),
    ("python", "\tdef f(x):\n", "\t\treturn x"),
    ("ruby", "class A\n  def self.f(x)\n", "    return 1 if x\n    # end\n    s = \"end\"\n    x.each do |y|\n      puts :end, y.end while y\n    end\n    t = <<~T\n      end\n    T\n    { end: 1 }\n  end"),
    ("ruby", "private def f?(x)\n", "  case x when 1 then 2 else begin; 3; end end\nend"),
]  # fmt: skip


def more(language):
    return MORE.get(language, BRACES)


@pytest.mark.parametrize(("language", "before", "rest"), TRICKY)
def test_literals_and_comments_do_not_end_a_function(language, before, rest):
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
