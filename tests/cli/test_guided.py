"""`neuroglot study neuron-guided`: on the planted model, and asked for wrong things."""

import json

import pytest


def write(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.fixture
def items(tmp_path):
    """Twelve problems in two languages, long enough for a reading."""
    rows = [
        {
            "id": f"{n}",
            "problem": f"{n // 2}",
            "python": f"def f{n}(x):\n    return x + {n}\n" * 4,
            "java": f"int f{n}(int x) {{ return x + {n}; }}\n" * 4,
        }
        for n in range(24)
    ]
    return write(tmp_path / "items.jsonl", rows)


def line(items, *more):
    return (
        *("study", "neuron-guided", "--model", "planted", "--parallel", items),
        *("--profile", "quick", "--draws", "1", "--eval-tokens", "1000", *more),
    )


def test_it_ends_with_claims_and_a_page_and_goes_on(neuroglot, items):
    first = neuroglot(*line(items), "--json")
    assert first.status == 0, first.err
    assert {claim["id"] for claim in first.json["claims"]} >= {"B-1", "B-2", "B-3", "B-4", "B-5b"}
    assert first.json["report"]
    again = neuroglot(*line(items), "--json")
    assert again.json["path"] == first.json["path"]


def test_wrong_inputs_are_said_in_one_line(neuroglot, items, tmp_path):
    short = write(
        tmp_path / "short.jsonl",
        [{"id": f"{n}", "python": f"a = {n}", "java": f"int a = {n};"} for n in range(8)],
    )
    alone = write(
        tmp_path / "alone.jsonl",
        [{"id": f"{n}", "python": f"def f{n}(x):\n    return x\n" * 9} for n in range(24)],
    )
    for words, said in (
        (line(items, "--ratio", "0.5"), "ratio is 0.5: give at least 1"),
        (line(items, "--top", "0"), "top is 0.0: give a share"),
        (line(items, "--draws", "0"), "draws is 0: give at least 1"),
        (line(short), "too little text"),
        (line(alone), "is in one language"),
        (line(items, "--items", "1"), "of 1 problem"),
        (line(tmp_path / "nothing.jsonl"), "nothing at"),
    ):
        neuroglot(*words).refusal(said)
