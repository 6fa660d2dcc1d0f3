"""Batches: one bad program leaves the others as they are; what a dead driver left is done alone."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.sandbox import compiling
from neuroglot.sandbox.command import Ending
from neuroglot.sandbox.compiling import Workshop, compiled, prepared
from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.outcomes import Program, passed_line
from neuroglot.sandbox.running import run_programs
from neuroglot.sandbox.toolchains import TOOLCHAINS

WITH_DRIVER = [name for name, row in TOOLCHAINS.items() if row.driver]
GOOD = {
    "java": "public class Main {{ public static void main(String[] a) "
    '{{ new Object() {{ }}; System.out.println("{0}"); }} }}',
    "kotlin": 'class Other\nfun main() {{ Other(); println("{0}") }}',
    "typescript": 'class Other {{}}\nnew Other();\nconsole.log("{0}");',
    "go": 'package main\nimport "fmt"\nfunc main() {{ fmt.Println("{0}") }}',
    "rust": 'fn main() {{ println!("{0}"); }}',
    "c": '#include <stdio.h>\nint main(void) {{ puts("{0}"); }}',
}
NESTED = "(" * 20_000 + "1" + ")" * 20_000
BAD = {
    "java": ["class", f"class Main {{ int x = {NESTED}; }}", "", 'class Main { int x = "a"; }'],
    "kotlin": ["fun", f"val x = {NESTED}", "val x: Int = 1L"],
    "typescript": [
        "let x: number = 'a';",
        f"const x = {NESTED};",
        "let Other = 1; nothing;",
        'import { x } from "/etc/passwd";',
    ],
    "go": ["package main\nfunc main() { x := 1 }", "#include", ""],
    "rust": ['fn main() { let x: i32 = "a"; }', "", 'fn main() { include!("/etc/shadow"); }'],
    "c": ['#include "/etc/shadow"', "int main(", "#error"],
}


def toolchain(language: str) -> Workshop:
    found = find_toolchain(language)
    if found.lack:
        pytest.skip(found.remedy)
    return Workshop(found)


@pytest.mark.slow
@pytest.mark.parametrize("language", GOOD)
def test_a_bad_program_leaves_the_others_right(boxes: None, language: str):
    toolchain(language)
    good = Program(language, GOOD[language].format(passed_line()))
    programs = [good]
    for source in BAD[language]:
        programs += [Program(language, source), good]
    outcomes = run_programs(programs, workers=1)
    assert {each.status for each in outcomes[0::2]} == {"passed"}, outcomes[0::2]
    # A class without a main method compiles, and then cannot be run.
    assert {each.status for each in outcomes[1::2]} <= {"compile_error", "crashed"}
    assert all(each.detail for each in outcomes[1::2])


@pytest.mark.parametrize("language", WITH_DRIVER)
def test_what_a_dead_driver_leaves_is_compiled_alone(
    boxes: None, monkeypatch: pytest.MonkeyPatch, language: str
):
    workshop = toolchain(language)
    whole = Workshop.run
    asked: list[int] = []

    def dies_at_the_second(self: Workshop, line: str, files: Any, stdin: bytes = b"") -> Ending:
        asked.append(int.from_bytes(stdin[:4]))
        ending = whole(self, line, files, stdin)
        if asked[-1] == 1:
            return ending
        first_length = 12 + int.from_bytes(ending.stdout[4:8])
        first_length += int.from_bytes(ending.stdout[first_length - 4 : first_length])
        cut = ending.stdout[: first_length + 9]
        return dataclasses.replace(ending, stdout=cut, code=None, stopped="timeout")

    monkeypatch.setattr(Workshop, "run", dies_at_the_second)
    good = GOOD[language].format("x").encode()
    made = compiled([good, b"~bad~", good], workshop)
    assert asked == [3, 1, 1]
    assert [each.artifact is not None for each in made] == [True, False, True]


def test_libraries_are_compiled_once_and_again_where_that_failed(monkeypatch: pytest.MonkeyPatch):
    codes = iter([1, 0, 0])
    asked: list[tuple[str, ...]] = []

    def run(self: Workshop, line: str, files: Any, stdin: bytes = b"") -> Ending:
        asked.append(self.libraries)
        return Ending(b"tar", b"", 0.0, code=next(codes))

    monkeypatch.setattr(compiling, "_PREPARED", {})
    monkeypatch.setattr(Workshop, "run", run)
    one, other = (Workshop(find_toolchain("rust"), (name,)) for name in ("rand", "regex"))
    assert [prepared(each).code for each in (one, one, one, other)] == [1, 0, 0, 0]
    assert asked == [("rand",), ("rand",), ("regex",)]


@given(st.lists(st.tuples(st.booleans(), st.binary(), st.binary())), st.integers(0, 40))
def test_answers_are_read_as_far_as_they_are_whole(answers: Any, cut: int):
    stream, ends = b"", []
    for good, *parts in answers:
        stream += int(good).to_bytes(4)
        for part in parts:
            stream += len(part).to_bytes(4) + part
        ends.append(len(stream))
    stream = stream[: max(0, len(stream) - cut)]
    read, at = [], 0
    while (answer := compiling._answer(stream, at)) is not None:
        read.append(answer[:3])
        at = answer[3]
    whole = [given for given, end in zip(answers, ends, strict=True) if end <= len(stream)]
    assert read == whole


LIBRARIES = {
    "cpp": (
        ("crypto",),
        "#include <openssl/md5.h>\n#include <boost/any.hpp>\n#include <cstdio>\n"
        "int main() {{ unsigned char d[16]; MD5(d, 0, d); boost::any q = 1; "
        'if (d[0] == 0xd4) puts("{0}"); }}',
    ),
    "go": (
        ("github.com/stretchr/testify/assert",),
        'package main\nimport ("fmt"; "os"; "testing"; "github.com/stretchr/testify/assert")\n'
        "func TestX(t *testing.T) {{ assert.Equal(t, 1, 1) }}\n"
        "func TestMain(m *testing.M) {{ code := m.Run(); "
        'if code == 0 {{ fmt.Println("{0}") }}; os.Exit(code) }}',
    ),
    "rust": (
        ("rand", "regex", "md5"),
        "use rand::Rng;\nfn main() {{ let x: u32 = rand::thread_rng().gen_range(0..3); "
        'let r = regex::Regex::new("a").unwrap(); '
        'if x < 3 && r.is_match("a") && md5::compute("").0[0] == 0xd4 {{ println!("{0}"); }} }}',
    ),
}


@pytest.mark.slow
@pytest.mark.xdist_group("libraries")
@pytest.mark.parametrize("language", LIBRARIES)
def test_libraries_of_the_system_can_be_used(boxes: None, language: str):
    toolchain(language)
    libraries, source = LIBRARIES[language]
    good = Program(language, source.format(passed_line()), libraries)
    bad = Program(language, source.format("x"), libraries)
    outcomes = run_programs([good, bad])
    if outcomes[0].status == "no_toolchain" or "No such file" in outcomes[0].detail:
        pytest.skip(outcomes[0].detail)
    assert [each.status for each in outcomes] == ["passed", "wrong"], outcomes


@pytest.mark.slow
def test_a_library_that_is_not_there_is_named(boxes: None):
    toolchain("rust")
    (outcome,) = run_programs([Program("rust", "fn main() {}", ("nosuchcrate",))])
    assert outcome.status == "no_toolchain"
    assert "nosuchcrate" in outcome.detail
