"""`neuroglot check`: passes on a good model, names what fails, refuses what is none."""

import json

import pytest


def test_a_good_model_passes(neuroglot, is_narrow):
    answer = neuroglot("check", "planted")
    assert answer.status == 0
    assert is_narrow(answer.out)
    assert "22 of 22 checks passed" in answer.out
    assert "✗" not in answer.out
    assert answer.err == "loading the model planted\n"


def test_too_little_text_is_status_1_with_what_to_do(neuroglot, code_folder, is_narrow):
    words = ("check", "planted", "--data", code_folder, "--tokens-per-language", "2000")
    answer = neuroglot(*words)
    assert answer.status == 1
    assert is_narrow(answer.out)
    assert "✗ tokens_go, tokens_python: add text, or raise --tokens-per-language" in answer.out
    row = next(line for line in answer.out.splitlines() if "tokens_go" in line)
    assert row.split()[:4] == ["✗", "tokens_go", "2,000", "100,000"]
    failed = [row["name"] for row in neuroglot(*words, "--json").json if not row["passed"]]
    assert failed == ["tokens_go", "repositories_go", "tokens_python", "repositories_python"]


def test_json_holds_no_nan(process, good_model):
    answer = process("check", good_model, "--json")
    assert answer.status in (0, 1)
    json.loads(answer.out, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ("missing argument 'MODEL'", "neuroglot check --help")),
        (("./nothing",), ("no folder ./nothing", "give a model's folder")),
        (("planted", "--data", "nothing"), ("no file or folder 'nothing'",)),
        (("planted", "--data", "planted", "--languages", "go,php"), ("no PHP in 'planted'",)),
        (("planted", "--data", "planted", "--tokens-per-language", "10"), ("is 10", "1,000")),
    ],
)
def test_bad_input(neuroglot, words, said):
    neuroglot("check", *words).refusal(*said)


def test_a_file_is_no_model(neuroglot, good_model):
    neuroglot("check", good_model / "config.json").refusal("config.json is a file", "folder")
