"""McEval's layout read as tasks that run: solutions pass, wrong ones do not."""

import json

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.measure.execution import cut
from neuroglot.programs.mceval import is_mceval, mceval
from neuroglot.programs.tasks import program
from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.running import run_programs

ROWS = {
    "Python": (
        'from math import sqrt\n \ndef more(n: int) -> int:\n    """ As more(1) is 2.\n    """',
        "    return n + 1",
        "def check(f):\n    assert f(1) == 2\n \ncheck(more)\nprint('All tests passed')",
    ),
    "JavaScript": (
        "\n/** One more, as more(1) is 2. */\nconst more = (n) => {",
        "return n + 1;\n};",
        "(() => {\n    console.assert(more(1) === 2);\n})();",
    ),
    "Java": (
        "import java.util.*;\n\npublic class Solution {\n    /** One more. */\n"
        "    public static int more(int n) ",
        "    {\n        return n + 1;\n    }",
        "    public static void main(String[] args) {\n        assert more(1) == 2;\n"
        '        System.out.println("All tests passed");\n    }\n}',
    ),
    "CPP": (
        "#include <cmath>\n// One more.\nint more(int n)",
        "{\n    return n + 1;\n}",
        "int main() {\n    assert(more(1) == 2);\n    // all passed\n    return 0;\n}",
    ),
    "Go": (
        'package main\n\nimport (\n\t"math"\n\t"testing"\n\n'
        '\t"github.com/stretchr/testify/assert"\n)\n// One more.\nfunc more(n int) int {',
        "return n + int(math.Abs(1))\n}",
        "func TestMore(t *testing.T) {\n\tassert := assert.New(t)\n\tassert.Equal(2, more(1))\n}",
    ),
}


def row(language, number=1, **changed):
    prompt, solution, test = ROWS[language]
    values = {
        "task_id": f"{language}/{number}",
        "prompt": prompt,
        "canonical_solution": solution,
        "test": test,
        "entry_point": "more",
        "level": "easy",
    }
    return values | changed


def written(file, *rows):
    file.write_text("".join(f"{json.dumps(each)}\n" for each in rows))
    return file


@pytest.fixture
def tasks(tmp_path):
    """A task of each language, by its language."""
    for language in ROWS:
        written(tmp_path / f"{language}.jsonl", row(language))
    return {task.language: task for task in mceval(tmp_path)}


def test_a_folder_and_a_file_are_read(tmp_path, tasks):
    assert set(tasks) == {"python", "javascript", "java", "cpp", "go"}
    assert mceval(tmp_path / "Go.jsonl") == [tasks["go"]]
    assert is_mceval(tmp_path) and is_mceval(tmp_path / "Go.jsonl")
    assert all(task.prompt.endswith("\n") for task in tasks.values())
    assert {language: task.declaration.splitlines()[-1] for language, task in tasks.items()} == {
        "python": "def more(n: int) -> int:",
        "javascript": "const more = (n) => {",
        "java": "    public static int more(int n) ",
        "cpp": "int more(int n)",
        "go": "func more(n int) int {",
    }


def test_go_s_program_has_one_package_and_the_imports_that_it_uses(tasks):
    source = program(tasks["go"], tasks["go"].canonical).source
    assert source.count("package main") == source.count("import") == 1
    assert '"github.com/stretchr/testify/assert"' in source and '"math"' in source
    assert '"math"' not in program(tasks["go"], "return n + 1\n}").source


@pytest.mark.slow
@pytest.mark.xdist_group("libraries")
@pytest.mark.usefixtures("boxes")
@pytest.mark.parametrize("language", ["python", "javascript", "java", "cpp", "go"])
def test_solutions_pass_and_wrong_ones_do_not(language, tasks):
    if (found := find_toolchain(language)).lack:
        pytest.skip(found.remedy)
    task = tasks[language]
    # What a model writes goes on, and is cut where the function ends; it closes no class.
    name = {"javascript": "JavaScript", "cpp": "CPP"}.get(language, language.title())
    answer = f"\n{ROWS[name][1]}\n\nmore"
    right = [program(task, task.canonical), program(task, cut(task, answer))]
    wrong = [program(task, task.canonical.replace("+", "-"))]
    outcomes = run_programs([*right, *wrong])
    statuses = [outcome.status for outcome in outcomes]
    if "no_toolchain" in statuses:
        pytest.skip(outcomes[0].detail)
    assert statuses == ["passed", "passed", "wrong"], outcomes


def test_tasks_in_other_languages_are_left_out(tmp_path):
    other = row("Python") | {"task_id": "Fortran/1"}
    file = written(tmp_path / "all.jsonl", other, row("Python", 2))
    assert [task.id for task in mceval(file)] == ["Python/2"]
    with pytest.raises(CorpusError, match="in a language that is run: these are python, java"):
        mceval(written(file, other))


def test_what_is_not_mceval_is_told_apart_and_refused(tmp_path):
    plain = {"task_id": "Python/1", "prompt": "def"}
    assert not is_mceval(written(tmp_path / "other.jsonl", plain))
    (tmp_path / "broken.jsonl").write_text("{")
    assert not is_mceval(tmp_path / "broken.jsonl")
    assert not is_mceval(tmp_path / "absent.jsonl")
    with pytest.raises(CorpusError, match="has no text as test"):
        mceval(written(tmp_path / "lacks.jsonl", row("Python", test=7)))
