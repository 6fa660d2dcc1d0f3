"""`neuroglot sample`, and its samples scored into their run."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from neuroglot.lm.loading import load
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.runs.directory import open_run
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.studies import sample_scoring
from neuroglot.studies.language_neurons import described_model
from pls_run import pls_of, write_pls_run

LANGUAGES = ("python", "go")
ONES = np.ones(7, dtype=int)
FEW = ("--max-new-tokens", "2", "--draws", "1")


@pytest.fixture
def table(tmp_path):
    """Four programs in three languages."""
    file = tmp_path / "mine.jsonl"
    with file.open("wb") as opened:
        rows = generate(4, languages=[*LANGUAGES, "c"], styles=["procedural"], levels=[1], seed=3)
        write_rows(rows, opened, ending=".jsonl")
    return file


@pytest.fixture
def run(good_model, tmp_path):
    """A run of the tiny model whose scores single out a unit of each language."""
    lm = load(good_model)
    sizes = lm.body.sizes
    widths = np.array([32, 16, 16, 32, sizes.neurons, sizes.neurons, 32])
    sums = np.random.default_rng(0).uniform(0.9, 1.1, (2, 4, lm.n_layers, int(widths.sum())))
    sums[0, :, 1, 3] = sums[1, :, 2, 50] = 90
    pls = pls_of(sums, labels=LANGUAGES, widths=widths)
    return write_pls_run(
        tmp_path / "run", pls, languages=list(LANGUAGES), model=described_model(lm)
    )


def read(file):
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


def test_samples_go_into_the_run_and_are_scored_from_there(neuroglot, run, table, monkeypatch):
    answer = neuroglot("sample", run.path, "--tasks", table, *FEW)
    assert answer.status == 0, answer
    (file,) = (run.path / "samples").iterdir()
    assert file.name.startswith("mine-mean-") and file.name in answer.out.replace("\n", "")
    rows = read(file)
    assert {row["language"] for row in rows} == set(LANGUAGES)
    by_arm = {}
    for row in rows:
        by_arm.setdefault(row["arm"], []).append(row)
    # Four tasks in two languages, clean; own and draw 0 on both languages, each task in its fold.
    assert {arm: len(own) for arm, own in by_arm.items()} == {
        "none": 8,
        "neurons": 16,
        "matched": 16,
    }
    assert "units were not scored on these by name" in " ".join(answer.err.split())

    monkeypatch.setattr(
        sample_scoring, "run_programs",
        lambda programs, **_: [Outcome("passed", "run") for _ in programs],
    )  # fmt: skip
    told = " ".join(answer.out.split())
    line = shlex.split(told[told.index("neuroglot score") :])
    again = neuroglot(*line[1:])
    assert again.status == 0, again
    found = open_run(run.path).table("pass_at_k").to_pylist()
    assert {(row["ablated"], row["evaluated"]) for row in found} >= {
        ("none", "go"),
        ("go", "python"),
    }
    assert all(row["value"] == 1 for row in found)


def test_json_languages_and_a_file_of_ones_own(neuroglot, run, table, tmp_path):
    line = ("sample", run.path, "--tasks", table, *FEW, "--languages", "go", "--operation", "zero")
    answer = neuroglot(*line, "--out", tmp_path / "own.jsonl", "--json")
    assert answer.json["samples"] == len(read(tmp_path / "own.jsonl"))
    rows = read(tmp_path / "own.jsonl")
    assert {row["language"] for row in rows} == {"go"}
    assert {row["operation"] for row in rows} == {"none", "zero"}
    assert not (run.path / "samples").exists()
    neuroglot(*line, "--out", tmp_path / "own.jsonl").refusal("is never written over", "--out")
    assert read(tmp_path / "own.jsonl") == rows


def test_wrong_inputs_are_one_line_and_leave_the_run_alone(neuroglot, run, table, tmp_path):
    def refused(*words, given=run.path, tasks=table):
        return neuroglot("sample", given, "--tasks", tasks, *words)

    refused(given=tmp_path / "nowhere").refusal("nowhere", "is not a run")
    bare = write_pls_run(tmp_path / "bare", None, languages=list(LANGUAGES))
    refused(given=bare.path).refusal("holds no tensors/pls.safetensors", "neuron-guided")
    empty = write_pls_run(
        tmp_path / "empty", pls_of(np.ones((2, 2, 1, 7)), labels=LANGUAGES, widths=ONES),
        languages=list(LANGUAGES),
    )  # fmt: skip
    refused(given=empty.path).refusal("has a unit that is real: none can be removed")
    refused(tasks="rosetta").refusal("nothing at 'rosetta'")
    refused("--languages", "java").refusal("has no units of java")
    refused("--languages", "klingon").refusal("unknown language 'klingon'")
    refused("--samples", "2").refusal("2 samples at temperature 0")
    refused("--draws", "0").refusal("draws is 0")
    refused("--operation", "raise").refusal("raise")
    with (other := tmp_path / "c.jsonl").open("wb") as opened:
        write_rows(generate(1, languages=["c"], seed=3), opened, ending=".jsonl")
    refused(tasks=other).refusal("no task of c is in python, go: it has tasks in c")
    manifest = run.path / "manifest.json"
    other = manifest.read_text().replace(run.manifest.model["fingerprint"], "f" * 64)
    manifest.write_text(other)
    refused().refusal("the model is not the one of")
    for path in (run.path, bare.path, empty.path):
        assert not (path / "samples").exists()
