"""Every writer: what it writes runs, agrees with the interpreter, and tells wrong from right."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.facts import OBJECT_ORIENTED, PROCEDURAL, Style
from neuroglot.programs.interpreter import run
from neuroglot.programs.writing import STYLES, WRITERS, writer

TOKEN = "all-passed-5813"

FAST_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
CPP_FLAGS = ("-std=c++17", "-Wall", "-Wextra", "-Werror", "-D_GLIBCXX_ASSERTIONS")
TOOLS = Path(os.environ.get("NEUROGLOT_TOOLCHAINS") or "/usr/local/share/neuroglot/toolchains")
TSC = str(TOOLS / "node_modules/typescript/bin/tsc")
TSC_FLAGS = (
    *("--strict", "--noUnusedLocals", "--noUnusedParameters", "--noFallthroughCasesInSwitch"),
    *("--target", "es2020", "--lib", "es2020", "--module", "commonjs", "--skipLibCheck"),
    *("--types", "node", "--typeRoots", str(TOOLS / "node_modules/@types")),
)
C_FLAGS = ("-std=c17", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined")

COMPILERS = {
    "c": ("main.c", [["gcc", *C_FLAGS, "-o", "main", "main.c"], ["./main"]]),
    "cpp": ("main.cpp", [["g++", *CPP_FLAGS, "-o", "main", "main.cpp"], ["./main"]]),
    "csharp": (
        "main.cs",
        [["mcs", "-warn:4", "-warnaserror", "-out:main.exe", "main.cs"], ["mono", "main.exe"]],
    ),
    "go": (
        "main.go",
        [["go", "build", "-o", "main", "main.go"], ["go", "vet", "main.go"], ["./main"]],
    ),
    "ruby": ("main.rb", [["ruby", "--disable-gems", "-w", "main.rb"]]),
    "rust": (
        "main.rs",
        [["rustc", "--edition", "2021", "-D", "warnings", "-o", "main", "main.rs"], ["./main"]],
    ),
    "javascript": ("main.js", [["node", "--use_strict", "main.js"]]),
    "php": ("main.php", [["php", "-n", "main.php"]]),
    "python": ("main.py", [["python3", "-I", "-B", "-W", "error", "main.py"]]),
}
"""For most languages the name of the file and the commands; warnings are errors if they can be.

Java and TypeScript stand in TOGETHER. Kotlin warns of a first value that every branch replaces,
which the tree cannot leave out: it runs in boxes only, as all do in test_written_programs.py.
"""

TOGETHER = {
    "java": (
        "{folder}/Main.java",
        "package {folder};\n",
        ["javac", *(f"-J{flag}" for flag in FAST_JVM), "-Xlint:all", "-Werror"],
        ["java", *FAST_JVM, "{folder}.Main"],
    ),
    "typescript": (
        "{folder}/main.ts",
        "",
        [TSC, *TSC_FLAGS, "--moduleDetection", "force"],
        ["node", "{folder}/main.js"],
    ),
}
"""For the compilers that take seconds to start, which get all specimens in one call: the name of a
file, what stands above its source, the command before the names, and the command that runs one."""

FORMATTERS = {
    "go": ["gofmt", "-l"],
    "ruby": ["rubocop", "--only", "Layout,Lint", "--cache", "false", "--format", "files"],
    "rust": ["rustfmt", "--edition", "2021", "--check"],
}
"""Commands that fail, or name the file, if the language's formatter would change it."""

WRITTEN = [(language, style) for language in WRITERS for style in STYLES[language]]
QUICK = ("c", "go", "javascript", "php", "python", "ruby")
"""Languages whose programs run within a fraction of a second."""

STRICT = [
    pytest.param(*each, marks=() if each[0] in QUICK else pytest.mark.slow)
    for each in WRITTEN
    if each[0] in COMPILERS
]


def needs(*commands):
    """Skips the test where one of them is not installed."""
    for command in commands:
        if not command[0].startswith("./") and shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")


def ended(command, folder):
    """The result of one command."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    environment["ASAN_OPTIONS"] = "detect_leaks=0"
    environment["GOCACHE"] = str(folder.parent / "go-cache")
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def execute(source, language, folder):
    """The last command's result, or the first that fails."""
    name, commands = COMPILERS[language]
    needs(*commands)
    (folder / name).write_text(source)
    for command in commands:
        result = ended(command, folder)
        if result.returncode:
            break
    return result


@pytest.mark.parametrize(("language", "style"), STRICT)
def test_specimen_agrees_with_interpreter(specimen, language, style, tmp_path):
    cases = draw_cases(specimen, generator(0, "cases"), count=30)
    source = writer(language, style).executable(
        specimen.program, style=style, cases=cases, token=TOKEN
    )
    result = execute(source, language, tmp_path)
    assert (result.returncode, result.stdout) == (0, TOKEN + "\n"), result.stderr + source


@pytest.mark.slow
@pytest.mark.parametrize("language", TOGETHER)
def test_specimens_compiled_together_agree_with_interpreter(all_specimens, language, tmp_path):
    name, above, compiler, runs = TOGETHER[language]
    needs(compiler, runs)
    files = {}
    for place, specimen in enumerate(all_specimens.values()):
        cases = draw_cases(specimen, generator(0, "cases"), count=30)
        for style in STYLES[language]:
            source = writer(language, style).executable(
                specimen.program, style=style, cases=cases, token=TOKEN
            )
            folder = f"{style[:3]}{place}"
            (tmp_path / folder).mkdir()
            files[folder] = name.format(folder=folder)
            (tmp_path / files[folder]).write_text(above.format(folder=folder) + source)
    result = ended([*compiler, *files.values()], tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    for folder, file in files.items():
        result = ended([word.format(folder=folder) for word in runs], tmp_path)
        found = (result.returncode, result.stdout)
        assert found == (0, TOKEN + "\n"), result.stderr + (tmp_path / file).read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "style"), [("c", PROCEDURAL), ("python", PROCEDURAL)])
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), algorithm=st.sampled_from(ALGORITHMS))
def test_algorithm_agrees_with_interpreter(language, style, tmp_path, seed, algorithm):
    exercise = algorithm.make(generator(seed, algorithm.name))
    cases = draw_cases(exercise, generator(seed, "cases"))
    source = writer(language, style).executable(
        exercise.program, style=style, cases=cases, token=TOKEN
    )
    result = execute(source, language, tmp_path)
    assert (result.returncode, result.stdout) == (0, TOKEN + "\n"), result.stderr + source


@pytest.mark.parametrize(("language", "style"), WRITTEN)
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda each: each.name)
def test_code_is_tidy(language, style, algorithm):
    for seed in range(5):
        program = algorithm.make(generator(seed, algorithm.name)).program
        for documented in (False, True):
            code = writer(language, style).code(program, style=style, documented=documented)
            lines = code.split("\n")
            assert max(map(len, lines)) <= 100, code
            assert not any(line != line.rstrip() for line in lines), code
            assert code.endswith("\n") and "\n\n\n\n" not in code
            assert "`" not in code or language not in ("c", "go", "java"), code


@pytest.mark.parametrize(("language", "style"), [each for each in WRITTEN if each[0] in FORMATTERS])
def test_formatter_leaves_specimen_as_it_is(specimen, language, style, tmp_path):
    command = FORMATTERS[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    code = writer(language, style).code(specimen.program, style=style, documented=True)
    path = tmp_path / COMPILERS[language][0]
    path.write_text(code)
    result = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + code


@pytest.mark.parametrize(("language", "style"), WRITTEN)
def test_documented_code_differs_in_comments_only(specimen, language, style):
    plain, documented = (
        writer(language, style).code(specimen.program, style=style, documented=each)
        for each in (False, True)
    )
    words = prose_free(documented)
    assert words != documented
    assert words.split() == plain.split()


def prose_free(code):
    """Code without doc comments: block comments, lines of comment, docstrings."""
    code = re.sub(r"/\*\*.*?\*/|\"\"\".*?\"\"\"", "", code, flags=re.DOTALL)
    return re.sub(r"^\s*(//|#( |$)).*$", "", code, flags=re.MULTILINE)


def test_unknown_language_and_style_are_refused():
    with pytest.raises(ConfigError, match=r"cobol.*python"):
        writer("cobol", PROCEDURAL)
    with pytest.raises(ConfigError, match=r"c is not written.*procedural"):
        writer("c", OBJECT_ORIENTED)


def test_specimens_return_what_they_should(specimen):
    """The interpreter against Python itself, which can run the sources."""
    style: Style = PROCEDURAL
    code = writer("python", style).code(specimen.program, style=style, documented=False)
    names: dict = {}
    exec(code, names)
    entry = names[specimen.program.entry.name]
    for case in draw_cases(specimen, generator(1, "cases"), count=40):
        given = [list(each) if isinstance(each, tuple) else each for each in case.arguments]
        found = entry(*given)
        assert (tuple(found) if isinstance(found, list) else found) == run(
            specimen.program, case.arguments
        )
