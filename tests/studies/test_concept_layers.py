"""Concept layers of small models: values by hand, sites that add up, and items that go together."""

import numpy as np
import pytest

from neuroglot.analyses.alignment import centred
from neuroglot.analyses.concept_band import BAG, TWIN, Found, concept_layers_claim
from neuroglot.analyses.similarity import MEASURES, distractors, retrieved, similarities
from neuroglot.base.errors import ConfigError
from neuroglot.measure.pooling import site_means
from neuroglot.studies.concept_layers import SITES, concept_layers
from neuroglot.text.parallel import ParallelCorpus

N = 24


def corpus_of(name="x", languages=("python", "java")):
    forms = {"python": "{0} = {1}{2}", "java": "int {0} = {1}{2};", "go": "{0} := {1}{2}"}
    return ParallelCorpus.from_rows(
        {"id": str(n), "problem": str(n // 2)}
        | {k: forms[k].format(name, n, " + 1" * (n % 5)) for k in languages}
        for n in range(N)
    )


def measured(vectors, candidates):
    return similarities(vectors, candidates, retrieved(centred(vectors), candidates))


@pytest.fixture(scope="module")
def found(make_lm):
    return concept_layers(make_lm("llama"), corpus_of(), renamed=corpus_of("total"))


def test_values_are_those_of_the_measures_on_pooled_vectors(make_lm, found):
    lm = make_lm("llama")
    corpus = corpus_of()
    texts = [[item[k] for item in corpus.items] for k in corpus.languages]
    pooled = site_means(lm, texts[0] + texts[1], ["resid_post", "mlp_out"])
    tokens = pooled.tokens.reshape(2, N)
    candidates = np.stack([distractors(own, np.arange(N)) for own in tokens])
    for level in range(-1, lm.n_layers):
        stream = pooled.vectors["resid_post"][:, level + 1].reshape(2, N, -1).astype(np.float64)
        for measure, values in measured(stream, candidates).items():
            assert found.cross["resid_post"][measure][level + 1] == pytest.approx(values)
        if level >= 0:
            below = pooled.vectors["resid_post"][:, level].reshape(2, N, -1).astype(np.float64)
            update = measured(stream - below, candidates)
            for measure, values in update.items():
                ours = found.cross["update"][measure][level]
                assert ours == pytest.approx(values, abs=1e-6)


def test_rows_name_every_pair_once(found):
    rows = found.rows("made up")
    keys = [
        tuple(row[k] for k in ("corpus", "site", "layer", "measure", "kind", "a", "b"))
        for row in rows
    ]
    assert len(set(keys)) == len(keys)
    levels = 3 * len(found.levels) - 2
    assert len(keys) == len(MEASURES) * levels * (1 + 2)
    assert {row["site"] for row in rows} == set(SITES)
    twin = [row for row in rows if row["untrained"] is not None]
    assert {(row["site"], row["kind"]) for row in twin} == {("resid_post", "cross")}


def test_renamed_copies_are_nearer_than_other_languages(found):
    last = len(found.levels) - 1
    intra = found.intra["resid_post"]["cosine"][last]
    assert intra.shape == (2,)
    assert intra.min() > found.cross["resid_post"]["cosine"][last][0, 1] - 0.5


def test_quality_is_what_the_claim_takes(found):
    assert found.tasks == tuple(str(n) for n in range(N // 2))
    assert found.others[BAG].shape == (1, N // 2)
    assert found.quality["resid_post"].shape == found.others[TWIN].shape
    judged = Found(found.quality["resid_post"], found.levels, found.others)
    claims, parts = concept_layers_claim(judged, resamples=20, seed=0)
    assert claims[0]["verdict"] == "cannot tell"
    assert claims[0]["reason"].startswith("gate: ") and parts


def test_items_that_do_not_go_together_are_refused(make_lm):
    lm = make_lm("llama")
    with pytest.raises(ConfigError, match="in one language"):
        concept_layers(lm, corpus_of(languages=("python",)))
    with pytest.raises(ConfigError, match="in the same languages"):
        concept_layers(lm, corpus_of(), renamed=corpus_of(languages=("python", "go")))
    few = ParallelCorpus.from_rows(
        {"id": str(n), "problem": "p", "python": f"a{n}", "go": f"b{n}"} for n in range(9)
    )
    with pytest.raises(ConfigError, match="wants 15 others"):
        concept_layers(lm, few)


def test_a_twin_is_not_run_where_it_is_not_asked_for(make_lm):
    found = concept_layers(make_lm("gpt2"), corpus_of(), twin=False)
    assert TWIN not in found.others and not found.twin and not found.intra
    assert all(row["untrained"] is None for row in found.rows("x"))
