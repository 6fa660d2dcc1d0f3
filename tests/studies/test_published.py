"""The published procedure as a step of a run, against the same done by hand."""

import shutil
from importlib import import_module

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError, OtherRunError
from neuroglot.base.units import NeuronSet
from neuroglot.measure.recording import read_for
from neuroglot.report.page import render
from neuroglot.runs.directory import open_run
from neuroglot.studies.parameters import PublishedParameters

LABELS = ("go", "python")
step = import_module("neuroglot.studies.published_procedure")
published = step.published


@pytest.fixture(scope="module")
def lm():
    return ng.load("planted")


@pytest.fixture(scope="module")
def corpus(code_folder):
    return ng.Corpus.from_folder(code_folder)


def added(planted_run, folder, lm, corpus, **parameters):
    shutil.copytree(planted_run.path, folder)
    chosen = PublishedParameters(**{"eval_tokens": 1_000} | parameters)
    return published(folder, lm=lm, corpus=corpus, parameters=chosen)


@pytest.fixture(scope="module")
def replicated(planted_run, lm, corpus, tmp_path_factory):
    return added(planted_run, tmp_path_factory.mktemp("published") / "run", lm, corpus)


@pytest.fixture(scope="module")
def released(planted_run, lm, corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("released") / "run"
    return added(planted_run, folder, lm, corpus, preset="release")


def sets_of(run):
    sets = {}
    for row in run.table("published_lape").to_pylist():
        sets.setdefault(row["language"], []).append((row["layer"], row["neuron"]))
    return sets


def test_every_language_has_as_many_neurons_as_were_asked_for(replicated):
    sets = sets_of(replicated)
    assert len(sets) == 2
    assert {len(units) for units in sets.values()} == {50}
    entropies = [
        row["entropy"]
        for row in replicated.table("published_lape").to_pylist()
        if row["language"] == "go"
    ]
    assert entropies == sorted(entropies)


def surprises(lm, corpus, language, packing):
    """Nats and tokens of each row of a language, one row at a time, by one full run each."""
    reading = read_for(
        lm, corpus, tokens_per_language=1_000, max_document_tokens=1_000, packing=packing
    )
    found = []
    for row in reading.rows:
        if reading.labels[row.label] == language:
            with torch.no_grad():
                logs = lm.logits(torch.tensor(row.ids)[None])[0].double().log_softmax(-1)
            each = -logs[:-1].gather(1, torch.tensor(row.ids[1:])[:, None])[:, 0]
            counted = torch.tensor(row.counted[1:])
            found.append((float(each[counted].sum()), int(counted.sum())))
    return np.array(found).T


def cells(run):
    rows = run.table("published_ablation").to_pylist()
    return {(row["ablated"], row["evaluated"]): row for row in rows}


def test_each_cell_is_a_run_of_the_model_with_the_set_at_zero(replicated, lm, corpus):
    nats, tokens = surprises(lm, corpus, "go", "documents")
    with lm.edit(ng.zero(NeuronSet.of(sets_of(replicated)["go"]))):
        damaged, _ = surprises(lm, corpus, "go", "documents")
    found = cells(replicated)
    assert found["none", "go"]["nll"] == pytest.approx(nats.sum() / tokens.sum(), rel=1e-5)
    assert found["go", "go"]["nll"] == pytest.approx(damaged.sum() / tokens.sum(), rel=1e-5)
    change = (damaged.sum() - nats.sum()) / tokens.sum()
    assert found["go", "go"]["nll_change"] == pytest.approx(change, rel=1e-3)


def test_the_release_scores_joined_rows_with_equal_weight(released, lm, corpus):
    nats, tokens = surprises(lm, corpus, "python", "published")
    with lm.edit(ng.zero(NeuronSet.of(sets_of(released)["go"]))):
        damaged, _ = surprises(lm, corpus, "python", "published")
    found = cells(released)
    assert found["none", "python"]["nll"] == pytest.approx((nats / tokens).mean(), rel=1e-5)
    assert found["go", "python"]["nll"] == pytest.approx((damaged / tokens).mean(), rel=1e-5)


def test_counts_are_over_every_position_of_full_rows(replicated):
    metadata = replicated.tensor_metadata("activity.published")
    activity = ng.NeuronActivity.from_arrays(replicated.tensors("activity.published"), metadata)
    by_language = [activity.tokens[[g.label == k for g in activity.groups]].sum() for k in LABELS]
    assert by_language == [2_000, 2_000]


def test_the_page_shows_both_and_says_that_one_has_no_verdict(replicated, planted_run):
    page = render(replicated)
    for words in ("Published: set to zero, as it is", "they carry no verdict", "beyond matched"):
        assert words in page
    assert "Published: set to zero" not in render(planted_run)


def test_the_same_again_is_done_and_another_preset_is_refused(replicated, lm, corpus, monkeypatch):
    monkeypatch.setattr(step, "score_variants", lambda *_, **__: pytest.fail("it was done"))
    published(
        replicated.path, lm=lm, corpus=corpus, parameters=PublishedParameters(eval_tokens=1_000)
    )
    with pytest.raises(OtherRunError, match="preset"):
        published(
            replicated.path,
            lm=lm,
            corpus=corpus,
            parameters=PublishedParameters(preset="release", eval_tokens=1_000),
        )


def test_a_killed_step_goes_on_to_the_same_bytes(
    replicated, planted_run, lm, corpus, tmp_path, monkeypatch
):
    from neuroglot.measure import ablation, recording

    monkeypatch.setattr(ablation, "CHECKPOINT_SECONDS", 0)
    monkeypatch.setattr(recording, "CHECKPOINT_SECONDS", 0)
    folder = tmp_path / "run"
    shutil.copytree(planted_run.path, folder)
    chosen = PublishedParameters(eval_tokens=1_000)
    for phase, most in (("published counts", 1), ("published ablation", 2)):
        seen = []

        def stop(step, *_, seen=seen, phase=phase, most=most):
            seen.append(step)
            if seen.count(phase) > most:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            published(folder, lm=lm, corpus=corpus, parameters=chosen, watch=stop)
    run = published(folder, lm=lm, corpus=corpus, parameters=chosen)
    for name in ("published_lape", "published_ablation", "published_readings"):
        mine, other = (r.path / "tables" / f"{name}.parquet" for r in (run, replicated))
        assert mine.read_bytes() == other.read_bytes(), name
    assert open_run(folder).manifest.addition("published").step.state == "done"


def test_a_preset_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="unknown preset 'paper': known are sound, published"):
        PublishedParameters(preset="paper")
