"""The model of pairs: against a dictionary's counts, and as a probability."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from neuroglot.analyses.bigrams import DISCOUNT, Bigrams

ROWS = np.random.default_rng(0).integers(0, 7, (20, 30)).astype(np.uint16)
WORDS = 9


def by_hand(rows, words, before, after):
    pairs = Counter((a, b) for row in rows.tolist() for a, b in pairwise(row))
    own = Counter(rows.ravel().tolist())
    single = (own[after] + 1) / (rows.size + words)
    total = sum(n for (a, _), n in pairs.items() if a == before)
    if not total:
        return single
    kinds = sum(a == before for a, _ in pairs)
    return (max(pairs[before, after] - DISCOUNT, 0) + DISCOUNT * kinds * single) / total


def test_probabilities_are_those_of_the_formula():
    model = Bigrams.counted(ROWS, vocabulary=WORDS)
    ids = np.array([0, 3, 3, 8, 1, 7, 7, 2, 0])
    expected = [
        -np.log(by_hand(ROWS, WORDS, a, b)) for a, b in zip(ids.tolist(), ids[1:], strict=False)
    ]
    assert model.nats(ids) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("before", range(WORDS))
def test_they_add_up_to_one(before):
    model = Bigrams.counted(ROWS, vocabulary=WORDS)
    costs = [model.nats(np.array([before, after]))[0] for after in range(WORDS)]
    assert sum(np.exp(-cost) for cost in costs) == pytest.approx(1, abs=1e-12)


def test_what_always_follows_costs_little():
    rows = np.tile(np.arange(6, dtype=np.uint16), (50, 4))
    model = Bigrams.counted(rows, vocabulary=6)
    assert model.nats(np.arange(6)).max() < 0.05
    assert model.nats(np.array([0, 3]))[0] > 4


def test_no_pair_spans_two_rows():
    rows = np.array([[0, 1], [2, 3]], dtype=np.uint16)
    assert Bigrams.counted(rows, vocabulary=4).pairs.tolist() == [1, 11]
