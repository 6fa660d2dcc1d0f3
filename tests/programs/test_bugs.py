"""Bugs planted in code: one change each, drawn by the seed, and they show."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.bugs import bugs

BEFORE = "def largest(numbers, least=3):\n"
CODE = (
    "    best = least + 1\n    for n in numbers:\n        if n > best and True:\n"
    "            best = n\n    # 5 > 4\n    return max(best, -2), 'ä', \"\"\n"
)


def found(code=CODE, before=BEFORE, language="python", seed=0):
    return list(bugs(before, code, language=language, seed=seed))


def test_each_bug_is_one_of_the_changes_and_none_is_lost():
    one_change = {
        CODE.replace(old, new)
        for old, new in [
            ("least + 1", "least - 1"), ("least + 1", "least + 2"), ("n > best", "n <= best"),
            (" and ", " or "), ("True", "False"), ("max", "min"), ("-2", "-3"), ("'ä'", "'x'"),
            ('""', '"x"'), ('""\n', '"" + 1\n'),
            ("least + 1", "least"), ("n > best and True", "n > best"),
        ]
    }  # fmt: skip
    assert set(found()) - one_change == set()
    assert len(found()) == len(one_change) == len(set(found()))


def test_what_stands_before_and_comments_are_left_alone():
    assert not [code for code in found() if "# 5 > 4" not in code]
    assert found("", BEFORE + CODE) == []


def test_the_seed_gives_the_order_and_nothing_else():
    assert found(seed=1) == found(seed=1) != found(seed=2)
    assert set(found(seed=1)) == set(found(seed=2))


def test_calls_results_and_operands_change_last():
    code = "    check(n)\n    return sorted(numbers) if numbers else [n.strip()]\n"
    assert set(found(code)[-2:]) == {
        code.replace("check(n)", "check(numbers)"),
        code.replace("sorted(numbers)", "sorted(n)"),
    }
    assert set(found(code)[-6:-2]) == {
        code.replace("check(n)", "0"),
        code.replace("n.strip()", "n"),
        code.replace("sorted(numbers)", "numbers"),
        code.replace("[n.strip()]", "[n.strip()] + 1"),
    }


@pytest.mark.parametrize(
    ("language", "before", "code", "bug"),
    [
        (
            "java",
            "class S { int f(java.util.List<Integer> x) {",
            " return x.size() == 0; } }",
            "!=",
        ),
        ("java", "class S { void f() {", " List<Integer> x = new ArrayList<Integer>(); } }", None),
        ("cpp", "int f(std::vector<int> x) {", " std::vector<int> y; return x; }", None),
        ("go", "func F(s string) bool {", ' return s == "a" }', '"ax"'),
        ("javascript", "const f = (n) => {", " return n === 1; }", "!=="),
        ("rust", "fn f(v: Vec<i32>) -> bool {", " v.len() >= 2 }", "<"),
        ("rust", "fn f(v: Vec<char>) -> char {", " 'x' }", "'y'"),
    ],
)
def test_every_language_has_its_bugs(language, before, code, bug):
    tokens = [made for made in found(code, before, language) if "+ 1" not in made]
    if bug is None:
        assert not [made for made in tokens if made.count("<") != code.count("<")]
    else:
        assert any(bug in made for made in tokens), tokens


def test_a_language_without_a_grammar_is_refused():
    with pytest.raises(ConfigError, match="no grammar"):
        found(language="english")
