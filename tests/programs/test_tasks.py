"""Completions of one task in six languages: only those whose tests ran and held have passed."""

import pytest

from neuroglot.programs.suites import humaneval_x
from neuroglot.programs.tasks import SOURCES, program
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.running import run_programs

pytestmark = pytest.mark.xdist_group("libraries")

END = {"python": "", "java": "\n}\n}\n", "cpp": "\n}\n", "go": "\n}\n", "rust": "\n}\n"}
END["javascript"] = END["cpp"]

EVERYWHERE = {
    "wrong": "return n + 2;",
    "compile_error": "return n + ;",
    "swallows": "return n + 2; CLOSED /*",
}
COMPLETIONS = {
    "python": {
        "crashed": "return [][n]",
        "timeout": "while True: pass",
        "leaves": "import os; os._exit(0)",
        "leaves_kindly": "raise SystemExit",
        "prints": "print(end='word'); return n + 1",
        "compile_error": "return n + +",
        "swallows": "return n + 2\n\n'''",
        "fools": "global check; check = print; return n + 2",
    },
    "java": {
        "crashed": "int[] none = new int[0]; return none[n];",
        "timeout": "while (n == n) { } return n;",
        "leaves": "System.exit(0); return n;",
        "prints": 'System.out.print("word"); return n + 1;',
    },
    "cpp": {
        "crashed": "throw n;",
        "timeout": "volatile int x = n; while (x == n) { x = n; } return x;",
        "leaves": "exit(0);",
        "prints": 'printf("word"); return n + 1;',
        "fools": "return n + 2;\n}\n#define NDEBUG\n#define assert(x)\nvoid more(){",
    },
    "go": {
        "wrong": "return n + 2",
        "crashed": "none := []int{}; return none[n]",
        "timeout": "for { }",
        "leaves": "os.Exit(0); return n",
        "prints": 'fmt.Print("word"); return n + 1',
        "prints_by_math": "return n + int(math.Abs(1))",
        "compile_error": "unused := n; return n + 1",
    },
    "javascript": {
        "crashed": "return null[n];",
        "timeout": "for (;;) { }",
        "leaves": "process.exit(0);",
        "prints": "process.stdout.write('word'); return n + 1;",
        "fools": "console.assert = () => {}; return n + 2;",
    },
    "rust": {
        "crashed": "let none: Vec<i32> = vec![]; none[n as usize]",
        "timeout": "let mut x = n; while x == n { x = n; } x",
        "leaves": "std::process::exit(0)",
        "prints": 'print!("word"); n + 1',
    },
}
FOUND = {
    "prints": {"passed"},
    "prints_by_math": {"passed"},
    "leaves": {"wrong"},
    "leaves_kindly": {"wrong"},
    "fools": {"wrong"},
    "swallows": {"compile_error", "crashed", "wrong"},
}
"""What a case of another name than its status may be found to be."""

CASES = [(id, case) for id in COMPLETIONS for case in {**EVERYWHERE, **COMPLETIONS[id]}]


def test_every_language_has_its_cases():
    assert set(COMPLETIONS) == set(SOURCES)


@pytest.fixture(scope="module")
def outcomes(boxes, released):
    """Every case and the canonical solutions, in one call."""
    tasks = {task.language: task for task in humaneval_x(released)}
    programs = {(id, "canonical"): program(task, task.canonical) for id, task in tasks.items()}
    for id, case in CASES:
        body = {**EVERYWHERE, **COMPLETIONS[id]}[case].replace("CLOSED", END[id].strip())
        body = f"    {body}" + ("" if case == "swallows" else END[id])
        programs[id, case] = program(tasks[id], body)
    limits = Limits(cpu_seconds=2, wall_seconds=60)
    return dict(zip(programs, run_programs(list(programs.values()), limits=limits), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("language", "case"), [*((id, "canonical") for id in SOURCES), *CASES])
def test_what_becomes_of_a_completion(outcomes, language, case):
    outcome = outcomes[language, case]
    if outcome.status == "no_toolchain":
        pytest.skip(outcome.detail)
    wanted = {"passed"} if case == "canonical" else FOUND.get(case, {case})
    assert outcome.status in wanted, outcome


def test_a_program_of_go_imports_what_it_uses_and_nothing_else(released):
    (task,) = [task for task in humaneval_x(released) if task.language == "go"]
    assert '"math"' not in program(task, "    return n + 1\n}\n").source
    source = program(task, "    return int(math.Abs(1)) + len(strings.Fields(x))\n}\n").source
    assert source.count('"math"') == source.count('"strings"') == source.count("import (") == 1


def test_the_prompt_and_the_completion_stand_in_the_program_as_they_are(released):
    for task in humaneval_x(released):
        if task.language != "go":
            assert f"{task.prompt}{task.canonical}" in program(task, task.canonical).source
        assert task.canonical in program(task, task.canonical).source
