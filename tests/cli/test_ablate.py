"""`neuroglot ablate` and `study`: on the planted model, killed, asked for wrong things."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ABLATE = ("--eval-tokens", "1000", "--draws", "2", "--preset", "published")
LANGUAGES = ("--languages", "go,python,rust")


@pytest.fixture(scope="module")
def neurons(tmp_path_factory) -> Path:
    """A finished neurons run of the planted model. Not to be written to."""
    out = tmp_path_factory.mktemp("neurons") / "run"
    line = [
        *(sys.executable, "-m", "neuroglot", "neurons", "--model", "planted", "--data", "planted"),
        *("--profile", "quick", "--tokens-per-language", "6000", *LANGUAGES, "--out", str(out)),
    ]
    subprocess.run(line, check=True, capture_output=True)
    return out


def start(run: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "neuroglot", "ablate", str(run), *ABLATE],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "NEUROGLOT_CHECKPOINT_SECONDS": "0"},
        text=True,
    )


def results(run: Path) -> dict[str, bytes]:
    """Every table and tensor, as bytes."""
    files = [*(run / "tables").iterdir(), *(run / "tensors").iterdir()]
    return {file.name: file.read_bytes() for file in files}


def test_a_step_killed_at_random_moments_ends_with_the_same_bytes(neurons, tmp_path):
    clean = tmp_path / "clean"
    shutil.copytree(neurons, clean)
    started = time.monotonic()
    process = start(clean)
    process.communicate()
    assert process.returncode == 0
    lasted = time.monotonic() - started
    assert {"ablation.parquet", "published_ablation.parquet"} <= set(results(clean))
    chance, kills, rounds = random.Random(5), 0, 0
    while kills < 6:
        run = tmp_path / f"killed-{rounds}"
        rounds += 1
        shutil.copytree(neurons, run)
        while not is_done(run):
            process = start(run)
            try:
                process.communicate(timeout=chance.uniform(0.4, 1.0) * lasted)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
        assert results(run) == results(clean)


def is_done(run: Path) -> bool:
    added = json.loads((run / "manifest.json").read_text())["added"]
    states = {each["step"]["name"]: each["step"]["state"] for each in added}
    return states == {"ablation": "done", "published": "done"}


def test_wrong_inputs_are_one_line_and_leave_the_run_alone(neurons, neuroglot, tmp_path):
    before = results(neurons)
    neuroglot("ablate", tmp_path / "nowhere").refusal("nowhere", "is not a run")
    neuroglot("ablate", neurons, "--draws", "0").refusal("draws is 0", "at least 1")
    neuroglot("ablate", neurons, "--eval-tokens", "10").refusal("eval_tokens is 10")
    neuroglot("ablate", neurons, "--preset", "paper").refusal("paper")
    bare = tmp_path / "bare"
    shutil.copytree(neurons, bare)
    (bare / "tensors" / "activity.safetensors").unlink()
    neuroglot("ablate", bare).refusal("holds no activity")
    assert results(neurons) == before


def test_a_study_refuses_more_neurons_than_there_are_and_unknown_languages(neuroglot, tmp_path):
    line = ("study", "concept-space", "--model", "planted", "--data", "planted")
    out = ("--out", tmp_path / "run")
    neuroglot(*line, *out, "--nu", "9999").refusal("nu is 9,999", "2,560 neurons")
    neuroglot(*line, *out, "--languages", "go,klingon").refusal("klingon")
    assert not (tmp_path / "run").exists()
