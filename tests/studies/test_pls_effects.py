"""Exact effects of single units against whole runs of the edited model."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet
from neuroglot.measure.recording import read_for, record
from neuroglot.stats.pls import PLS, PROJECTIONS
from neuroglot.studies.pls_effects import drawn_units, unit_effects


@pytest.fixture(scope="module")
def corpus():
    """Short functions in two languages."""
    return ng.Corpus.from_mapping(
        {
            "python": [f"def f{n}(x):\n    return x + {n}\n" * (2 + n % 3) for n in range(24)],
            "go": [f"func f{n}(x int) int {{ return {n} }}\n" * (1 + n % 3) for n in range(24)],
        },
        deduplicate=False,
    )


def nats_per_token(lm, row):
    ids = torch.from_numpy(np.array(row.ids))[None]
    with torch.no_grad():
        logits = lm.logits(ids)[0, :-1].double()
    return float(torch.nn.functional.cross_entropy(logits, ids[0, 1:]))


@pytest.mark.parametrize("family", ["llama", "gpt2", "phi3"])
def test_effects_are_those_of_whole_runs(family, make_lm, corpus):
    lm = make_lm(family)
    reading = read_for(lm, corpus)
    pls = record(lm, reading, PLS)[PLS]
    found = unit_effects(lm, reading, pls, units=14, batch_tokens=600)
    width = int(pls.widths.sum())
    clean = [nats_per_token(lm, row) for row in reading.rows]
    seen = set()
    for number, flat in enumerate(found.flat.tolist()):
        layer, unit = divmod(flat, width)
        site = PROJECTIONS[pls.projection_of()[unit]]
        seen.add(site)
        edit = ng.zero(NeuronSet.of([(layer, int(pls.index_of()[unit]))], site))
        with lm.edit(edit):
            edited = [nats_per_token(lm, row) for row in reading.rows]
        for k in range(2):
            own = np.array([row.label == k for row in reading.rows])
            expected = np.mean(np.array(edited)[own] - np.array(clean)[own])
            assert found.effects[k, number] == pytest.approx(expected, abs=2e-5)
    assert len(seen) >= 4


@pytest.mark.slow
def test_scores_predict_effects_in_a_model_with_planted_neurons(corpus):
    lm = ng.load("planted")
    longer = ng.Corpus.from_mapping(
        {id: [d.text * 3 for d in corpus.documents if d.language == id] for id in corpus.languages}
    )
    reading = read_for(lm, longer)
    pls = record(lm, reading, PLS)[PLS]
    found = unit_effects(lm, reading, pls, units=60)
    assert found.correlation["mean_abs_prod"] > 0.3
    assert found.correlation.keys() == {
        "mean_abs_prod",
        "abs_mean_prod",
        "prod_mean_abs",
        "prod_means",
    }
    row = found.rows[5]
    assert row["language"] == "python" and row["score"] == found.scores[0, 5]


def test_units_are_drawn_from_every_step_of_the_score(make_lm, corpus):
    lm = make_lm("llama")
    pls = record(lm, corpus, PLS)[PLS]
    scores = pls.scores()
    highest = (scores / scores.mean(axis=(1, 2), keepdims=True)).max(axis=0).ravel()
    rank = highest.argsort().argsort()
    chosen = drawn_units(pls, units=50, seed=1)
    assert len(set(chosen.tolist())) == 50
    counts = np.bincount(rank[chosen] * 10 // len(highest), minlength=10)
    assert counts.min() >= 4 and counts.max() <= 6
    assert np.array_equal(chosen, drawn_units(pls, units=50, seed=1))
    assert not np.array_equal(chosen, drawn_units(pls, units=50, seed=2))
    assert len(drawn_units(pls, units=10**6, seed=0)) == len(highest)


def test_other_labels_are_refused(make_lm, corpus):
    lm = make_lm("llama")
    pls = record(lm, corpus, PLS)[PLS]
    turned = read_for(lm, corpus.only(["go", "python"]))
    with pytest.raises(ConfigError, match="give the text that was scored"):
        unit_effects(lm, turned, pls)
