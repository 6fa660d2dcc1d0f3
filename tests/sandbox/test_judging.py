"""Statuses from endings, without a box."""

import pytest

from neuroglot.sandbox.command import Ending
from neuroglot.sandbox.discovery import Found
from neuroglot.sandbox.judging import compile_outcome, detail, run_outcome
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import TOKEN
from neuroglot.sandbox.toolchains import TOOLCHAINS

TOKEN_OF_RUN = "0123456789abcdef"
PYTHON = TOOLCHAINS["python"]


def ending(stdout: str = "", stderr: str = "", seconds: float = 1.0, **told) -> Ending:
    return Ending(stdout.encode(), stderr.encode(), seconds, **told)


def status(of: Ending, language: str = "python") -> str:
    return run_outcome(of, TOOLCHAINS[language], TOKEN_OF_RUN, Limits()).status


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (ending(f"{TOKEN_OF_RUN} passed\n", code=0), "passed"),
        (ending(f"noise\n{TOKEN_OF_RUN} passed\n\n", code=0), "passed"),
        (ending(f"{TOKEN_OF_RUN} passed\n", code=1), "crashed"),
        (ending(f"{TOKEN_OF_RUN} passed\n", stopped="timeout"), "timeout"),
        (ending(f"{TOKEN_OF_RUN} passed\n", stopped="output_limit"), "output_limit"),
        (ending(f"{TOKEN_OF_RUN} passed\nmore\n", code=0), "wrong"),
        (ending(f"{TOKEN_OF_RUN} wrong\n", code=0), "wrong"),
        (ending(f"{TOKEN_OF_RUN} wrong\n", code=3), "wrong"),
        (ending(code=0), "wrong"),
        (ending(code=1), "crashed"),
        (ending(stderr="AssertionError", code=1), "wrong"),
        (ending(stderr="MemoryError", code=1), "memory"),
        (ending(stopped="memory"), "memory"),
        (ending(stopped="killed"), "killed"),
        (ending(failure="bwrap: no"), "sandbox_error"),
        (ending(code=139), "crashed"),
        (ending(code=152), "timeout"),
        (ending(code=153), "output_limit"),
        (ending(code=137, seconds=1), "killed"),
        (ending(code=137, seconds=11), "timeout"),
    ],
)
def test_an_ending_has_one_status(of: Ending, expected: str):
    assert status(of) == expected


def test_a_panic_in_a_test_of_go_is_no_failed_check():
    failed = "--- FAIL: TestX (0.00s)\n"
    assert status(ending(f"{failed}    main_test.go:3: 1\nFAIL\n", code=1), "go") == "wrong"
    panic = "panic: index out of range [3] with length 0 [recovered]\n"
    assert status(ending(failed, stderr=panic, code=2), "go") == "crashed"


def test_an_assertion_that_mono_only_mutters_is_a_failure():
    muttered = ending(f"{TOKEN_OF_RUN} passed\n", "Fail: nope\n  at System.Diagnostics", code=0)
    assert status(muttered, "csharp") == "wrong"
    assert status(muttered, "python") == "passed", "a word like any other there"


def test_a_syntax_error_of_the_program_is_not_one_that_it_met():
    own = '  File "/tmp/p.py", line 1\n    def (:\n        ^\nSyntaxError: invalid syntax\n'
    met = f"Traceback (most recent call last):\n{own}"
    assert status(ending(stderr=own, code=1)) == "compile_error"
    assert status(ending(stderr=met, code=1)) == "crashed"


def test_the_token_is_not_told():
    said = f"{TOKEN_OF_RUN} passed"
    outcome = run_outcome(ending(said, said, code=0), PYTHON, TOKEN_OF_RUN, Limits())
    assert (outcome.stdout, outcome.stderr) == (f"{TOKEN} passed", f"{TOKEN} passed")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (ending(stderr="p.c:1:1: error: x", code=1), "compile_error"),
        (ending(stderr="cc1plus: out of memory", code=1), "memory"),
        (ending(stopped="timeout"), "timeout"),
        (ending(code=152), "timeout"),
        (ending(failure="bwrap: no"), "sandbox_error"),
    ],
)
def test_a_compiler_ends_in_its_own_ways(of: Ending, expected: str):
    outcome = compile_outcome(of, Found(TOOLCHAINS["c"], "12", None), "int x;")
    assert (outcome.status, outcome.stage) == (expected, "compile")


@pytest.mark.parametrize(
    ("said", "code", "line"),
    [
        ("note\np.c:1:1: error: bad\nnote", 1, "p.c:1:1: error: bad"),
        ("Unhandled Exception:\nSystem.Bad: x", 1, "System.Bad: x"),
        ("", 139, "SIGSEGV"),
        ("p: Assertion failed", 134, "SIGABRT p: Assertion failed"),
        ("", 3, "code 3"),
        ("", 0, "ended before its checks did"),
        ("x" * 1000, 1, "x" * 300),
    ],
)
def test_one_line_says_why(said: str, code: int, line: str):
    assert detail(ending(stderr=said, code=code)) == line
