"""The step `clones`: what it writes, that its tensors suffice to conclude, whose band it takes."""

from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.clone_claim import clone_claim
from neuroglot.analyses.clone_scores import OF_RUN, OF_VALIDATION, RAW, UNTRAINED
from neuroglot.base.errors import OtherRunError, RunError
from neuroglot.measure import embeddings
from neuroglot.measure.embeddings import layer_embeddings
from neuroglot.measure.yes_no import log_odds
from neuroglot.report.page import render
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies.clone_detection import PROMPT, clones, scores_of
from neuroglot.studies.language_neurons import described_model
from neuroglot.studies.parameters import ClonesParameters
from neuroglot.text.clone_pairs import TEST, VALIDATION, CloneFunction, ClonePair, paired

ASKED = ClonesParameters(profile="quick", asked=12)
FORMS = {
    "python": "def f({0}):\n    return {0} + {1}\n",
    "go": "func f({0}) {{ return {0} + {1} }}",
}


@pytest.fixture(scope="module")
def pairs():
    """Of 12 problems a function in two languages and a clone; beside it one of another number."""
    functions, rows = [], []
    for p in range(12):
        split = VALIDATION if p < 4 else TEST
        for language, form in FORMS.items():
            for name, number in (("a", p), ("b", p), ("c", p + 50)):
                id = f"{p}.{language}.{name}"
                code = form.format(name * (1 + p % 3), number)
                functions.append(CloneFunction(id, language, code, f"p{p}"))
            start = f"{p}.{language}"
            rows += [
                (f"{start}.a", f"{start}.b", True, "2", split),
                (f"{start}.a", f"{start}.c", False, "2", split),
            ]
        rows += [
            (f"{p}.python.b", f"{p}.go.b", True, "4", split),
            (f"{p}.python.b", f"{p}.go.c", False, "4", split),
        ]
    return paired(functions, [("", ClonePair(*row)) for row in rows], source="hand")


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama", num_hidden_layers=3)


def made_run(folder, lm, *, band=None, study="neuron-guided"):
    with open_for_writing(
        folder,
        study=study,
        command="",
        parameters={},
        seed=0,
        model=described_model(lm),
        data={"source": "hand", "digest": "x", "languages": ["python", "go"]},
        steps=["concept_layers"],
    ) as writer:
        with writer.step("concept_layers"):
            if band is not None:
                writer.write_table(
                    "concept_band",
                    [
                        {"corpus": "x", "site": site, "start": band[0], "end": band[1]}
                        | {"rule": "r", "layer": level, "share": 1.0}
                        for site in ("mlp_out", "resid_post")
                        for level in range(2)
                    ],
                )
        return writer.finish()


def test_tensors_table_and_claim_are_those_of_the_pairs(lm, pairs, tmp_path):
    seen = []
    run = made_run(tmp_path / "run", lm, band=(0, 0))
    run = clones(run, lm=lm, pairs=pairs, parameters=ASKED, watch=lambda *at: seen.append(at))
    code = [function.code for function in pairs.functions]
    wanted = layer_embeddings(lm, code).vectors
    assert np.array_equal(run.tensors("embeddings")["vectors"], wanted)
    found = scores_of(run)
    assert (found.band, found.chosen_by, found.levels) == ((1, 1), OF_RUN, (-1, 0, 1, 2))
    # A llama by this name is no bundled model: the quick profile runs no twin.
    assert UNTRAINED not in found.single
    place = {function.id: n for n, function in enumerate(pairs.functions)}
    for number, pair in enumerate(pairs.pairs):
        one, other = (wanted[place[id], 2].astype(float) for id in (pair.first, pair.second))
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert found.single[RAW][2, number] == pytest.approx(cosine)
    asked = np.flatnonzero(np.isfinite(found.asked))
    assert len(asked) == 12
    by_id = pairs.by_id
    prompts = [
        PROMPT.format(*(by_id[id].code.strip() for id in (pair.first, pair.second)))
        for pair in (pairs.pairs[number] for number in asked)
    ]
    assert found.asked[asked] == pytest.approx(log_odds(lm, prompts, batch_tokens=1), abs=1e-4)

    rows = run.table("clones").to_pylist()
    assert {row["split"] for row in rows} == {VALIDATION, TEST}
    assert {row["data"] for row in rows} == {"hand", "hand, type 2", "hand, type 4"}
    whole = {
        (row["vectors"], row["layer"]): row
        for row in rows
        if (row["data"], row["split"], row["language_a"]) == ("hand", TEST, "all")
    }
    for level in range(-1, 3):
        row = whole["raw", level]
        own = [
            (found.single[RAW][level + 1, n], pair.clone)
            for n, pair in enumerate(pairs.pairs)
            if pair.split == TEST
        ]
        over = [(s > t) + 0.5 * (s == t) for s, c in own if c for t, d in own if not d]
        assert row["auc"] == pytest.approx(np.mean(over))
        assert (row["n"], row["unit"], row["floor"]) == (8, "problem", pytest.approx(2 / 3))
        assert row["low"] <= row["auc"] <= row["high"]
    assert {each for each, _ in whole} == {
        *("raw", "centred", "band raw", "band centred", "tokens"),
        *(["asked"] if ("asked", -1) in whole else []),
    }
    crossed = [row for row in rows if (row["language_a"], row["language_b"]) == ("python", "go")]
    assert len({(row["split"], row["vectors"], row["layer"]) for row in crossed}) == len(crossed)

    (claim,) = run.table("claims").to_pylist()
    again, _ = clone_claim(found, resamples=ASKED.resamples, seed=0)
    assert {name: claim[name] for name in ("id", "value", "verdict", "reason")} == {
        name: again[0][name] for name in ("id", "value", "verdict", "reason")
    }
    assert claim["reason"].startswith("(8 problems) these files only")
    assert any("layers 0 to 0, from the run's concept band" in n for n in run.manifest.notes)
    assert {at[0] for at in seen} == {"clones (embeddings)", "clones (asked)"}
    assert "Telling clones" in render(run)


def test_a_run_without_a_band_gets_one_from_validation_and_full_runs_the_twin(lm, pairs, tmp_path):
    full = ClonesParameters(asked=0)
    run = clones(made_run(tmp_path / "run", lm, study="mexa"), lm=lm, pairs=pairs, parameters=full)
    again = clones(run, lm=lm, pairs=pairs, parameters=full)
    with pytest.raises(OtherRunError, match="step clones with other parameters"):
        clones(run, lm=lm, pairs=pairs, parameters=ClonesParameters(asked=3))
    assert again.table("clones").equals(run.table("clones"))
    found = scores_of(run)
    assert found.chosen_by == OF_VALIDATION and UNTRAINED in found.single
    assert run.has_tensors("embeddings.untrained")
    assert not np.isfinite(found.asked).any()
    assert "Telling clones" in render(run)


def test_a_stopped_step_goes_on_to_the_same_bytes(lm, pairs, tmp_path, monkeypatch):
    small = ClonesParameters(profile="quick", asked=12, batch_tokens=200)
    whole = clones(made_run(tmp_path / "whole", lm), lm=lm, pairs=pairs, parameters=small)
    monkeypatch.setattr(embeddings, "CHECKPOINT_SECONDS", 0)
    run = made_run(tmp_path / "run", lm)

    def stop(step, done, total, unit, detail):
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clones(run, lm=lm, pairs=pairs, parameters=small, watch=stop)
    seen = []
    run = clones(run, lm=lm, pairs=pairs, parameters=small, watch=lambda *at: seen.append(at))
    assert seen[0][1] > 20
    for name in ("tensors/embeddings.safetensors", "tensors/clones.safetensors"):
        assert (run.path / name).read_bytes() == (whole.path / name).read_bytes()
    assert run.table("clones").equals(whole.table("clones"))


def test_another_model_is_refused(lm, make_lm, pairs, tmp_path):
    run = made_run(tmp_path / "run", lm)
    with pytest.raises(RunError, match="the model is not the one of"):
        clones(run, lm=make_lm("gpt2"), pairs=pairs)


def test_a_child_run_takes_the_step_with_another_seed(lm, pairs, tmp_path):
    made = clones(made_run(tmp_path / "run", lm), lm=lm, pairs=pairs, parameters=ASKED)
    child = clones(
        made, lm=lm, pairs=pairs, parameters=replace(ASKED, seed=1), out=tmp_path / "child"
    )
    assert child.path == tmp_path / "child" and child.has("clones")
    assert child.manifest.parents == (str(made.path),)
    with pytest.raises(OtherRunError, match="--out"):
        clones(made, lm=lm, pairs=pairs, parameters=replace(ASKED, seed=1))
