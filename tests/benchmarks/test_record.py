"""The benchmark of recording runs and counts the same as plain hooks; nothing here is timed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_quick_benchmark_prints_a_table_in_which_all_counts_are_equal():
    command = [sys.executable, "-m", "benchmarks", "record", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    cells = {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in lines[2:]}
    assert cells["neuroglot, activity"] == "all equal"
    assert cells["neuroglot, activity and moments"] == "all equal"
    assert cells["plain hooks, keeping, then counting"] == "all equal"
    assert cells["bare backbone"] == ""
    assert "python -m benchmarks record --quick" in done.stdout


@pytest.mark.slow
def test_help_names_every_benchmark():
    command = [sys.executable, "-m", "benchmarks", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    named = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")]
    assert {"record", "memory"} <= set(named)


@pytest.mark.slow
def test_the_quick_matrix_scores_as_full_runs_do():
    command = [sys.executable, "-m", "benchmarks", "ablation", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert [line.split("|")[-2].strip() for line in lines[2:]] == ["equal", "equal"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lens", "mexa"])
def test_quick_benchmarks_agree_with_the_plain_way(name):
    command = [sys.executable, "-m", "benchmarks", name, "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    agreed = {line.split("|")[-2].strip() for line in lines[2:]}
    # Tasks that give no ranks say nothing.
    assert agreed - {""} == {"all equal"}
