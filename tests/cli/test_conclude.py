"""`neuroglot conclude`: other parameters on a run's counts; the run itself is never touched."""

import shutil
from pathlib import Path

import pytest

from neuroglot.runs.directory import open_run


@pytest.fixture
def copied(planted_run, tmp_path):
    return shutil.copytree(planted_run.path, tmp_path / "parent")


def test_another_threshold_in_a_new_run(neuroglot, planted_run, contents, is_narrow):
    before = contents(planted_run.path)
    answer = neuroglot("conclude", planted_run.path, "--tau", "0.9", "--out", "out")
    assert answer.status == 0
    assert is_narrow(answer.out)
    assert "report: out/report.html" in answer.out
    assert "loading" not in answer.err
    made = open_run("out")
    assert made.manifest.parameters["tau"] == 0.9
    assert made.manifest.parents == (str(planted_run.path),)
    assert contents(planted_run.path) == before
    again = neuroglot("conclude", planted_run.path, "--tau", "0.9", "--out", "out", "--json")
    assert again.json["path"] == "out"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--tau", "2"), ("tau is 2.0", "between 0 and 1")),
        (("--nu", "0"), ("nu is 0", "at least 1")),
        (("--nu", "99999"), ("nu is 99,999", "the model has 2,560 neurons")),
        (("--seed", "x"), ("'--seed'", "integer")),
    ],
)
def test_a_value_that_cannot_be_used(neuroglot, planted_run, flags, words):
    neuroglot("conclude", planted_run.path, "--out", "out", *flags).refusal(*words)
    assert not Path("out").exists()


def test_what_is_no_run(neuroglot, copied):
    Path("empty").mkdir()
    Path("file").write_text("")
    neuroglot("conclude", "nothing").refusal("nothing is not a run", "there is no such folder")
    neuroglot("conclude", "empty").refusal("empty is not a run", "no manifest.json")
    neuroglot("conclude", "file").refusal("file is a file", "give the run's directory")
    (copied / "manifest.json").write_text('{"format": 1}')
    neuroglot("conclude", copied).refusal("manifest.json", "damaged")


def test_a_run_that_is_not_finished(neuroglot, copied):
    manifest = copied / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"complete": true', '"complete": false'))
    neuroglot("conclude", copied).refusal(
        "is not finished", "start the same line again: neuroglot neurons"
    )


def test_counts_that_are_damaged_or_gone(neuroglot, copied):
    counts = copied / "tensors" / "activity.safetensors"
    counts.write_bytes(counts.read_bytes()[:1000])
    neuroglot("conclude", copied, "--tau", "0.9", "--out", "out").refusal(str(counts), "damaged")
    counts.unlink()
    neuroglot("conclude", copied, "--tau", "0.9", "--out", "other").refusal(
        str(copied), "lacks tensors/activity.safetensors", "restore it"
    )
    assert not Path("other").exists()


def test_parameters_that_were_edited(neuroglot, copied):
    manifest = copied / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"tau": 0.95', '"tau": "high"'))
    neuroglot("conclude", copied, "--nu", "10").refusal("parameters cannot be read", "edited")


def test_into_the_run_itself(neuroglot, copied, contents):
    before = contents(copied)
    neuroglot("conclude", copied, "--tau", "0.9", "--out", copied).refusal("another run", "tau")
    assert contents(copied) == before


def test_a_shard(neuroglot, code_folder):
    words = ("--model", "planted", "--data", code_folder, "--tokens-per-language", "2000")
    assert neuroglot("neurons", *words, "--shard", "1/2", "--out", "part").status == 0
    neuroglot("conclude", "part").refusal("part holds no whole neurons run", "merge its shards")
    neuroglot("report", "part").refusal("shard 1/2", "nothing to show", "merge all shards")
    neuroglot("show", "part", "L00-N0001").refusal("no neurons to show", "merge its shards")
