"""What removing units costs in passed tasks: files found again, rows and the part of claim B-2."""

import json
from pathlib import Path

import numpy as np
import pytest

from neuroglot.analyses import passing
from neuroglot.base.errors import ConfigError, SandboxError
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.runs.directory import open_run
from neuroglot.runs.writing import open_for_adding
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.studies import sample_scoring, sampling, unit_passes
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.sampled_sets import scored_halves
from neuroglot.studies.sampling import Settings
from neuroglot.studies.unit_ablation import half_sets
from neuroglot.studies.unit_passes import unit_passes as passes
from neuroglot.studies.unit_passes import write_unit_passes
from neuroglot.studies.watching import unwatched
from pls_run import pls_of, write_pls_run

LANGUAGES = ("python", "go")


@pytest.fixture
def lm(make_lm):
    return make_lm("llama")


@pytest.fixture
def sets(lm, tmp_path):
    """A unit of each language on each half, and three matched sets."""
    sizes = lm.body.sizes
    widths = np.array([32, 16, 16, 32, sizes.neurons, sizes.neurons, 32])
    sums = np.random.default_rng(0).uniform(0.9, 1.1, (2, 4, lm.n_layers, int(widths.sum())))
    sums[0, :, 1, 3] = sums[1, :, 2, 50] = 90
    pls = pls_of(sums, labels=LANGUAGES, widths=widths)
    run = write_pls_run(tmp_path / "run", pls, languages=list(LANGUAGES))
    return [half_sets(run, fold=fold, draws=3, seed=0) for fold in (0, 1)]


@pytest.fixture
def table(tmp_path):
    """Six programs in three languages."""
    file = tmp_path / "mine.jsonl"
    with file.open("wb") as opened:
        rows = generate(6, languages=[*LANGUAGES, "c"], styles=["procedural"], levels=[1], seed=3)
        write_rows(rows, opened, ending=".jsonl")
    return str(file)


@pytest.fixture
def judged(monkeypatch):
    """The box replaced: every program passes, and how many were run is counted."""
    ran = []

    def run(programs, *, on_progress, **_):
        ran.extend(programs)
        on_progress(len(programs), len(programs))
        return [Outcome("passed", "run") for _ in programs]

    monkeypatch.setattr(sample_scoring, "run_programs", run)
    monkeypatch.setattr(unit_passes, "require_box", lambda: None)
    return ran


def read(file):
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


ASKED = {"scored": {}, "draws": 2, "settings": Settings(max_new_tokens=2), "resamples": 50}


def test_rows_and_the_part_come_of_every_set_in_both_halves(lm, sets, table, judged, tmp_path):
    folder = tmp_path / "samples"
    told = []
    found = passes(
        lm, sets, table, folder=folder, operations=("mean", "zero"), **ASKED,
        watch=lambda step, done, total, unit, what: told.append((step, unit, what)),
    )  # fmt: skip
    cells = {
        (row["ablated"], row["evaluated"], row["operation"], row["arm"], row["draw"])
        for row in found.rows
    }
    expected = {("none", k, "none", "none", 0) for k in LANGUAGES}
    for operation in ("mean", "zero"):
        for a in LANGUAGES:
            expected |= {
                (a, b, operation, arm, 0) for b in LANGUAGES for arm in ("neurons", "matched")
            }
            expected.add((a, a, operation, "matched", 1))
    assert cells == expected
    assert {row["tasks"] for row in found.rows} == {6}
    assert {(row["suite"], row["value"]) for row in found.rows} == {("mine", 1.0)}
    assert found.agreement.labels == ()
    part = found.agreement.part()
    assert part.passed is None and "go has 6 tasks that were judged" in part.note
    assert {step for step, *_ in told} == {"sample", "score"}
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [found.samples.name, found.scored.name]
    )


def test_as_a_step_it_fills_the_table_of_the_run(lm, sets, table, judged, monkeypatch, tmp_path):
    run = open_run(tmp_path / "run")
    monkeypatch.setattr(unit_passes, "fitting", lambda *_: Settings(max_new_tokens=3))
    parameters = GuidedParameters(profile="quick", tasks=table)
    with open_for_adding(run.path, step="passes", command="", parameters={}) as writer:
        with writer.step("passes"):
            write_unit_passes(writer, lm, parameters, unwatched)
        rows = writer.run.table("pass_at_k").to_pylist()
    alone = passes(
        lm, sets, table, folder=tmp_path / "elsewhere", scored=scored_halves(run), draws=1
    )
    assert [{**row, **own} for row, own in zip(rows, alone.rows, strict=True)] == rows
    assert {row["draw"] for row in rows} == {0}
    assert sorted(file.name for file in (run.path / "samples").iterdir()) == sorted(
        [alone.samples.name, alone.scored.name]
    )


def test_beyond_the_gates_the_sign_is_told(lm, sets, table, monkeypatch, judged, tmp_path):
    """Own sets lose every task, their matched sets none."""
    monkeypatch.setattr(passing, "LEAST_TASKS", 6)
    real = unit_passes.score_samples

    def scored(samples, tasks, *, out, **more):
        real(samples, tasks, out=out, **more)
        rows = read(out)
        for row in rows:
            row["status"] = "wrong" if row["arm"] == "neurons" else "passed"
        out.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    monkeypatch.setattr(unit_passes, "score_samples", scored)
    found = passes(lm, sets, table, folder=tmp_path / "samples", **ASKED)
    assert found.agreement.labels == LANGUAGES
    assert found.agreement.value == -100
    part = found.agreement.part()
    assert (part.name, part.value, part.passed) == ("pass@1 agrees in sign, mine", 100, True)


def test_the_same_call_finds_its_files_and_another_makes_its_own(
    lm, sets, table, judged, monkeypatch, tmp_path
):
    folder = tmp_path / "samples"
    first = passes(lm, sets, table, folder=folder, **ASKED)
    n_ran = len(judged)

    def refuse(*_, **__):
        raise AssertionError("written again")

    with monkeypatch.context() as patch:
        patch.setattr(sampling, "completions", refuse)
        again = passes(lm, sets, table, folder=folder, **ASKED)
        assert (again.rows, again.samples) == (first.rows, first.samples)
        assert len(judged) == n_ran
        # Stopped between the two: the samples are there, the scores are not.
        first.scored.unlink()
        assert passes(lm, sets, table, folder=folder, **ASKED).rows == first.rows
    other = passes(
        lm, sets, table, folder=folder, **ASKED | {"settings": Settings(max_new_tokens=3)}
    )
    assert other.samples != first.samples and first.samples.exists()


def test_no_set_is_asked_a_task_that_chose_it(lm, sets, table, judged, tmp_path):
    family = {row["id"]: row["family"] for row in read(table)}
    scored = {name: number % 2 for number, name in enumerate(dict.fromkeys(family.values()))}
    found = passes(lm, sets, table, folder=tmp_path / "samples", **ASKED | {"scored": scored})
    edited = [row for row in read(found.samples) if row["ablated"] != "none"]
    assert {row["fold"] for row in edited} == {0, 1}
    assert all(row["fold"] == scored[family[row["task_id"]]] for row in edited)


def test_without_a_box_or_a_task_nothing_is_written(lm, sets, table, judged, monkeypatch, tmp_path):
    other = tmp_path / "c.jsonl"
    with other.open("wb") as opened:
        write_rows(generate(1, languages=["c"], seed=3), opened, ending=".jsonl")
    with pytest.raises(ConfigError, match="no task of c is in python, go"):
        passes(lm, sets, str(other), folder=tmp_path / "samples", **ASKED)

    def no_box():
        raise SandboxError("no box")

    monkeypatch.setattr(unit_passes, "require_box", no_box)
    with pytest.raises(SandboxError):
        passes(lm, sets, table, folder=tmp_path / "samples", **ASKED)
    assert not (tmp_path / "samples").exists()
