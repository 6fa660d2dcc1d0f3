"""Programs written with heads amplified: asked, run, and compared with those of the plain model."""

import json
from functools import partial
from types import SimpleNamespace

import pytest

from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import scale
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.studies import bracket_steering, sample_scoring, written_programs
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.bracket_steering import CODE, _passes
from neuroglot.studies.sampling import Settings
from neuroglot.studies.watching import unwatched


@pytest.fixture
def table(tmp_path):
    rows = generate(6, languages=CODE, styles=["procedural"], levels=[1], seed=3)
    with (tmp_path / "tasks.jsonl").open("wb") as opened:
        write_rows(rows, opened, ending=".jsonl")
    return str(tmp_path / "tasks.jsonl")


def test_the_same_tasks_are_asked_with_the_edit_and_without(make_lm, table, tmp_path, monkeypatch):
    ran = []

    def run(programs, *, on_progress, **_):
        ran.append(len(programs))
        on_progress(len(programs), len(programs))
        # The untouched model's come first: all pass, and then those in C fail.
        return [
            Outcome("wrong" if len(ran) > 1 and each.language == "c" else "passed", "run")
            for each in programs
        ]

    monkeypatch.setattr(sample_scoring, "run_programs", run)
    monkeypatch.setattr(bracket_steering, "EACH", {"quick": 8})
    monkeypatch.setattr(written_programs, "Settings", partial(Settings, max_new_tokens=2))
    lm = make_lm("llama", max_position_embeddings=2048)
    data = SimpleNamespace(parameters=BracketsParameters(profile="quick", tasks=table))
    edit = scale(NeuronSet.of([(0, 1)], "head"), 40.0)
    found = _passes(SimpleNamespace(path=tmp_path / "run"), lm, data, edit, unwatched)
    assert ran == [8, 8]
    assert (found.before, found.after, found.changes[0]) == (1.0, 0.75, -0.25)
    clean, amplified = (
        [
            json.loads(line)
            for line in (tmp_path / "run" / "samples" / f"steering-{name}.jsonl")
            .read_text()
            .splitlines()
        ]
        for name in ("base", "amplified")
    )
    assert [each["task_id"] for each in clean] == [each["task_id"] for each in amplified]
    assert [e["completion"] for e in clean] != [e["completion"] for e in amplified]


def test_without_tasks_nothing_is_written(make_lm):
    data = SimpleNamespace(parameters=BracketsParameters())
    assert _passes(None, make_lm("llama"), data, None, unwatched) is None
