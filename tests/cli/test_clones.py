"""`neuroglot clones`: pairs told by a run, and the most alike functions of a folder."""

import json

import pytest

from neuroglot.lm.loading import load
from neuroglot.runs.directory import open_run
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies import clone_detection
from neuroglot.studies.language_neurons import described_model
from neuroglot.text.clone_files import read_clone_pairs

FORM = "def {0}(a):\n    b = a + {1}\n    c = b * 2\n    d = c - a\n    return d\n"


@pytest.fixture
def run(good_model, tmp_path):
    """A finished run of the tiny model that found no band."""
    with open_for_writing(
        tmp_path / "run",
        study="mexa",
        command="",
        parameters={},
        seed=0,
        model=described_model(load(good_model)),
        data={"source": "hand", "digest": "x", "languages": ["python", "go"]},
        steps=["mexa"],
    ) as writer:
        with writer.step("mexa"):
            pass
        return writer.finish()


@pytest.fixture
def pairs(tmp_path):
    """Six problems, each with a clone and another pair."""
    functions, rows = [], []
    for p in range(6):
        for name in "abc":
            code = FORM.format(name, p if name != "c" else p + 10)
            functions.append({"id": f"{p}{name}", "language": "python", "code": code})
        rows.append({"id1": f"{p}a", "id2": f"{p}b", "label": 1})
        rows.append({"id1": f"{p}a", "id2": f"{p}c", "label": 0})
    for place, own in (("x_functions", functions), ("x_pairs", rows)):
        lines = "".join(json.dumps(each | {"problem": each.get("problem")}) + "\n" for each in own)
        (tmp_path / f"{place}.jsonl").write_text(lines)
    return tmp_path / "x_pairs.jsonl"


def test_a_run_gets_the_step_by_the_short_line_and_the_long(neuroglot, run, pairs):
    line = (run.path, "--pairs", pairs, "--profile", "quick", "--asked", "2")
    answer = neuroglot("clones", *line)
    assert answer.status == 0, answer
    assert "B-7 Concept layers" in answer.out and "these files only" in answer.out
    made = open_run(run.path)
    assert made.has("clones") and made.has_tensors("embeddings")
    assert "Telling clones" in made.report_path.read_text()
    again = neuroglot("clones", "run", *line, "--json")
    assert [claim["id"] for claim in again.json["claims"]] == ["B-7"]


def test_generated_pairs_are_of_the_run_s_languages(neuroglot, run, pairs, monkeypatch):
    asked = []

    def made(languages, *, count, seed):
        asked.append((languages, count, seed))
        return read_clone_pairs(pairs)

    monkeypatch.setattr(clone_detection, "program_clones", made)
    line = ("clones", run.path, "--profile", "quick", "--json")
    assert neuroglot(*line).status == 0
    assert neuroglot(*line, "--items", "6", "--seed", "1", "--languages", "java").status == 2
    assert asked == [(["python", "go"], 60, 0), (("java",), 6, 1)]


def test_wrong_inputs_are_one_line(neuroglot, run, pairs, tmp_path):
    neuroglot("clones", tmp_path / "nowhere").refusal("nowhere", "is not a run")
    neuroglot("clones", run.path, "--pairs", "nothing.csv").refusal("no file 'nothing.csv'")
    neuroglot("clones", run.path, "--functions", pairs).refusal("--functions goes with a file")
    neuroglot("clones", run.path, "--asked", "-1").refusal("asked is -1")
    pairs.write_text(pairs.read_text() + "{}\n")
    neuroglot("clones", run.path, "--pairs", pairs).refusal("line 13 of x_pairs.jsonl has no id1")
    assert not open_run(run.path).has("clones")


@pytest.fixture
def code(tmp_path):
    folder = tmp_path / "code"
    (folder / "repo").mkdir(parents=True)
    for n in range(4):
        (folder / "repo" / f"p{n}.py").write_text(FORM.format(f"f{n}", "9" * (n + 1)))
    (folder / "repo" / "copy.py").write_text("x = 1\n\n\n" + FORM.format("f0", "9"))
    go = "package a\n\nfunc g(a int) int {\n\tb := a + 9\n\tc := b\n\td := c\n\treturn d\n}\n"
    (folder / "repo" / "g.go").write_text(go)
    return folder


def test_a_search_lists_copies_and_pairs_with_their_places(neuroglot, good_model, code, tmp_path):
    out = tmp_path / "found.jsonl"
    line = ("clones", "search", code, "--model", good_model, "--threshold", "-1")
    answer = neuroglot(*line, "--out", out)
    assert answer.status == 0, answer
    told = " ".join(answer.out.split())
    assert "6 functions, 1 of them copies" in told
    assert "repo/copy.py:4 f0" in told and "repo/p0.py:1 f0" in told
    for heading in ("the same but for blanks", "other names, one language", "two languages"):
        assert heading in told
    rows = [json.loads(text) for text in out.read_text().splitlines()]
    assert rows == neuroglot(*line, "--json").json["pairs"]
    assert {row["kind"] for row in rows} == {"copy", "near", "two languages"}
    assert [file.name for file in tmp_path.glob(".found*")] == []
    some = neuroglot(*line, "--json", "--top", "1", "--layers", "0", "--languages", "python").json
    assert (len(some["pairs"]), some["layers"], some["functions"]) == (2, [0, 0], 5)


def test_a_search_that_cannot_be_is_one_line(neuroglot, good_model, code, tmp_path):
    line = ("clones", "search", code, "--model", good_model)
    neuroglot(*line, "--layers", "7-9").refusal("no layers 7-9 in this model")
    neuroglot(*line, "--layers", "x").refusal("no layers 'x'", "as 4-7")
    neuroglot(*line, "--lines", "50").refusal("0 functions of 50 lines or more")
    neuroglot(*line, "--top", "0").refusal("top 0")
    neuroglot(*line, "--out", tmp_path / "a.txt").refusal("is no table")
    neuroglot("clones", "search", tmp_path / "nowhere").refusal("no file or folder")
