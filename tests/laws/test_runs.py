"""Laws of every run: written then read is equal; the same run has the same bytes, whatever stopped
it on the way; a folder without a manifest is not a run."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from neuroglot.base.errors import RunError, UnfinishedRunError
from neuroglot.runs.directory import open_run

# A run of three steps that writes every kind of file, and a checkpoint that it resumes from. It
# kills itself just before its n-th operation on the disk, so that no clock decides where it stops.
STUDY = """
import os, shutil, signal, sys
from pathlib import Path
import numpy as np
from neuroglot.runs.tensors import read_tensors, write_tensors
from neuroglot.runs.writing import open_for_writing

operations_left = int(sys.argv[2])

def mortal(operation):
    def call(*arguments, **named):
        global operations_left
        operations_left -= 1
        if operations_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return operation(*arguments, **named)
    return call

for owner, names in ((os, ("fsync", "open")), (Path, ("replace", "unlink", "mkdir")),
                     (shutil, ("rmtree",))):
    for name in names:
        setattr(owner, name, mortal(getattr(owner, name)))

with open_for_writing(
    sys.argv[1], study="neurons", command="the line", parameters={"tau": 0.95}, seed=0,
    model={"name": "tiny", "fingerprint": "f"}, data={"source": "code", "digest": "d"},
    steps=["record", "conclude", "look"], code={"version": "1", "digest": "1"},
) as writer:
    with writer.step("record") as todo:
        if todo:
            checkpoint = writer.checkpoint_path / "sums.safetensors"
            start, sums = 0, np.zeros((3, 40, 50))
            if checkpoint.exists():
                arrays = read_tensors(checkpoint)
                start, sums = int(arrays["next"]), arrays["sums"].copy()
            for batch in range(start, 4):
                sums += np.random.default_rng(batch).normal(size=sums.shape)
                write_tensors(checkpoint, {"next": np.array(batch + 1), "sums": sums})
            writer.write_tensors("moments", {"sum": sums}, {"labels": "three", "format": "1"})
    with writer.step("conclude") as todo:
        if todo:
            sums = writer.run.tensors("moments")["sum"]
            rates = [{"layer": layer, "neuron": neuron, "language": "go",
                      "probability": float(sums[0, layer, neuron])}
                     for layer in range(40) for neuron in range(50)]
            writer.write_table("neuron_rates", rates)
            writer.note("a note")
    with writer.step("look") as todo:
        if todo:
            first = writer.run.table("neuron_rates").slice(0, 3).to_pylist()
            writer.write_table("neuron_writes", [
                {"layer": 0, "neuron": row["neuron"], "rank": 1, "token_id": 5, "token": "go",
                 "weight": row["probability"]} for row in first])
    writer.finish()
"""

NEVER = 1_000_000


def study(folder: Path, *, killed_at: int = NEVER, hash_seed: int = 0) -> bool:
    """Start the run; whether it came to its end."""
    process = subprocess.run(
        [sys.executable, "-c", STUDY, str(folder), str(killed_at)],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        check=False,
    )
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode == 0


def results(folder: Path) -> dict[str, bytes]:
    """What depends on the request only: all but manifest and log, and a lock nobody holds."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in files
        if file.name not in ("manifest.json", "log.jsonl", ".lock")
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    assert study(folder)
    assert open_run(folder).tables == ("neuron_rates", "neuron_writes")
    return results(folder)


def test_the_same_run_in_another_process_has_the_same_bytes(tmp_path: Path, undisturbed):
    assert study(tmp_path / "run", hash_seed=1)
    assert results(tmp_path / "run") == undisturbed
    assert set(undisturbed) == {
        "tables/neuron_rates.parquet",
        "tables/neuron_writes.parquet",
        "tensors/moments.safetensors",
    }


def ends_the_same(folder: Path, undisturbed: dict[str, bytes]) -> None:
    assert open_run(folder).manifest.notes == ("a note",)
    assert results(folder) == undisturbed
    assert not (folder / "checkpoints").exists()


def test_killed_again_and_again_it_ends_with_the_same_bytes(tmp_path: Path, undisturbed):
    chance = random.Random(0)
    kills = 0
    while not study(tmp_path / "run", killed_at=chance.randint(1, 40)):
        kills += 1
    assert kills >= 3
    ends_the_same(tmp_path / "run", undisturbed)


@pytest.mark.slow
def test_killed_before_any_operation_it_resumes_to_the_same_bytes(tmp_path: Path, undisturbed):
    operation = 1
    while not study(folder := tmp_path / str(operation), killed_at=operation):
        assert study(folder)
        ends_the_same(folder, undisturbed)
        operation += 3
    assert operation > 60


def test_no_manifest_is_no_run_and_an_unfinished_one_says_how_to_resume(tmp_path: Path):
    with pytest.raises(RunError, match="is not a run"):
        open_run(tmp_path)
    assert not study(tmp_path / "run", killed_at=30)
    with pytest.raises(UnfinishedRunError, match="start the same line again: the line"):
        open_run(tmp_path / "run")
