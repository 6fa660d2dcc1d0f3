"""Programs of every language in boxes: they agree with the interpreter, and a wrong one is told."""

from dataclasses import replace

import pytest

from neuroglot.base.seeds import generator
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.generation import draw, rows, written_in
from neuroglot.programs.verification import verify
from neuroglot.programs.writing import STYLES, writer
from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.outcomes import Program, passed_line
from neuroglot.sandbox.running import run_programs

each_language = pytest.mark.parametrize("language", STYLES)


@pytest.fixture(autouse=True)
def _needed(boxes, language):
    found = find_toolchain(language)
    if found.lack:
        pytest.skip(found.remedy)


def statuses(language, tests):
    """(name, source) of programs -> what became of each, by name."""
    outcomes = run_programs([Program(language, source) for _, source in tests], workers=1)
    return {name: each.status for (name, _), each in zip(tests, outcomes, strict=True)}


def kind(specimen):
    """The type of what a specimen returns."""
    return specimen.program.entry.returns


def another(value):
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return "b" if value == "a" else "a"
        case _:
            return (*value[:-1], value[-1] + 1) if value else (0,)


@pytest.mark.slow
@each_language
def test_specimens_pass_and_a_wrong_result_is_told(all_specimens, language):
    """Of each type of result, one specimen is told a wrong one."""
    # All in one call by one worker: a compiler that takes seconds to start then starts once.
    told = {kind(specimen): name for name, specimen in all_specimens.items()}
    tests, expected = [], {}
    for name, specimen in all_specimens.items():
        *others, last = draw_cases(specimen, generator(0, "cases"), count=10)
        broken = [*others, replace(last, expected=another(last.expected))]
        outcomes = {"passed": [*others, last]}
        if name in told.values():
            outcomes["wrong"] = broken
        for style in STYLES[language]:
            for status, cases in outcomes.items():
                source = writer(language, style).executable(
                    specimen.program, style=style, cases=cases, token=passed_line()
                )
                tests.append((f"{name} {style} {status}", source))
                expected[tests[-1][0]] = status
    assert statuses(language, tests) == expected


@pytest.mark.slow
@each_language
def test_a_program_of_each_of_many_algorithms_passes(language):
    """Every sixth algorithm, another sixth for each language, the styles in turn.

    Two languages share a sixth, each in the style that the other has not. In Python: all of them.
    """
    place = list(STYLES).index(language)
    written = written_in([language])
    if language == "python":
        made = [row for each in ALGORITHMS for row in rows(draw(each, seed=0, number=1), written)]
    else:
        made = [
            row
            for turn, each in enumerate(ALGORITHMS[place % 6 :: 6], start=place // 6)
            for row in rows(draw(each, seed=place, number=1), [written[turn % len(written)]])
        ]
    # One worker: two would each start a compiler that takes seconds to start.
    found = verify(made, workers=1)
    assert found.passed, [(row.id, outcome.detail) for row, outcome in found.failures]
    assert {row["status"] for row in found.counts} == {"passed"}
    assert sum(row["count"] for row in found.counts) == len(made) > 10


@pytest.mark.parametrize("language", ["python"])
def test_what_fails_is_counted_by_its_status(language):
    made = list(rows(draw(ALGORITHMS[0], seed=0, number=0), written_in([language], ["procedural"])))
    early = replace(made[0], tests="import sys\nsys.exit(0)\n")
    broken = replace(made[0], tests="def f(:\n")
    found = verify([*made, early, broken])
    assert not found.passed
    assert [outcome.status for outcome in found.outcomes] == ["passed", "wrong", "compile_error"]
    assert found.counts == [
        {"language": "python", "style": "procedural", "status": status, "count": 1}
        for status in ("passed", "wrong", "compile_error")
    ]
