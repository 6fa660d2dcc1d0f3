"""Everything of the study in one run, step by step, and again from where it was stopped."""

import pytest

import neuroglot as ng
from neuroglot.studies import (
    AblationParameters,
    NeuronsParameters,
    PublishedParameters,
    concept_space,
)
from neuroglot.text.planted import planted_documents

pytestmark = pytest.mark.slow
ASKED = {
    "parameters": NeuronsParameters(profile="quick", tokens_per_language=2_000),
    "ablation": AblationParameters(eval_tokens=1_000, draws=1),
    "beside": PublishedParameters(eval_tokens=1_000),
}


def few_documents(*, held_out):
    documents = planted_documents(
        repositories=6, held_out_repositories=held_out, documents_per_repository=4
    )
    return ng.Corpus.from_documents(d for d in documents if d.language in ("go", "python"))


def test_all_parts_are_in_one_run_and_the_same_call_goes_on(tmp_path):
    lm, corpus = ng.load("planted"), few_documents(held_out=2)
    said, steps = [], []

    def stop(step, *_):
        if step == "published ablation":
            raise KeyboardInterrupt
        steps.append(step)

    with pytest.raises(KeyboardInterrupt):
        concept_space(lm, corpus, out=tmp_path / "run", watch=stop, **ASKED)
    assert {"record", "ablation", "published counts"} <= set(steps)
    again = []
    run = concept_space(
        lm,
        corpus,
        out=tmp_path / "run",
        say=said.append,
        watch=lambda step, *_: again.append(step),
        **ASKED,
    )
    assert set(again) == {"published ablation"}, "what was done is not done again"
    assert {row["id"] for row in run.table("claims").to_pylist()} == {"A-1", "A-2", "A-3", "A-5"}
    assert run.has("ablation") and run.has("published_ablation")
    assert any("cells" in sentence for sentence in said), "the plan was not said"
    rows = {r["id"]: r for r in run.table("published_readings").to_pylist()}
    assert rows["A-5"]["sound"] is not None


def test_text_without_a_held_out_part_is_scored_in_folds(tmp_path):
    few = few_documents(held_out=0)
    run = concept_space(ng.load("planted"), few, out=tmp_path / "folds", **ASKED)
    rows = run.table("ablation_documents").to_pylist()
    assert {row["fold"] for row in rows} == {0, 1, 2, 3, 4}
    scored = {row["document"]: row["fold"] for row in rows}
    repositories = {}
    for document in few.documents:
        if document.id in scored:
            repositories.setdefault(document.repo, set()).add(scored[document.id])
    assert len(repositories) > 6
    assert all(len(folds) == 1 for folds in repositories.values()), "a repository in two folds"
    assert any("no held-out part" in note for note in run.manifest.notes)
