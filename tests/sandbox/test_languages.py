"""Twelve languages: each good program passes, and each way to fail is told from the others."""

# ruff: noqa: E501 (programs stand on one line each)

from typing import Any

import pytest

from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import Outcome, Program, passed_line, wrong_line
from neuroglot.sandbox.running import run_programs
from neuroglot.sandbox.toolchains import TOOLCHAINS

pytestmark = pytest.mark.xdist_group("languages")

PASSED = {
    "python": 'BODY\nprint("SAY")',
    "java": 'public class Main { public static void main(String[] a) { BODY\n System.out.println("SAY"); } }',
    "c": '#include <stdio.h>\n#include <stdlib.h>\n#include <assert.h>\nint main(void) { BODY\n puts("SAY"); return 0; }',
    "cpp": '#include <iostream>\n#include <vector>\n#include <string>\n#include <cassert>\nint main() { BODY\n std::cout << "SAY" << std::endl; }',
    "csharp": 'using System;\nclass P { static void Main() { BODY\n Console.WriteLine("SAY"); } }',
    "go": 'package main\nimport "fmt"\nfunc main() { BODY\n fmt.Println("SAY") }',
    "javascript": 'BODY\nconsole.log("SAY")',
    "typescript": 'BODY\nconsole.log("SAY" as string)',
    "php": '<?php\nBODY\necho "SAY\\n";',
    "ruby": 'BODY\nputs "SAY"',
    "rust": 'fn main() { BODY\n println!("SAY"); }',
    "kotlin": 'fun main() { BODY\n println("SAY") }',
}
"""A program of each language; a case puts its statements where BODY stands."""

CASES: dict[str, dict[str, str]] = {
    "python": {
        "wrong": "assert 1 == 2",
        "crashed": "[][1]",
        "timeout": "while True: pass",
        "memory": "x = [0]\nwhile True: x = x * 2",
        "output_limit": "while True: print('y' * 1000)",
        "compile_error": "def (:",
        "left_early": "import sys; sys.exit(0)",
    },
    "java": {
        "wrong": "assert 1 == 2;",
        "crashed": "int[] x = new int[1]; x[1] = 2;",
        "timeout": "while (a != null) { }",
        "memory": "java.util.List<int[]> x = new java.util.ArrayList<>(); while (x != null) x.add(new int[1000000]);",
        "output_limit": 'while (a != null) System.out.println("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");',
        "compile_error": 'int x = "a";',
        "left_early": "if (a != null) System.exit(0);",
    },
    "c": {
        "wrong": "assert(1 == 2);",
        "crashed": "volatile int *x = 0; *x = 1;",
        "timeout": "volatile int z = 0; while (1) z++;",
        "memory": "while (1) { char *x = malloc(1 << 20); for (int i = 0; i < 1 << 20; i += 512) x[i] = 1; }",
        "output_limit": 'while (1) puts("yyyyyyyyyyyyyyyyyyy");',
        "compile_error": "int x = ;",
        "left_early": "exit(0);",
    },
    "cpp": {
        "wrong": "assert(1 == 2);",
        "crashed": "throw 1;",
        "timeout": "volatile int z = 0; while (true) z = z + 1;",
        "memory": "std::vector<std::string> x; while (true) x.push_back(std::string(1 << 20, 'a'));",
        "output_limit": 'while (true) std::cout << "yyyyyyyyyyyyyyyyyyy\\n";',
        "compile_error": 'int x = "a";',
        "left_early": "exit(0);",
    },
    "csharp": {
        "wrong": "System.Diagnostics.Debug.Assert(1 == 2);",
        "crashed": "int[] x = new int[1]; x[Environment.ProcessorCount] = 2;",
        "timeout": "while (Environment.ProcessorCount > 0) { }",
        "memory": "var x = new System.Collections.Generic.List<int[]>(); while (Environment.ProcessorCount > 0) { var y = new int[1000000]; for (int i = 0; i < y.Length; i++) y[i] = i; x.Add(y); }",
        "output_limit": 'while (Environment.ProcessorCount > 0) Console.WriteLine("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");',
        "compile_error": 'int x = "a";',
        "left_early": "Environment.Exit(0);",
    },
    "go": {
        "crashed": "x := []int{}; i := 1; x[i] = 2",
        "timeout": "for { }",
        "memory": "var x [][]byte; for { y := make([]byte, 1<<20); for i := range y { y[i] = 1 }; x = append(x, y) }",
        "output_limit": 'for { fmt.Println("yyyyyyyyyyyyyyyyyyyyyyyyyyyy") }',
        "compile_error": "unused := 1",
        "left_early": "if len(fmt.Sprint()) == 0 { return }",
    },
    "javascript": {
        "wrong": "console.assert(1 === 2)",
        "crashed": "null.x",
        "timeout": "for (;;) { }",
        "memory": "const x = []; for (;;) x.push(new Array(100000).fill(x.length))",
        "output_limit": "for (;;) console.log('y'.repeat(1000))",
        "compile_error": "let x = ;",
        "left_early": "process.exit(0)",
    },
    "typescript": {
        "wrong": "console.assert(1 + 1 === 3)",
        "crashed": "const n: any = null; n.x",
        "timeout": "for (;;) { }",
        "memory": "const x: number[][] = []; while (x) x.push(new Array(100000).fill(x.length))",
        "output_limit": "while (Date) console.log('y'.repeat(1000))",
        "compile_error": "const x: number = 'a'",
        "left_early": "process.exit(0)",
    },
    "php": {
        "wrong": "assert(1 === 2);",
        "crashed": "intdiv(1, 0);",
        "timeout": "while (true) { }",
        "memory": "$x = []; while (true) $x[] = str_repeat('a', 1000000);",
        "output_limit": 'while (true) echo "yyyyyyyyyyyyyyyyyyyyyyyyyyyy\\n";',
        "compile_error": "$x = ;",
        "left_early": "exit(0);",
    },
    "ruby": {
        "crashed": "[].fetch(1)",
        "timeout": "loop { }",
        "memory": "x = []; loop { x << 'a' * 1_000_000 }",
        "output_limit": "loop { puts 'y' * 1000 }",
        "compile_error": "def x(",
        "left_early": "exit 0",
    },
    "rust": {
        "wrong": "assert_eq!(1 + 1, 3);",
        "crashed": 'let x: Vec<i32> = vec![]; let i = x.len(); println!("{}", x[i]);',
        "timeout": "loop { }",
        "memory": "let mut x: Vec<Vec<u8>> = vec![]; loop { x.push(vec![1; 1 << 20]); }",
        "output_limit": 'loop { println!("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"); }',
        "compile_error": 'let x: i32 = "a";',
        "left_early": "std::process::exit(0);",
    },
    "kotlin": {
        "wrong": "assert(1 + 1 == 3)",
        "crashed": "listOf<Int>()[1]",
        "timeout": "while (true) { }",
        "memory": "val x = mutableListOf<IntArray>(); while (true) x.add(IntArray(1000000))",
        "output_limit": 'while (true) println("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")',
        "compile_error": 'val x: Int = "a"',
        "left_early": "System.exit(0)",
    },
}
"""Language -> status -> statements that lead to it."""
SAYS_WRONG = "says wrong"


def program(language: str, body: str = "", say: str = "") -> Program:
    """A program of the language that says it passed, after these statements."""
    text = PASSED[language].replace("BODY", body).replace("SAY", say or passed_line())
    return Program(language, text)


def known(outcome: Outcome) -> Outcome:
    """The outcome, or a skip where the toolchain is not there."""
    if outcome.status == "no_toolchain":
        pytest.skip(outcome.detail)
    return outcome


@pytest.fixture(scope="module")
def good(boxes: None) -> dict[str, Outcome]:
    """A good program of each language."""
    return dict(zip(TOOLCHAINS, run_programs([program(each) for each in TOOLCHAINS]), strict=True))


@pytest.fixture(scope="module")
def failures(boxes: None) -> dict[tuple[str, str], Outcome]:
    """Every case, all in one call: what one does must not touch the others.

    SAYS_WRONG is among them: a program that says its answers are wrong.
    """
    keys = [(language, case) for language, cases in CASES.items() for case in cases]
    programs = [program(language, CASES[language][case]) for language, case in keys]
    keys += [(language, SAYS_WRONG) for language in TOOLCHAINS]
    programs += [program(language, say=wrong_line()) for language in TOOLCHAINS]
    limits = Limits(cpu_seconds=3, wall_seconds=60)
    return dict(zip(keys, run_programs(programs, limits=limits), strict=True))


def test_every_language_has_its_cases():
    assert set(PASSED) == set(CASES) == set(TOOLCHAINS)


@pytest.mark.parametrize("language", TOOLCHAINS)
def test_a_good_program_passes(good: dict[str, Outcome], language: str):
    outcome = known(good[language])
    assert (outcome.status, outcome.code, outcome.stage) == ("passed", 0, "run"), outcome
    assert outcome.stdout.split() == passed_line().split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "case"), [(language, case) for language in CASES for case in CASES[language]]
)
def test_each_failure_is_told(failures: Any, language: str, case: str):
    outcome = known(failures[language, case])
    assert outcome.status == {"left_early": "wrong"}.get(case, case), outcome
    assert outcome.stage == ("compile" if case == "compile_error" else "run")


@pytest.mark.slow
def test_a_program_that_says_its_answers_are_wrong_is_believed(failures: Any):
    statuses = {failures[language, SAYS_WRONG].status for language in TOOLCHAINS}
    assert statuses <= {"wrong", "no_toolchain"}
    assert "wrong" in statuses


NEWER = {
    "csharp": [
        'string s = null; s ??= "a";',
        '(int, string) t = (1, "a");',
        "int G(int y) { return y; } G(1);",
        "var q = 3 switch { 3 => 1, _ => 2 };",
        "int[] a = {1}; a[^1] = 2;",
        "System.Collections.Generic.List<int> l = new();",
        "using var f = new System.IO.StringWriter();",
        "int z = default;",
    ],
    "go": ["fmt.Println(min(1, 2))", "for i := range 10 { fmt.Println(i) }"],
    "rust": ["let Some(_x) = Some(1) else { return };"],
}
OLD = {"csharp": (8,), "go": (1, 22), "rust": (1, 65)}
"""The first version that knows them."""


@pytest.mark.parametrize("language", NEWER)
def test_a_feature_younger_than_the_compiler_is_not_held_against_the_program(
    boxes: None, language: str
):
    if tuple(map(int, find_toolchain(language).version.split("."))) >= OLD[language]:
        pytest.skip("this compiler knows them")
    for outcome in run_programs([program(language, body) for body in NEWER[language]]):
        assert known(outcome).status == "toolchain_too_old", outcome
        assert "does not know what this program uses" in outcome.detail


@pytest.mark.parametrize("body", ["string s = ;", 'foo("a..b");', "int x = 1"])
def test_a_mistake_is_a_mistake_though_the_compiler_is_old(boxes: None, body: str):
    (outcome,) = run_programs([program("csharp", body)])
    assert known(outcome).status == "compile_error"
