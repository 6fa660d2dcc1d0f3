"""Clones: labels are true when executed, and token overlap does not tell them."""

import ast
from collections import Counter
from statistics import mean

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.clones import TYPES, clones, overlap
from neuroglot.programs.generation import draw_programs, named
from neuroglot.programs.normalisation import digest


@pytest.fixture(scope="module")
def drawn():
    return list(draw_programs(12))


@pytest.fixture(scope="module")
def python(drawn):
    return clones(drawn, languages=["python"])


def results(code, cases):
    """What the entry of Python code gives for each case; an error by its name."""
    names = {}
    exec(code, names)
    last = ast.parse(code).body[-1]
    found = []
    for case in cases:
        given = [list(each) if isinstance(each, tuple) else each for each in case.arguments]
        try:
            if isinstance(last, ast.FunctionDef):
                value = names[last.name](*given)
            else:
                methods = [each for each in last.body if isinstance(each, ast.FunctionDef)]
                held = methods[0].name == "__init__"
                made = names[last.name](*given[:held])
                value = getattr(made, methods[held].name)(*given[held:])
        except (TypeError, IndexError, AttributeError, ValueError, ZeroDivisionError) as error:
            value = type(error).__name__
        found.append(tuple(value) if isinstance(value, list) else value)
    return found


def test_labels_are_true_when_executed(python):
    code = {row["id"]: row["code"] for row in python.functions}
    for pair in python.pairs:
        program = named(pair["id1"].split(".")[0])
        expected = [case.expected for case in program.cases]
        assert results(code[pair["id1"]], program.cases) == expected
        found = results(code[pair["id2"]], program.cases)
        assert (found == expected) is bool(pair["label"]), code[pair["id2"]]


def test_tables(drawn, python):
    ids = [row["id"] for row in python.functions]
    assert len(set(ids)) == len(ids)
    assert all(set(row) == {"id", "language", "code"} for row in python.functions)
    assert {pair[key] for pair in python.pairs for key in ("id1", "id2")} == set(ids)
    counts = Counter((pair["type"], pair["label"]) for pair in python.pairs)
    for kind in TYPES:
        assert counts[kind, 0] == counts[kind, 1] > 0.8 * len(drawn)


def test_types_are_what_they_say(python):
    code = {row["id"]: row["code"] for row in python.functions}
    for pair in python.pairs:
        if not pair["label"]:
            continue
        trees = [shape(code[pair[key]], pair["type"]) for key in ("id1", "id2")]
        assert (trees[0] == trees[1]) is (pair["type"] < 3), pair


def shape(code, kind):
    """The tree of Python code without comments, and from type 2 on without names."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and isinstance(getattr(body[0], "value", None), ast.Constant):
            is_comment = isinstance(body[0], ast.Expr)
            node.body = body[is_comment:]
        for name in ("id", "name", "arg", "attr"):
            if kind > 1 and hasattr(node, name):
                setattr(node, name, "")
    return ast.dump(tree)


def test_overlap_does_not_tell_the_labels(drawn):
    found = clones(drawn)
    code = {row["id"]: row["code"] for row in found.functions}
    for kind in TYPES:
        shares = [
            [
                overlap(code[pair["id1"]], code[pair["id2"]])
                for pair in found.pairs
                if (pair["type"], pair["label"]) == (kind, label)
            ]
            for label in (0, 1)
        ]
        gaps = [abs(one - other) for one, other in zip(*shares, strict=True)]
        assert max(gaps) < 0.08
        assert abs(mean(shares[0]) - mean(shares[1])) < 0.03


def test_type_four_crosses_languages(drawn):
    found = clones(drawn[:4])
    languages = {row["id"]: row["language"] for row in found.functions}
    kinds = {
        (pair["type"] == 4, languages[pair["id1"]] != languages[pair["id2"]])
        for pair in found.pairs
    }
    assert (True, True) in kinds
    assert (False, True) not in kinds


def test_the_same_seed_gives_the_same_pairs(drawn):
    first, again, other = (clones(drawn[:3], languages=["c"], seed=seed) for seed in (0, 0, 1))
    assert first == again != other


def test_another_form_of_an_algorithm_is_a_clone_of_type_four():
    two_forms = [named(f"reverse_text-0-{number}") for number in (0, 5)]
    assert len({digest(each.program) for each in two_forms}) == 2
    found = clones(two_forms, languages=["c"])
    fours = [pair for pair in found.pairs if pair["type"] == 4]
    assert Counter(pair["label"] for pair in fours) == {0: 2, 1: 2}


def test_overlap_by_hand():
    assert overlap("a = b + 1", "a = b + 1") == 1
    assert overlap("a b", "c d") == overlap("", "") == 0
    assert overlap("a a b", "a b b") == 2 / 4
    assert overlap("x+1", "x + 2") == 2 / 4


def test_unknown_language(drawn):
    with pytest.raises(ConfigError, match="'cobol'"):
        clones(drawn[:1], languages=["cobol"])
