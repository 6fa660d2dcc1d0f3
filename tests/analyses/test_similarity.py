"""Measures of similarity by hand, and on vectors whose answer is known."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from neuroglot.analyses.alignment import centred
from neuroglot.analyses.similarity import (
    ABOVE,
    CENTRED,
    CKA,
    MEASURES,
    RAW,
    RETRIEVAL,
    RSA,
    distractors,
    outliers,
    retrieved,
    similarities,
)
from neuroglot.base.errors import ConfigError

ITEMS, WIDTH = 40, 12


def candidates_of(n_languages, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(5, 60, (n_languages, ITEMS))
    return np.stack([distractors(own, np.arange(ITEMS)) for own in lengths])


def measured(vectors, candidates):
    return similarities(vectors, candidates, retrieved(centred(vectors), candidates))


@pytest.fixture
def vectors():
    """Three languages: the second says what the first says, the third something else; all share a
    large mean."""
    rng = np.random.default_rng(1)
    meaning, other = rng.normal(size=(2, ITEMS, WIDTH))
    mean = 5 * np.ones(WIDTH)
    return np.stack([meaning, meaning + 0.05 * rng.normal(size=meaning.shape), other]) + mean


def test_every_measure_is_that_of_a_slow_reading(vectors):
    candidates = candidates_of(3)
    found = measured(vectors, candidates)

    def cosine(x, y):
        return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))

    less = vectors - vectors.mean(axis=1, keepdims=True)
    for p in range(3):
        for q in range(3):
            items = range(ITEMS)
            raw = np.mean([cosine(vectors[p, i], vectors[q, i]) for i in items])
            assert found[RAW][p, q] == pytest.approx(raw)
            own = np.mean([cosine(less[p, i], less[q, i]) for i in items])
            assert found[CENTRED][p, q] == pytest.approx(own)
            ways = [
                cosine(vectors[a, i], vectors[b, j])
                for a, b in ((p, q), (q, p))
                for i in items
                for j in candidates[b, i]
            ]
            assert found[ABOVE][p, q] == pytest.approx(raw - np.mean(ways))
            hsic = [np.linalg.norm(less[a].T @ less[b]) ** 2 for a, b in ((p, q), (p, p), (q, q))]
            assert found[CKA][p, q] == pytest.approx(hsic[0] / np.sqrt(hsic[1] * hsic[2]))
            pairs = [(i, j) for i in items for j in range(i + 1, ITEMS)]
            apart = [[1 - cosine(less[k, i], less[k, j]) for i, j in pairs] for k in (p, q)]
            assert found[RSA][p, q] == pytest.approx(spearmanr(*apart).statistic)
            hits = [
                cosine(less[a, i], less[b, i])
                > max(cosine(less[a, i], less[b, j]) for j in candidates[b, i])
                for a, b in ((p, q), (q, p))
                for i in items
            ]
            assert found[RETRIEVAL][p, q] == pytest.approx(np.mean(hits))


def test_a_shared_mean_flatters_the_raw_cosine_alone(vectors):
    found = measured(vectors, candidates_of(3))
    assert found.keys() == set(MEASURES)
    assert found[RAW][0, 2] > 0.9
    for measure in (CENTRED, ABOVE, RSA):
        assert abs(found[measure][0, 2]) < 0.2 * found[measure][0, 1], measure
    assert found[RETRIEVAL][0, 1] == 1 and found[RETRIEVAL][0, 2] < 0.2
    assert found[CKA][0, 1] > 0.95 > 0.6 > found[CKA][0, 2]


def test_distractors_have_like_lengths_and_other_texts():
    lengths = np.array([10, 11, 50, 9, 10, 52, 30, 12])
    texts = np.array([0, 1, 2, 3, 0, 5, 6, 7])
    found = distractors(lengths, texts, count=3)
    assert found[0].tolist() == [1, 3, 7]
    assert found[2].tolist() == [5, 6, 7]
    with pytest.raises(ConfigError, match="wants 15 others"):
        distractors(lengths, texts)


def test_a_tie_is_no_hit():
    vectors = np.ones((2, 20, 3))
    candidates = np.stack([distractors(np.arange(20), np.arange(20))] * 2)
    assert not retrieved(vectors, candidates).any()


def test_outlying_dimensions_are_named_largest_first(vectors):
    assert len(outliers(vectors)) == 0
    wild = vectors.copy()
    wild[..., 3] += 200
    wild[..., 7] -= 900
    assert outliers(wild).tolist() == [7, 3]
    assert len(outliers(np.zeros((4, 5)))) == 0
