"""Programs by the number: the same for the same seed, different, balanced, right."""

import re
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.programs import generation
from neuroglot.programs.catalogue import ALGORITHMS, HELD_OUT, find
from neuroglot.programs.generation import (
    TOKEN,
    draw_programs,
    draw_texts,
    generate,
    named,
    rows,
    written_in,
)
from neuroglot.programs.interpreter import run
from neuroglot.programs.normalisation import digest
from neuroglot.programs.writing import STYLES

few = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 10**6)


@few
@given(seeds)
def test_the_same_seed_gives_the_same_rows(seed):
    assert list(generate(2, seed=seed)) == list(generate(2, seed=seed))


@few
@given(seeds, st.integers(1, 4))
def test_more_programs_begin_with_the_fewer(seed, count):
    more = [each.name for each in draw_programs(6, seed=seed)]
    assert [each.name for each in draw_programs(count, seed=seed)] == more[:count]


@few
@given(seeds, st.sets(st.sampled_from(sorted(STYLES)), min_size=1))
def test_languages_do_not_change_the_programs(seed, languages):
    some = list(generate(2, languages=sorted(languages), seed=seed))
    wanted = [row for row in generate(2, seed=seed) if row.language in languages]
    assert sorted(some, key=lambda row: row.id) == sorted(wanted, key=lambda row: row.id)


def test_programs_are_different_and_balanced():
    drawn = list(draw_programs(3 * len(ALGORITHMS), seed=3))
    assert len({digest(each.program) for each in drawn}) == len(drawn)
    assert len({each.name for each in drawn}) == len(drawn)
    first = Counter(each.algorithm.name for each in drawn[: len(ALGORITHMS)])
    assert first == {algorithm.name: 1 for algorithm in ALGORITHMS}


def test_whole_families_are_held_out():
    for row in generate(len(ALGORITHMS), languages=["python"], styles=["procedural"]):
        assert row.split == ("held_out" if row.family in HELD_OUT else "train")


def test_another_seed_gives_other_programs():
    first, second = (
        {digest(each.program) for each in draw_programs(8, algorithms=["digit_total"], seed=seed)}
        for seed in (0, 1)
    )
    assert first != second


def test_columns_of_a_row():
    found = list(generate(4, levels=[1, 3]))
    assert len({row.id for row in found}) == len(found)
    for row in found:
        assert row.id == f"{row.program}.{row.language}.{row.style}"
        assert find(row.algorithm).family == row.family
        assert row.level == find(row.algorithm).level
        assert row.level in (1, 3)
        assert re.search(rf"\b{re.escape(row.entry)}(?!\w)", row.code)
        asked = re.sub("^(is|has)_", "", row.signature.split("(")[0]).replace("_", "")
        assert row.entry.lower().replace("_", "").rstrip("?").endswith(asked)
        assert row.tests.count(TOKEN) == 1
        assert TOKEN not in row.code
    shared = {(row.program, row.description, row.signature) for row in found}
    assert len(shared) == 4


def test_documented_code_only_has_more_comments():
    plain, documented = (
        list(generate(2, languages=["python"], documented=each)) for each in (False, True)
    )
    for one, other in zip(plain, documented, strict=True):
        assert '"""' in other.code and '"""' not in one.code
        assert (one.tests, one.description) == (other.tests, other.description)


def test_tests_print_the_token_if_the_code_is_right(capsys):
    for row in generate(6, languages=["python"], seed=5):
        exec(row.tests.replace(TOKEN, "right"), {"__name__": "__main__"})
        assert capsys.readouterr().out == "right\n"


def test_tests_find_a_wrong_result(capsys):
    row = next(generate(1, languages=["python"], algorithms=["count_beside"]))
    wrong = re.sub(r"(def check\(.*\n)", r"\1    found += 1\n", row.tests)
    with pytest.raises(SystemExit):
        exec(wrong, {"__name__": "__main__"})
    assert TOKEN not in capsys.readouterr().out


@few
@given(seeds, st.sampled_from(ALGORITHMS))
def test_a_name_brings_its_program_back(seed, algorithm):
    drawn = next(draw_programs(1, algorithms=[algorithm.name], seed=seed))
    again = named(drawn.name)
    assert again.program == drawn.program
    assert (again.cases, again.description) == (drawn.cases, drawn.description)
    assert named(algorithm.name, seed=seed).program == drawn.program
    assert all(run(drawn.program, case.arguments) == case.expected for case in drawn.cases)


def test_languages_and_styles():
    assert set(written_in()) == {(name, style) for name in STYLES for style in STYLES[name]}
    assert written_in(["Py", "c"], ["procedural"]) == (
        ("python", "procedural"),
        ("c", "procedural"),
    )
    assert "c" not in dict(written_in(None, ["object-oriented"]))
    row = next(rows(named("count_runs-0-0"), written_in(["java"], ["object-oriented"])))
    assert (row.language, row.style) == ("java", "object-oriented")


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"count": 0}, "count is 0: give a number of programs"),
        ({"seed": -1}, "seed is -1: give 0 or more"),
        ({"languages": ["cobol"]}, "no programs in language 'cobol': they are written in"),
        ({"languages": ["scala"]}, "no programs in language 'scala'"),
        ({"languages": []}, "no language is given"),
        ({"languages": ["c"], "styles": ["object-oriented"]}, "c is not written in style"),
        ({"styles": ["baroque"]}, "unknown style 'baroque': known are procedural"),
        ({"levels": [0]}, "unknown level 0"),
        ({"algorithms": ["count_run"]}, "did you mean count_runs"),
    ],
)
def test_refused_before_the_first_row(choice, words):
    with pytest.raises(ConfigError, match=words):
        generate(**{"count": 1} | choice)


def test_no_more_programs_than_there_are(monkeypatch):
    monkeypatch.setattr(generation, "TRIES", 1)
    found = []
    with pytest.raises(ConfigError, match="count is 9999, but only") as refusal:
        for each in draw_programs(9_999, algorithms=["selection_sort"]):
            found.append(each)
    assert f"only {len(found)} different programs" in str(refusal.value)
    assert len({digest(each.program) for each in found}) == len(found) > 1


def test_no_program_of_that_name():
    with pytest.raises(ConfigError, match="unknown algorithm 'count-runs'"):
        named("count-runs")


def test_a_question_of_ruby_keeps_its_mark():
    found = [
        row
        for row in generate(60, languages=["ruby"], styles=["procedural"], seed=2)
        if re.search(rf"\bdef {re.escape(row.entry)}\?", row.code)
    ]
    assert found == []
    assert any(row.entry.endswith("?") for row in generate(60, languages=["ruby"], seed=2))


def test_texts_are_the_programs_without_their_tests():
    drawn = [digest(each.program) for each in draw_programs(12, seed=3)]
    texts = [digest(each.program) for each in islice(draw_texts(seed=3), 16)]
    assert len(set(texts)) == 16
    # Those without a test that tells right from wrong stand among them.
    assert [each for each in texts if each in drawn] == drawn
    assert all(each.description.endswith(".") for each in islice(draw_texts(seed=3), 16))
