"""`neuroglot lens` and `mexa`: on the planted model, and asked for wrong things."""

import json

import pytest

ROWS = [
    {"id": f"{n}", "problem": f"{n // 2}", "python": f"a{n} = {n}", "java": f"int a{n} = {n};"}
    for n in range(8)
]


@pytest.fixture
def items(tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return file


@pytest.fixture
def english(tmp_path):
    file = tmp_path / "english.txt"
    file.write_text("the\nlist\nnumber\nvalue\n")
    return file


def lens(items, english, *more):
    return (
        *("lens", "--model", "planted", "--parallel", items, "--english", english),
        *("--profile", "quick", "--items", "3", *more),
    )


def test_each_verb_ends_with_claims_and_goes_on(neuroglot, items, english):
    for line, claims in (
        (lens(items, english), {"A-6", "A-7", "A-8"}),
        (("mexa", "--model", "planted", "--parallel", items, "--profile", "quick"), set()),
    ):
        first = neuroglot(*line, "--json")
        assert first.status == 0, first.err
        assert {claim["id"] for claim in first.json["claims"]} == claims
        again = neuroglot(*line, "--json")
        assert again.json["path"] == first.json["path"]


def test_wrong_inputs_are_said_in_one_line(neuroglot, items, english, tmp_path, monkeypatch):
    monkeypatch.delenv("NEUROGLOT_DATA", raising=False)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "python.json").write_text(json.dumps(["if"]))
    few = tmp_path / "few"
    few.mkdir()
    (few / "go.json").write_text(json.dumps({"name": "Go", "keywords": ["func"]}))
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "python.json").write_text(json.dumps({"name": "Python", "keywords": ["zyxwvutsr"]}))
    empty = tmp_path / "empty.txt"
    empty.write_text("12\n")
    long = tmp_path / "long.jsonl"
    long.write_text(
        "".join(
            json.dumps({"id": f"{n}", "python": "x = 1\n" * 9_000, "java": "int x;"}) + "\n"
            for n in range(2)
        )
    )
    unequal = tmp_path / "unequal.jsonl"
    unequal.write_text('{"id": "1", "python": "a"}\n{"id": "2", "java": "b"}\n')
    for line, words in (
        (lens(items, english, "--keywords", bad), ("is no keyword list",)),
        (lens(items, english, "--keywords", few), ("has no keyword list", "--keywords")),
        (lens(items, english, "--keywords", strange), ("is a token by itself",)),
        (lens(items, empty), ("holds no words",)),
        (lens(long, english), ("is longer than",)),
        (lens(unequal, english), ("no item of", "ask for fewer languages")),
        (lens(items, english, "--languages", "go,python"), ("no go in",)),
        (lens(items, english, "--languages", "python"), ("translation needs two",)),
        (lens(tmp_path / "absent", english), ("nothing at",)),
        (lens("cost", english), ("NEUROGLOT_DATA",)),
        (lens(items, english, "--items", "0"), ("items is 0",)),
        (lens(items, english, "--tuned", "0"), ("tuned is 0",)),
        (("mexa", "--model", "planted", "--parallel", long), ("has", "positions for")),
    ):
        neuroglot(*line).refusal(*words)
