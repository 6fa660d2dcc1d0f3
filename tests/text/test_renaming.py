# ruff: noqa: E501 (programs in other languages)
"""Renamed programs are run, compared scope by scope, and looked at rule by rule."""

import re
import shutil
import subprocess
import symtable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neuroglot
from neuroglot.base.errors import ConfigError
from neuroglot.text.parsing import PARSED, parse
from neuroglot.text.renaming import STYLES, rename
from text import renamed_programs


def output(language: str, code: str, folder: Path) -> str:
    """What a program prints; the test is skipped where its toolchain is absent."""
    name, _, commands = renamed_programs.PROGRAMS[language]
    folder.mkdir()
    (folder / name).write_text(code, encoding="utf-8")
    printed = ""
    for command in commands:
        if not command[0].startswith("./") and shutil.which(command[0]) is None:
            pytest.skip(f"no {command[0]} on this machine")
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (ended.stderr or ended.stdout)[:2000]
        printed = ended.stdout
    return printed


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "language",
    [
        pytest.param("python"),
        *(pytest.param(id, marks=pytest.mark.slow) for id in PARSED if id != "python"),
    ],
)
def test_a_renamed_program_prints_the_same(language, style, tmp_path):
    _, code, _ = renamed_programs.PROGRAMS[language]
    renamed = rename(code, language, names=style, seed=3)
    assert len(renamed.mapping) >= 10 and "value" in renamed.mapping
    assert not renamed.broken
    assert output(language, renamed.code, tmp_path / "new") == output(
        language, code, tmp_path / "old"
    )


def test_every_language_has_its_program():
    assert set(renamed_programs.PROGRAMS) == set(PARSED)


@pytest.mark.parametrize("language", PARSED)
def test_nothing_but_own_names_changes(language):
    """Replacing the new names by the old gives the program back, but for `{x: v}` from `{x}`."""
    _, code, _ = renamed_programs.PROGRAMS[language]
    renamed = rename(code, language, names="words", seed=1)
    back = renamed.code
    for old, new in renamed.mapping.items():
        back = re.sub(rf"\b{re.escape(old)}: {new}\b", old, back)
        back = re.sub(rf"\b{new}\b", old, back)
    assert back == code
    assert not set(renamed.mapping) & set(renamed.left)
    assert len(set(renamed.mapping.values())) == len(renamed.mapping)


SCOPES = [
    ("python", "max = max_of(1)\ndef f(xs): return max(xs)", {"max", "f", "xs"}, set()),
    ("python", "def f(list): return list\ndef g(x): return list(x)", {"f", "g", "x", "list"}, set()),
    ("python", "def f(a): return a\nf(a=1)", {"f"}, {"a"}),
    ("python", "def f(a): return eval('a + 1')", {"f"}, {"a"}),
    ("python", "try:\n    import json\nexcept ImportError:\n    json = None", set(), {"json"}),
    ("python", "class A:\n    x = 1\n    def m(self, y): return self.x + y", {"y"}, {"x", "m"}),
    ("python", "__all__ = ['f']\ndef f(): pass\ndef g(): pass", {"g"}, {"f"}),
    ("python", "def f(node: node.Kind, x=x): return node, x", {"f", "node", "x"}, set()),
    ("python", "def f(d): return [y for x in d if (y := x * 2) > 2], y", {"f", "d", "x", "y"}, set()),
    ("python", "def f(d): return any([(y := x) for x in d] for _ in d) and y", {"f", "d", "x", "y"}, set()),
    ("python", "def f(a, b): return f'{a=} {b}'", {"f", "b"}, {"a"}),
    ("python", "def f(a): return getattr(a, 'go')\ndef go(b): return b", {"f", "a", "b"}, {"go"}),
    ("java", "class A { int f(int a) { return a + b(); } static int b() { return 1; } }", {"a", "b"}, {"f"}),
    ("java", "class A { static int b() { return 1; } } class B extends A { int c = b(); }", set(), {"b", "c"}),
    ("c", "#define ADD(q) (q + total)\nint total; int add(int x) { return x; }", {"add", "x"}, {"total", "q"}),
    ("c", "extern int shared; int f(void) { return shared; }", {"f"}, {"shared"}),
    ("cpp", "int f(int n) { vector<int> w(n); return std::max(n, 1); }", {"f", "n", "w"}, {"max"}),
    ("csharp", "class A { int f(int i) { return new { i }.i + nameof(i).Length; } }", set(), {"i", "f"}),
    ("go", "package p\nfunc F(a int) int { max := max(a, 1); return max }", {"F", "a", "max"}, set()),
    ("go", "package p\nfunc f(x int) P { return P{x: x} }", {"f"}, {"x"}),
    ("javascript", "export function f(a) { return a; }\nconst b = 1; export { b };", {"a"}, {"f", "b"}),
    ("javascript", "const {a, b: [c]} = d; g(a, c);", {"a", "c"}, {"d", "g", "b"}),
    ("typescript", "class A { constructor(private x: number, y: number) { f(x, y); } }", {"y"}, {"x", "f"}),
    ("php", "function f($a) { return compact('a'); } f(1);", {"f"}, {"a"}),
    ("php", "$n = 1; function f($a) { return $GLOBALS['n'] + $a; }", {"f", "a"}, {"n"}),
    ("php", "function f($a) { $_GET[$a]; $this->a = $a; return A::$b; }", {"f", "a"}, {"_GET", "this", "b"}),
    ("php", "function cmp($a, $b) { return $a; } usort($x, 'cmp');", {"a", "b", "x"}, {"cmp"}),
    ("ruby", "def f(a, b:) a + b + c end\ndef g; end\nsend(:g)", {"f", "a"}, {"b", "c", "g"}),
    ("rust", "use x::max; fn f(a: P) { let max = max(1); let P { ref q, r } = a; g(q, r, max) }", {"f", "a", "r"}, {"max", "q", "g"}),
    ("rust", 'fn f(a: i32) { println!("{a} {b}", b = 1); let b = a; }', {"f", "a"}, {"b"}),
    ("rust", 'fn f(a: i32) { let str = a; println!("{}", str); }', {"f", "a"}, {"str"}),
    ("kotlin", "fun f(a: Int): Int { val max = max(a, 1); return max }", {"f", "a", "max"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("language", "code", "renamed", "stay"), SCOPES)
def test_what_is_renamed_and_what_stays(language, code, renamed, stay):
    found = rename(code, language, names="neutral")
    assert set(found.mapping) == renamed
    assert set(re.findall(r"\w+", found.code)) >= stay
    assert not stay & set(found.mapping)


def test_a_use_before_the_definition_is_the_outer_name():
    assert rename("fn f() { let max = max(1, 2); g(max) }", "rust", names="neutral").code == (
        "fn f0() { let v0 = max(1, 2); g(v0) }"
    )


def signature(table: symtable.SymbolTable, old: dict[str, str]) -> object:
    """A table of symbols with those below it, under the old names."""
    module = table.get_type() == "module"
    symbols = sorted(
        (
            old.get(s.get_name(), s.get_name()),
            # symtable takes whatever is called "top" for a module, and its names for global ones.
            s.is_global() and (module or not s.is_local()),
            (s.is_local(), s.is_parameter(), s.is_free(), s.is_imported()),
        )
        for s in table.get_symbols()
    )
    name = old.get(table.get_name(), table.get_name())
    return table.get_type(), name, symbols, [signature(t, old) for t in table.get_children()]


@pytest.mark.parametrize(
    "file",
    sorted(Path(neuroglot.__file__).parent.rglob("*.py"))[::12],
    ids=lambda file: file.stem,
)
def test_python_s_own_compiler_sees_the_same_scopes(file):
    code = file.read_text(encoding="utf-8")
    renamed = rename(code, "python", names="words")
    old = {new: name for name, new in renamed.mapping.items()}
    after = symtable.symtable(renamed.code, "after", "exec")
    assert signature(after, old) == signature(symtable.symtable(code, "before", "exec"), {})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(PARSED))
def test_the_seed_decides(seed, language):
    _, code, _ = renamed_programs.PROGRAMS[language]
    first = rename(code, language, seed=seed)
    assert first == rename(code, language, seed=seed)
    assert first.mapping != rename(code, language, seed=seed + 1).mapping
    assert not parse(first.code, language).root_node.has_error
    words = set(re.findall(r"\w+", code))
    assert not words & set(first.mapping.values())


def test_names_that_others_use_are_kept():
    renamed = rename("def entry(a):\n    return a\n", "python", names="neutral", keep=["entry"])
    assert renamed.code == "def entry(v0):\n    return v0\n"
    assert renamed.left == {"entry": "asked for"}


def test_forms_that_mean_something_stay():
    assert (
        rename("package p\nfunc Public(a int) int { return a }", "go")
        .mapping["Public"][0]
        .isupper()
    )
    assert rename("def even?(a) = a\neven?(1)", "ruby").mapping["even?"].endswith("?")


def test_text_beyond_ascii_and_broken_text():
    renamed = rename("größe = 'ä'\nprint(größe, 'größe')  # größe\n", "python", names="neutral")
    assert renamed.code == "v0 = 'ä'\nprint(v0, 'größe')  # größe\n"
    broken = rename("def f(a):\n    return a +* b(\n", "python")
    assert broken.broken
    assert rename("", "python").code == ""


def test_what_cannot_be_renamed_is_said_in_one_line():
    with pytest.raises(ConfigError, match="no rules to rename 'haskell': languages with rules are"):
        rename("main = pure ()", "haskell")
    with pytest.raises(ConfigError, match="unknown kind of names 'emoji': give words or neutral"):
        rename("x = 1", "python", names="emoji")


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["python", "java", "cpp", "go", "js", "rust"])
def test_it_finds_the_names_that_others_found(data, name):
    """Against names renamed by another program, whose results passed their tests."""
    import json

    language = "javascript" if name == "js" else name
    file = data / "humaneval-x-renamed" / f"renamed_{name}.jsonl"
    wanted = found = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        mapping = rename(row["code_original"], language, names="neutral").mapping
        wanted += len(row["mapping"])
        found += len(set(row["mapping"]) & set(mapping))
    assert wanted > 500
    assert found >= 0.99 * wanted
