"""A task that a model completes, and the program that runs its tests on a completion.

Each program says at its very end that all tests have run, and says it through something that stands
before the tests: a completion that leaves early, prints, or swallows the tests (with the beginning
of a comment) has not passed. A line is broken before, because what is printed may end anywhere.
Makes no completions, and does not cut them where a function ends.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from neuroglot.programs.grants import GO_GRANTED, go_imports
from neuroglot.sandbox.outcomes import Program, passed_line, wrong_line

PASSED, WRONG = f"\\n{passed_line()}", f"\\n{wrong_line()}"
"""As they stand in a string literal of any of the languages."""

GO_IMPORT = re.compile(r'"([^"]+)"')
GO_IMPORTS = re.compile(r'^import (?:\([^)]*\)|"[^"]+")', re.MULTILINE)
GO_PACKAGE = re.compile(r"^package main\b", re.MULTILINE)
CPP_INCLUDE = re.compile(r"^#include.*$", re.MULTILINE)
RUST_TEST = re.compile(r"#\[test\](?P<between>\s*(?://.*\s+)*)fn (?P<name>\w+)")


@dataclass(frozen=True, slots=True)
class Task:
    """One task in one language.

    prompt is what a model continues, and ends where the body of its function begins; declaration is
    the same as released without its English, and not always whole. canonical is the body that the
    authors wrote, tests what they check it with. imports: of prompt and tests, of Go alone.
    libraries: as the sandbox wants them. suite: where it was published.
    """

    id: str
    language: str
    prompt: str
    declaration: str
    canonical: str
    tests: str
    imports: str = ""
    libraries: tuple[str, ...] = ()
    suite: str = ""


def program(task: Task, completion: str) -> Program:
    """The program that runs a task's tests on a completion of its prompt.

    The completion holds what closes the body (and the class, in Java), as `Task.canonical` does.
    The program passes only where the tests ran to their end and held.
    """
    return Program(task.language, SOURCES[task.language](task, completion), task.libraries)


def _python(task: Task, completion: str) -> str:
    return (
        f'{task.prompt}{completion}\n\n_tests_passed = "{PASSED}"\n'
        f"{task.tests}\n\nprint(_tests_passed)\n"
    )


def _javascript(task: Task, completion: str) -> str:
    return (
        f'{task.prompt}{completion}\n\nconst testsPassed__ = "{PASSED}";\n'
        f"{task.tests}\n\nconsole.log(testsPassed__)\n"
    )


def _java(task: Task, completion: str) -> str:
    tests = task.tests.replace("public class Main", "class TestsOfTask", 1)
    return (
        f"{task.prompt}{completion}\n\n{tests}\n\n"
        "public class Main {\n"
        "    public static void main(String[] args) throws Exception {\n"
        f'        TestsOfTask.main(args);\n        System.out.println("{PASSED}");\n'
        "    }\n}\n"
    )


def _cpp(task: Task, completion: str) -> str:
    """With the includes of the declaration, which the canonical solution wants; NDEBUG is off."""
    includes = "\n".join(CPP_INCLUDE.findall(task.declaration))
    body, brace, rest = task.tests.rpartition("}")
    return (
        f"#include<stdio.h>\n{includes}\n{task.prompt}{completion}\n\n"
        f'#undef NDEBUG\n#define TESTS_PASSED "{PASSED}"\n'
        f"{body}    puts(TESTS_PASSED);\n{brace}{rest}"
    )


def _go(task: Task, completion: str) -> str:
    """A test with a TestMain, which says how its tests went.

    Imports that would not be used are left out, because Go refuses them.
    """
    begun = GO_IMPORTS.sub("", GO_PACKAGE.sub("", task.prompt, count=1), count=1)
    code = f"{begun}{completion}"
    asked = [*GO_IMPORT.findall(task.imports), *GO_GRANTED]
    used = {*go_imports(f"{code}\n{task.tests}", asked), "fmt", "os", "testing"}
    imports = "".join(f'    "{path}"\n' for path in sorted(used))
    return (
        f"package main\n\nimport (\n{imports})\n{code}\n\n"
        f'const testsPassed__ = "{PASSED}"\n\n{task.tests}\n\n'
        "func TestMain(m *testing.M) {\n"
        f'    if m.Run() != 0 {{\n        fmt.Println("{WRONG}")\n        os.Exit(1)\n    }}\n'
        "    fmt.Println(testsPassed__)\n}\n"
    )


def _rust(task: Task, completion: str) -> str:
    """The tests as plain functions, called from main: Rust's own harness hides how one failed."""
    names = [found["name"] for found in RUST_TEST.finditer(task.tests)]
    tests = RUST_TEST.sub(r"\g<between>pub fn \g<name>", task.tests).replace("#[cfg(test)]", "")
    calls = "".join(f"    tests::{name}();\n" for name in names)
    return (
        f"{task.prompt}{completion}\n\n{tests}\n\n"
        f'fn main() {{\n{calls}    println!("{PASSED}");\n}}\n'
    )


SOURCES: Mapping[str, Callable[[Task, str], str]] = {
    "python": _python,
    "java": _java,
    "cpp": _cpp,
    "go": _go,
    "javascript": _javascript,
    "rust": _rust,
}
"""Language id -> the source of a task with a completion."""
