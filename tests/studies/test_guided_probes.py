"""The step of probes: what it writes, what it hands on to B-5b, and texts that cannot be probed."""

from contextlib import contextmanager

import numpy as np
import pytest

from neuroglot.analyses.probe_counts import ProbeCounts, syntax_of_tasks
from neuroglot.runs.schemas import TABLES
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies.guided_probes import STEP, syntax_probed, write_probes
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.probing import probes
from neuroglot.text.parallel import ParallelCorpus

ASKED = GuidedParameters(profile="quick")
FORMS = {
    "python": "ab = {0} + {1}\nprint(ab)\n",
    "java": "class A {{ int ab = {0} + {1}; }}",
    "haskell": "ab = {0} + {1}\n",
}


def corpus_of(*languages):
    return ParallelCorpus.from_rows(
        (
            {"id": str(i), "problem": f"p{i % 12}"}
            | {each: FORMS[each].format(i, "x" * (1 + i % 3)) for each in languages}
            for i in range(24)
        ),
        source="hand",
    )


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama", num_hidden_layers=2)


@contextmanager
def step_of(folder):
    with open_for_writing(
        folder,
        study="neuron-guided",
        command="",
        parameters={},
        seed=0,
        model={"name": "x", "fingerprint": "x"},
        data={"source": "hand", "digest": "x"},
        steps=[STEP],
    ) as writer:
        with writer.step(STEP) as todo:
            assert todo
            yield writer
        writer.finish()


def test_table_tensors_and_claim_are_those_of_the_counts(lm, tmp_path):
    seen = []
    corpus = corpus_of("python", "java")
    with step_of(tmp_path / "run") as writer:
        write_probes(writer, lm, corpus, ASKED, lambda *at: seen.append(at))
    run = writer.run
    # Not a bundled model: no twin in the quick profile.
    wanted = probes(lm, corpus, most_tokens=1_500, twin=False, seed=0)
    stored = ProbeCounts.from_arrays(run.tensors(STEP), run.tensor_metadata(STEP))
    for target, own in wanted.targets.items():
        assert np.array_equal(stored.targets[target].correct, own.correct)
    rows = {
        tuple(row[name] for name in TABLES["probe"].key): row
        for row in run.table("probe").to_pylist()
    }
    expected = wanted.rows("hand", resamples=ASKED.resamples, seed=0)
    assert len(rows) == len(expected) == 3 * 4 * 3
    for row in expected:
        assert rows[tuple(row[name] for name in TABLES["probe"].key)] | row == row
    claims = run.table("claims").to_pylist()
    assert [row["scope"] for row in claims] == ["overall", "ast", "language"]
    assert {row["id"] for row in claims} == {"B-5a"}
    assert claims[0]["reason"] == (
        "gate: layers 2, at least 8 wanted; languages 2, at least 5 wanted"
    )
    assert any("at least 2 languages" in note for note in run.manifest.notes)
    assert {(step, unit) for step, _, _, unit, _ in seen} == {("probes", "steps")}


def test_b_5b_gets_the_syntax_of_its_own_tasks(lm, tmp_path):
    with step_of(tmp_path / "run") as writer:
        write_probes(writer, lm, corpus_of("python", "java"), ASKED, lambda *_: None)
        run = writer.run
        stored = ProbeCounts.from_arrays(run.tensors(STEP), run.tensor_metadata(STEP))
        some = stored.tasks[5:2:-1]
        assert np.array_equal(syntax_probed(writer, some), syntax_of_tasks(stored, some))


def test_a_task_without_tokens_leaves_b_5b_without_syntax(lm, tmp_path):
    with step_of(tmp_path / "run") as writer:
        write_probes(writer, lm, corpus_of("python", "java"), ASKED, lambda *_: None)
        run = writer.run
        bare = {name: array.copy() for name, array in run.tensors(STEP).items()}
        bare["ast.rows"][:, 3] = 0
        writer.write_tensors(STEP, bare, run.tensor_metadata(STEP))
        tasks = ProbeCounts.from_arrays(bare, run.tensor_metadata(STEP)).tasks
        assert syntax_probed(writer, tasks) is None
        assert syntax_probed(writer, tasks[:3]) is not None
    (note,) = [note for note in writer.run.manifest.notes if note.startswith("B-5b")]
    assert f"task {tasks[3]!r} has no token" in note


def test_texts_that_cannot_be_probed_are_named_and_the_claim_stays_open(lm, tmp_path):
    with step_of(tmp_path / "run") as writer:
        write_probes(writer, lm, corpus_of("python", "haskell"), ASKED, lambda *_: None)
        assert syntax_probed(writer, ("p0",)) is None
    run = writer.run
    why = "hand has 1 languages with a grammar"
    assert any(note.startswith(f"no probes: {why}") for note in run.manifest.notes)
    (claim,) = run.table("claims").to_pylist()
    assert (claim["id"], claim["verdict"]) == ("B-5a", "cannot tell")
    assert claim["reason"].startswith(why)
    assert not run.has("probe") and not run.has_tensors(STEP)
