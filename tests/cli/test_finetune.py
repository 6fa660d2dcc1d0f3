"""`neuroglot finetune`, `export`, `--delta`: a trained model comes back, the rest is refused."""

import json

import numpy as np
import pytest

import neuroglot as ng
from neuroglot.stats.pls import PROJECTIONS
from neuroglot.studies.language_neurons import described_model
from pls_run import pls_of, write_pls_run

LANGUAGES = ["python", "go"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of the planted model that holds units."""
    lm = ng.load("planted")
    each = lm.n_heads * lm.body.sizes.head_width, lm.body.sizes.kv_heads * lm.body.sizes.head_width
    sizes = {"q": each[0], "k": each[1], "v": each[1], "o": lm.width, "down": lm.width}
    widths = np.array([sizes.get(site, lm.n_neurons) for site in PROJECTIONS])
    sums = np.random.default_rng(0).exponential(size=(2, 4, lm.n_layers, widths.sum()))
    for label in range(2):
        sums[label, :, :, 3 + 7 * label :: 40] *= 30
    pls = pls_of(sums, labels=tuple(LANGUAGES), widths=widths)
    folder = tmp_path_factory.mktemp("tuned") / "run"
    return write_pls_run(folder, pls, languages=LANGUAGES, model=described_model(lm)).path


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    file = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    rows = [{"question": f"def f{n}(x):\n", "answer": f"    return x + {n}\n"} for n in range(6)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def short(run, pairs):
    return (
        *("finetune", run, "--select", "pls:python", "--data", pairs, "--profile", "quick"),
        *("--arms", "units,random", "--seeds", "1", "--steps", "1", "--rates", "1e-3"),
    )


def test_a_trained_model_is_loaded_checked_and_written_whole(neuroglot, run, pairs, tmp_path):
    answer = neuroglot(*short(run, pairs))
    assert answer.status == 0, answer.err
    assert "B-6" in answer.out and "2 trainings of 1 steps" in answer.err
    assert 'id="tuning"' in (run / "report.html").read_text(encoding="utf-8")
    delta = run / "deltas" / "python-units.safetensors"
    checked = neuroglot("check", "planted", "--delta", delta)
    assert (checked.status, checked.out.count("✗")) == (0, 0)
    whole = tmp_path / "whole"
    assert neuroglot("export", run, "--delta", delta, "--out", whole).status == 0
    trained, written = ng.load("planted", delta=delta), ng.load(whole)
    assert trained.fingerprint != ng.load("planted").fingerprint
    for one, other in zip(trained.hf.parameters(), written.hf.parameters(), strict=True):
        assert one.equal(other)
    neuroglot("export", run, "--delta", delta, "--out", whole).refusal("never written over")
    # The same line finds all of it done; another is refused.
    assert neuroglot(*short(run, pairs)).status == 0
    neuroglot(*short(run, pairs), "--columns").refusal("step finetune with other parameters")


def test_a_delta_that_does_not_fit_is_refused(neuroglot, good_model, tmp_path):
    lm = ng.load("planted")
    file = tmp_path / "delta.safetensors"
    ng.edited_weights(lm, ng.zero(ng.NeuronSet.of([(0, 1)]))).save(file)
    neuroglot("check", good_model, "--delta", file).refusal("belongs to another model")
    neuroglot("check", "planted", "--delta", tmp_path / "no.safetensors").refusal("not there")
    file.write_bytes(b"no delta at all")
    neuroglot("check", "planted", "--delta", file).refusal("damaged")


def test_what_cannot_be_trained_or_written_is_one_line(neuroglot, run, pairs, tmp_path):
    neuroglot("finetune", run, "--select", "lape:python").refusal("unknown selection")
    neuroglot("finetune", run, "--select", "pls:ruby").refusal("no units of ruby")
    neuroglot("finetune", run, "--select", "pls:python", "--arms", "lora").refusal("name it too")
    line = ("finetune", run, "--select", "pls:go", "--seeds", "1", "--rates", "1e-3")
    other = tmp_path / "other.jsonl"
    other.write_text('{"question": "Add."}\n')
    neuroglot(*line, "--data", other).refusal("row 1", "no text as answer")
    other.write_text("")
    neuroglot(*line, "--data", other).refusal("is empty")
    neuroglot("export", run, "--out", tmp_path / "a.safetensors").refusal(
        "nothing is to be exported"
    )
    gone = neuroglot("export", run, "--without", "pls:python", "--out", tmp_path / "a.safetensors")
    gone.refusal("holds no units")
