"""The study end to end on the planted model: found blind, killed, sharded, concluded again."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import neuroglot as ng
from neuroglot.base.errors import OtherRunError, RunError
from neuroglot.base.planted import PLANTED
from neuroglot.cli.loading import open_data
from neuroglot.studies.conclude import conclude
from neuroglot.studies.language_neurons import neurons
from neuroglot.studies.merge import merge, opened_shards
from neuroglot.studies.parameters import NeuronsParameters

LANGUAGES = ("python", "go", "java", "english")
SMALL = {
    "languages": LANGUAGES,
    "profile": "quick",
    "tokens_per_language": 6_000,
    "batch_tokens": 2048,
}


def contents(run: Path) -> dict[str, str]:
    """sha256 of every table and tensor file."""
    return {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("tables", "tensors")
        for path in sorted((run / folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def planted():
    return ng.load("planted"), open_data("planted").only(LANGUAGES)


@pytest.fixture(scope="module")
def whole(planted, tmp_path_factory):
    lm, corpus = planted
    out = tmp_path_factory.mktemp("runs") / "whole"
    return neurons(lm, corpus, out=out, parameters=NeuronsParameters(**SMALL))


@pytest.mark.slow
def test_exactly_the_planted_neurons_are_found_and_all_are_real(planted, tmp_path):
    lm, everything = planted[0], open_data("planted")
    asked = NeuronsParameters(profile="quick")
    run = neurons(lm, everything, out=tmp_path / "run", parameters=asked)
    rows = run.table("lape").to_pylist()
    for language, units in PLANTED.items():
        mine = [row for row in rows if row["language"] == language]
        assert {(row["layer"], row["neuron"]) for row in mine} == set(units)
        assert all(row["real"] for row in mine)
    verdicts = {
        (row["id"], row["scope"]): row["verdict"] for row in run.table("claims").to_pylist()
    }
    assert {verdicts[claim, "overall"] for claim in ("A-1", "A-2", "A-3")} == {"holds"}


def test_the_run_directory_holds_what_it_should(whole):
    assert {
        "checks",
        "claims",
        "claim_parts",
        "corpus",
        "lape",
        "layers",
        "neuron_rates",
        "overlap",
        "stability",
        "neuron_examples",
        "neuron_writes",
        "planted",
    } <= set(whole.tables)
    assert {"activity", "moments", "activity.untrained"} <= set(whole.tensor_files)
    assert whole.manifest.complete
    assert not (whole.path / "checkpoints").exists()
    assert ng.write_report(whole).read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_examples_show_the_tokens_that_fire_the_neuron(whole):
    rows = whole.table("neuron_examples").to_pylist()
    assert len(rows) > 100
    for row in rows:
        assert len(row["tokens"]) == len(row["activations"])
        assert max(row["activations"]) > 0
    first = [row for row in rows if row["rank"] == 1]
    second = {
        (row["language"], row["layer"], row["neuron"]): row for row in rows if row["rank"] == 2
    }
    for row in first:
        other = second.get((row["language"], row["layer"], row["neuron"]))
        assert other is None or max(row["activations"]) >= max(other["activations"])
        assert other is None or row["document"] != other["document"]


def test_the_same_call_again_returns_the_finished_run_untouched(planted, whole):
    lm, corpus = planted
    before = {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")}
    again = neurons(lm, corpus, out=whole.path, parameters=NeuronsParameters(**SMALL))
    assert again.path == whole.path
    assert {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")} == before


def test_a_directory_with_another_run_is_refused_with_the_difference(planted, whole):
    lm, corpus = planted
    with pytest.raises(OtherRunError, match=r"tau 0\.95 there, 0\.9 asked"):
        neurons(lm, corpus, out=whole.path, parameters=NeuronsParameters(**SMALL, tau=0.9))


def test_four_shards_merged_equal_one_run_byte_for_byte(planted, whole, tmp_path):
    lm, corpus = planted
    for index in range(1, 5):
        neurons(
            lm,
            corpus,
            out=tmp_path / f"part{index}",
            parameters=NeuronsParameters(**SMALL, shard=f"{index}/4"),
        )
    shards = opened_shards([tmp_path / f"part{index}" for index in (3, 1, 4, 2)])
    merged = merge(shards, lm=lm, corpus=corpus, out=tmp_path / "merged")
    assert contents(merged.path) == contents(whole.path)
    with pytest.raises(RunError, match="shards 2/4, 4/4 are missing"):
        opened_shards([tmp_path / "part1", tmp_path / "part3"])
    with pytest.raises(RunError, match="given twice"):
        opened_shards([tmp_path / f"part{index}" for index in (1, 2, 3, 4, 4)])
    with pytest.raises(RunError, match="is no shard"):
        opened_shards([whole.path])


def test_concluding_with_other_parameters_equals_a_fresh_run(planted, whole, tmp_path):
    lm, corpus = planted
    other = NeuronsParameters(**SMALL, tau=0.9, nu=30)
    fresh = neurons(lm, corpus, out=tmp_path / "fresh", parameters=other)
    again = conclude(whole, tau=0.9, nu=30, out=tmp_path / "again")
    mine, theirs = contents(again.path), contents(fresh.path)
    looked_up = {"tables/neuron_examples.parquet", "tables/neuron_writes.parquet"}
    assert {k: v for k, v in mine.items() if k not in looked_up} == {
        k: v for k, v in theirs.items() if k not in looked_up
    }
    assert again.manifest.parents == (str(whole.path),)
    rows = {tuple(map(str, row.values())) for row in fresh.table("neuron_examples").to_pylist()}
    for row in again.table("neuron_examples").to_pylist():
        assert tuple(map(str, row.values())) in rows


LINE = (
    *("neurons", "--model", "planted", "--data", "planted", "--profile", "quick"),
    *("--languages", "python,go", "--tokens-per-language", "2000"),
    *("--batch-tokens", "1024", "--out"),
)


@pytest.mark.slow
@pytest.mark.parametrize("part", [1, 2])
def test_a_run_killed_at_thirty_random_moments_ends_with_the_same_bytes(
    planted, killable, tmp_path, part
):
    lm, corpus = planted
    chosen = NeuronsParameters(
        languages=("python", "go"),
        profile="quick",
        tokens_per_language=2_000,
        batch_tokens=1024,
    )
    whole = neurons(lm, corpus.only(chosen.languages), out=tmp_path / "whole", parameters=chosen)
    runs: list[Path] = []

    def new():
        runs.append(tmp_path / f"run-{len(runs)}")
        return [*LINE, str(runs[-1])]

    def finished():
        assert json.loads((runs[-1] / "manifest.json").read_text())["complete"]
        assert contents(runs[-1]) == contents(whole.path)

    killable.kill_often(new, finished, kills=15, seed=part)


@pytest.mark.slow
def test_ctrl_c_leaves_with_130_one_line_and_a_run_that_goes_on(killable, tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-m", "neuroglot", *LINE, str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "NEUROGLOT_CHECKPOINT_SECONDS": "0"},
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (out / "manifest.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "the same line goes on from there" in said
    assert killable.run([*LINE, str(out)]) == 0
    assert killable.run([*LINE, str(tmp_path / "clean")]) == 0
    assert contents(out) == contents(tmp_path / "clean")
