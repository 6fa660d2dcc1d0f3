"""MEXA: against a double loop, with duplicates and ties, and by its properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.analyses.alignment import (
    bags,
    ceilings,
    centred,
    differing,
    mexa_hits,
    numbered,
    row_means,
    shuffled_hits,
    tree,
    unique,
)
from neuroglot.base.errors import ConfigError


def by_hand(p, q):
    """One pair of languages: vectors [item, width] in whole numbers, so that ties are exact."""

    def product(a, b):
        # Cosines compared without roots: sign and square of the product over the squares.
        dot, scale = int(a @ b), int(a @ a) * int(b @ b)
        return (0, 0) if not scale else (np.sign(dot), np.sign(dot) * dot * dot / scale)

    n = len(p)
    hits = []
    for i in range(n):
        own = product(p[i], q[i])
        others = [product(p[i], q[j]) for j in range(n) if j != i]
        others += [product(p[j], q[i]) for j in range(n) if j != i]
        hits.append(all(own > other for other in others))
    return hits


@given(seed=st.integers(0, 10**6), items=st.integers(2, 9))
def test_hits_are_those_of_a_double_loop(seed, items):
    rng = np.random.default_rng(seed)
    # Powers of two along one axis each: every cosine is exact, and ties are plenty.
    vectors = np.zeros((3, items, 4), dtype=int)
    vectors[..., 0] = 1
    places = rng.integers(0, 4, (3, items))
    for language in range(3):
        vectors[language, np.arange(items), places[language]] += 1
    # Equal vectors are equal texts here.
    texts = np.array([np.unique(own, axis=0, return_inverse=True)[1].ravel() for own in vectors])
    hits = mexa_hits(vectors, texts)
    for p in range(3):
        for q in range(3):
            if p != q:
                assert hits[p, q].tolist() == by_hand(vectors[p], vectors[q])


@given(seed=st.integers(0, 10**6))
def test_hits_are_those_of_a_double_loop_on_real_numbers(seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(2, 6, 5))
    vectors[1] += 2 * vectors[0]
    hits = mexa_hits(vectors, np.tile(np.arange(6), (2, 1)))
    unit = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    for i in range(6):
        own = unit[0, i] @ unit[1, i]
        others = [unit[0, i] @ unit[1, j] for j in range(6) if j != i]
        others += [unit[0, j] @ unit[1, i] for j in range(6) if j != i]
        assert hits[0, 1, i] == all(own > other for other in others)


@given(seed=st.integers(0, 10**6))
def test_scores_are_symmetric_and_below_their_ceiling(seed):
    rng = np.random.default_rng(seed)
    vectors, texts = rng.normal(size=(3, 7, 4)), rng.integers(0, 6, (3, 7))
    hits = mexa_hits(vectors, texts)
    assert (hits == hits.transpose(1, 0, 2)).all()
    assert (hits.mean(axis=-1) <= ceilings(texts)).all()


def test_equal_texts_never_count_however_their_vectors_were_rounded():
    vectors = np.random.default_rng(0).normal(size=(2, 4, 8))
    vectors[1] = vectors[0]
    texts = np.array([[0, 1, 1, 2], [0, 1, 2, 3]])
    assert mexa_hits(vectors, texts)[0, 1].tolist() == [True, False, False, True]


def test_what_all_share_is_taken_off():
    rng = np.random.default_rng(1)
    own = rng.normal(size=(40, 16))
    vectors = np.stack([own + 50, own + 0.3 * rng.normal(size=own.shape) - 80])
    texts = np.tile(np.arange(40), (2, 1))
    assert mexa_hits(centred(vectors), texts)[0, 1].mean() > 0.9
    assert np.abs(centred(vectors).mean(axis=1)).max() < 1e-12


def test_shuffled_pairs_align_by_chance_alone():
    vectors = np.random.default_rng(2).normal(size=(2, 60, 8))
    vectors[1] = vectors[0]
    texts = np.tile(np.arange(60), (2, 1))
    assert mexa_hits(vectors, texts)[0, 1].all()
    assert shuffled_hits(vectors, texts, np.random.default_rng(0))[0, 1].mean() < 0.1


def test_texts_and_bags():
    assert numbered([["a ", "b", "a"], ["x", "b", "z"]]).tolist() == [[0, 1, 0], [2, 1, 3]]
    found = differing(np.array([[0, 1, 0, 5], [2, 1, 3, 6]]))
    assert found[0, 1].tolist() == [False, False, False, True]
    assert not found[0, 0].any()
    assert unique(np.array([[0, 1, 0]])).tolist() == [[False, True, False]]
    found = bags([[np.array([5, 2, 5])], [np.array([9])]])
    assert found.tolist() == [[[1, 2, 0]], [[0, 0, 1]]]


def test_means_leave_the_diagonal_out():
    scores = np.array([[1, 0.2, 0.4], [0.2, 1, 0.6], [0.4, 0.6, 1]])
    assert row_means(scores) == pytest.approx([0.3, 0.4, 0.5])


def test_the_nearest_are_joined_first():
    scores = np.array(
        [[1, 0.9, 0.1, 0.1], [0.9, 1, 0.1, 0.1], [0.1, 0.1, 1, 0.7], [0.1, 0.1, 0.7, 1]]
    )
    joined = tree(scores)
    assert joined[0, :2].tolist() == [0, 1]
    assert joined[1, :2].tolist() == [2, 3]
    assert joined[:, 2] == pytest.approx([0.1, 0.3, 0.9])


def test_shapes_must_agree():
    with pytest.raises(ConfigError, match="texts have shape"):
        mexa_hits(np.zeros((2, 3, 4)), np.zeros((2, 4), dtype=int))
