"""LAPE on counts of real text, evaluated anew in a few lines of NumPy from the tensors on disk."""

import numpy as np
import pytest

import neuroglot as ng
from neuroglot.analyses.lape import lape
from neuroglot.measure.recording import record
from neuroglot.stats.activity import NeuronActivity


def evaluated(active, tokens, owner, *, nu, tau=0.95):
    """[(layer, neuron), ...] per label from counts per group, by the formula."""
    n_labels = owner.max() + 1
    sums = np.stack([active[owner == k].sum(axis=0) for k in range(n_labels)]).astype(float)
    read = np.array([tokens[owner == k].sum() for k in range(n_labels)], dtype=float)
    rate = sums / read[:, None, None]
    bound = np.sort(rate.ravel())[round(tau * rate.size) - 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = rate / rate.sum(axis=0)
        terms = np.where(share > 0, share * np.log(share), 0.0)
    entropy = np.where(rate.sum(axis=0) > 0, -terms.sum(axis=0), np.inf).round(12)
    sets = []
    for k in range(n_labels):
        layers, neurons = np.nonzero((rate[k] > bound) & np.isfinite(entropy))
        order = np.lexsort((neurons, layers, entropy[layers, neurons]))[:nu]
        sets.append(list(zip(layers[order].tolist(), neurons[order].tolist(), strict=True)))
    return sets


def owner_of(activity):
    return np.array([activity.labels.index(group.label) for group in activity.groups])


def test_the_planted_model_s_counts(planted_run):
    activity = NeuronActivity.from_arrays(
        planted_run.tensors("activity"), planted_run.tensor_metadata("activity")
    )
    found = evaluated(activity.active, activity.tokens, owner_of(activity), nu=50)
    table = planted_run.table("lape").to_pylist()
    for label, expected in zip(activity.labels, found, strict=True):
        rows = [row for row in table if row["language"] == label]
        assert [(row["layer"], row["neuron"]) for row in rows] == expected


@pytest.mark.data
def test_a_trained_model_s_counts_on_code(data):
    lm = ng.load(data / "models" / "bootstrap", dtype="float32")
    asked = ["python", "go", "java", "english"]
    corpus = ng.Corpus.from_folder(data / "corpus", languages=asked)
    activity = record(lm, corpus, NeuronActivity, tokens_per_language=3_000)[NeuronActivity]
    for nu in (20, 300):
        found = evaluated(activity.active, activity.tokens, owner_of(activity), nu=nu)
        neurons = lape(activity, nu=nu)
        assert [list(mine) for mine in neurons.values()] == found
