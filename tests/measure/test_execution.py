"""Completions are run: the right one passes in every language, and a wrong one is told."""

import pytest

from neuroglot.base.errors import ConfigError, SandboxError
from neuroglot.measure import execution
from neuroglot.measure.execution import row_outcomes, task_outcomes
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.generation import generate
from neuroglot.programs.tasks import Task
from neuroglot.programs.writing import STYLES
from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.sandbox.probing import require_box

JAVA = Task(
    id="Java/0",
    language="java",
    prompt="class Solution {\n    /** One more. */\n    public int more(int n) {\n",
    declaration="",
    canonical="",
    tests=(
        "public class Main {\n    public static void main(String[] args) {\n"
        "        if (new Solution().more(1) != 2) { throw new AssertionError(); }\n    }\n}\n"
    ),
)


@pytest.fixture
def boxes():
    try:
        require_box()
    except SandboxError as error:
        pytest.skip(str(error))


@pytest.fixture
def ran(monkeypatch):
    """The programs that would be run; each is said to have passed where it holds `right`."""
    seen = []

    def run(programs, **_):
        seen.extend(programs)
        return [
            Outcome("passed" if "right" in each.source else "wrong", "run") for each in programs
        ]

    monkeypatch.setattr(execution, "run_programs", run)
    return seen


@pytest.mark.slow
@pytest.mark.usefixtures("boxes")
@pytest.mark.parametrize("language", STYLES)
def test_the_right_body_passes_and_a_wrong_one_does_not(language):
    if (found := find_toolchain(language)).lack:
        pytest.skip(found.remedy)
    rows = [
        row
        for row in generate(2, languages=[language], levels=[1], seed=9)
        if "\n" in entry_prompt(row).answer
    ]
    right = [entry_prompt(row).answer for row in rows]
    garbled = [f"  @ {answer}" for answer in right]
    outcomes = row_outcomes([*rows, *rows], [*right, *garbled], workers=1)
    statuses = [outcome.status for outcome in outcomes]
    assert statuses[: len(rows)] == ["passed"] * len(rows), outcomes
    assert set(statuses[len(rows) :]) <= {"wrong", "crashed", "compile_error"}, outcomes


@pytest.mark.slow
@pytest.mark.usefixtures("boxes")
def test_a_completion_may_use_what_nobody_imported():
    if (found := find_toolchain("python")).lack:
        pytest.skip(found.remedy)
    (row,) = generate(1, languages=["python"], styles=["procedural"], levels=[1], seed=9)
    body = f"    math.sqrt(4)\n    collections.Counter()\n{entry_prompt(row).answer}"
    (outcome,) = row_outcomes([row], [body])
    assert outcome.status == "passed", outcome


@pytest.mark.slow
@pytest.mark.usefixtures("boxes")
def test_a_task_is_closed_where_its_function_ends():
    if (found := find_toolchain("java")).lack:
        pytest.skip(found.remedy)
    more = "\n\n    public int other() {"
    completions = [f"        return n + {by};\n    }}{more}" for by in (1, 2)]
    outcomes = task_outcomes([JAVA, JAVA], completions)
    assert [outcome.status for outcome in outcomes] == ["passed", "wrong"], outcomes


def test_a_completion_is_cut_and_its_class_closed(ran):
    task_outcomes([JAVA], ["        return right;\n    }\n\n    int other("])
    (program,) = ran
    assert "return right;\n    }\n}\n" in program.source
    assert "other" not in program.source


def test_equal_programs_are_run_once_and_told_in_order(ran):
    (row,) = generate(1, languages=["python"], styles=["procedural"], seed=9)
    bodies = ["    return right", "    return 2", "    return right", "    return right\n\nmore"]
    outcomes = row_outcomes([row] * 4, bodies)
    assert [outcome.status for outcome in outcomes] == ["passed", "wrong", "passed", "passed"]
    assert len(ran) == 2


def test_one_completion_is_wanted_for_each(ran):
    with pytest.raises(ConfigError, match="1 completions for 2 tasks or rows"):
        task_outcomes([JAVA, JAVA], [""])
    assert row_outcomes([], []) == []


GO = Task(
    id="Go/0",
    language="go",
    prompt="func Even(n int) bool {\n",
    declaration="func Even(n int) bool {\n",
    canonical="",
    tests="func TestEven(t *testing.T) { if !Even(2) { t.Fail() } }\n",
)
BODY = "    return half(n)*2 == n\n}\n"
HELPER = "\nfunc half(n int) int {\n    return n / 2\n}\n"


@pytest.mark.parametrize(
    ("behind", "is_kept"),
    [
        (HELPER, True),
        ("\nfunc third(n int) int {\n    return n / 3\n}\n", False),
        (HELPER + GO.prompt + BODY, False),
        (HELPER + "\nfunc main() {}\n", False),
        (HELPER + "\nfunc broken(", False),
        ("\nAnd this is how it works: half(n)", False),
    ],
    ids=["helper", "another function", "once more", "main", "not whole", "prose"],
)
def test_what_follows_a_function_stays_where_the_function_needs_it(behind, is_kept):
    found = execution.cut(GO, BODY + behind)
    assert found.strip() == (BODY + behind if is_kept else BODY).strip()


def test_a_helper_stays_inside_a_class_of_java():
    body = "        return half(n) + 1;\n    }\n"
    helper = "    int half(int n) { return n / 2; }\n"
    for closing in ("", "}\n"):
        found = execution.cut(JAVA, body + helper + closing)
        assert "".join(found.split()) == "".join((body + helper + "}").split())


def test_what_the_tests_call_stays_too():
    rust = Task(
        id="Rust/0",
        language="rust",
        prompt="fn is_even(n: i32) -> bool {\n",
        declaration="fn is_even(n: i32) -> bool {\n",
        canonical="",
        tests="#[test]\nfn test_evens() { assert_eq!(evens(4), 3); }\n",
    )
    answer = (
        "    n % 2 == 0\n}\n\nfn evens(n: i32) -> usize {\n"
        "    (0..=n).filter(|each| is_even(*each)).count()\n}\n"
    )
    assert execution.cut(rust, answer) == answer
