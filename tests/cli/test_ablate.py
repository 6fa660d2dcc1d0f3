"""`neuroglot ablate` and `study`: on the planted model, killed, asked for wrong things."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ablate line")]
ABLATE = ("--eval-tokens", "1000", "--draws", "1", "--preset", "published")
LANGUAGES = ("--languages", "go,python,rust")


@pytest.fixture(scope="module")
def neurons(tmp_path_factory) -> Path:
    """A finished neurons run of the planted model. Not to be written to."""
    out = tmp_path_factory.mktemp("neurons") / "run"
    line = [
        *(sys.executable, "-m", "neuroglot", "neurons", "--model", "planted", "--data", "planted"),
        *("--profile", "quick", "--tokens-per-language", "3000", *LANGUAGES, "--out", str(out)),
    ]
    subprocess.run(line, check=True, capture_output=True)
    return out


def results(run: Path) -> dict[str, bytes]:
    """Every table and tensor, as bytes."""
    files = [*(run / "tables").iterdir(), *(run / "tensors").iterdir()]
    return {file.name: file.read_bytes() for file in files}


def test_a_step_killed_at_random_moments_ends_with_the_same_bytes(neurons, killable, tmp_path):
    runs: list[Path] = []

    def new():
        runs.append(tmp_path / f"run-{len(runs)}")
        shutil.copytree(neurons, runs[-1])
        return ["ablate", str(runs[-1]), *ABLATE]

    def finished():
        added = json.loads((runs[-1] / "manifest.json").read_text())["added"]
        states = {each["step"]["name"]: each["step"]["state"] for each in added}
        assert states == {"ablation": "done", "published": "done"}
        assert {"ablation.parquet", "published_ablation.parquet"} <= set(results(runs[-1]))
        assert results(runs[-1]) == results(runs[0])

    killable.kill_often(new, finished, kills=4, seed=5)


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
