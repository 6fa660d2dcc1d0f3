"""The most alike pairs are those of a loop over all pairs, whatever the blocks."""

from itertools import combinations

import numpy as np
import pytest

from neuroglot.analyses.neighbours import FEWEST, less_means, nearest_pairs, whitened


def any_pair(rows, columns):
    n = [s.stop - s.start for s in (rows, columns)]
    return np.ones(n, dtype=bool)


def naive(vectors, top, threshold, kind=lambda i, j: True):
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1)
    pairs = [
        (-(wide[i] @ wide[j]) / (lengths[i] * lengths[j]), i, j)
        for i, j in combinations(range(len(wide)), 2)
        if kind(i, j)
    ]
    return [(i, j, -c) for c, i, j in sorted(pairs) if -c >= threshold][:top]


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
@pytest.mark.parametrize(("top", "threshold"), [(1, -1.0), (25, -1.0), (5000, 0.3), (10, 0.99)])
def test_against_a_loop_over_all_pairs(block, top, threshold):
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(90, 12)).astype(np.float32)
    vectors[40] = vectors[3] * 2
    vectors[77] = vectors[8] + 1e-4
    groups = rng.integers(0, 3, 90)

    def apart(rows, columns):
        return groups[rows, None] != groups[None, columns]

    found = nearest_pairs(vectors, [any_pair, apart], top=top, threshold=threshold, block=block)
    wanted = [
        naive(vectors, top, threshold),
        naive(vectors, top, threshold, lambda i, j: groups[i] != groups[j]),
    ]
    for own, expected in zip(found, wanted, strict=True):
        assert list(zip(own.first, own.second, strict=True)) == [(i, j) for i, j, _ in expected]
        assert own.cosine == pytest.approx([c for *_, c in expected], abs=1e-12)


def test_differences_below_float32_are_told_apart():
    rng = np.random.default_rng(0)
    centre = rng.normal(size=300)
    # Hundreds of pairs whose cosines are the same in float32.
    vectors = centre + 1e-5 * rng.normal(size=(60, 300))
    found = nearest_pairs(vectors, [any_pair], top=20, block=16)[0]
    wanted = naive(vectors, 20, -1)
    assert found.cosine == pytest.approx([c for *_, c in wanted], abs=1e-15)
    assert len(set(np.float32(found.cosine))) < 5


def test_progress_and_nothing_to_find():
    seen = []
    vectors = np.eye(10)
    (none,) = nearest_pairs(
        vectors, [any_pair], top=3, threshold=0.5, block=4, on_progress=lambda *at: seen.append(at)
    )
    assert len(none.first) == len(none.cosine) == 0
    assert seen == [(4, 10), (8, 10), (10, 10)]


def test_means_are_taken_off_by_group_where_there_are_enough():
    rng = np.random.default_rng(1)
    groups = np.repeat([0, 1, 2], [FEWEST, FEWEST + 5, FEWEST - 1])
    vectors = rng.normal(size=(len(groups), 4)) + groups[:, None]
    found = less_means(vectors, groups)
    for group in (0, 1):
        own = groups == group
        assert found[own] == pytest.approx(vectors[own] - vectors[own].mean(axis=0))
    assert found[groups == 2] == pytest.approx(vectors[groups == 2] - vectors.mean(axis=0))


def test_whitened_cosines_are_those_of_the_shrunken_covariance():
    rng = np.random.default_rng(3)
    wide = rng.normal(size=(60, 5)) * [9, 3, 1, 0.3, 0.1] @ rng.normal(size=(5, 5))
    wide -= wide.mean(axis=0)
    covariance = np.cov(wide.T, bias=True)
    share = 5 / 65
    shrunken = (1 - share) * covariance + share * np.trace(covariance) / 5 * np.eye(5)
    inner = wide @ np.linalg.solve(shrunken, wide.T)
    size = np.sqrt(np.diag(inner))
    found = whitened(wide)
    cosines = (
        found @ found.T / np.linalg.norm(found, axis=1) / np.linalg.norm(found, axis=1)[:, None]
    )
    assert cosines == pytest.approx(inner / size / size[:, None])


def test_rows_that_are_all_the_same_vary_in_no_direction():
    assert whitened(np.zeros((3, 4))) == pytest.approx(np.zeros((3, 4)))
