"""A-4: how often it is wrong, and its figures by hand."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from neuroglot.analyses.aligned_claims import (
    Aligned,
    close_pair,
    lacking_neurons,
    order_p,
)
from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.uncertainty import spearman

LANGUAGES = ("c", "cpp", "csharp", "java", "javascript", "php", "python")
LEVELS = tuple(range(-1, 8))
ITEMS = 580
"""As many as the published corpus has, near enough."""


def world(seed, *, close=0.5, others=0.5, words=0.47, bag_of_close=None, **changes):
    """Hits drawn by chance: items of a problem are alike, and an item that is easily told by its
    words is easily told by its vectors."""
    rng = np.random.default_rng(seed)
    n = len(LANGUAGES)
    problems = np.repeat(np.arange(116), 5)
    lean = np.repeat(rng.normal(0, 0.1, 116), 5)
    at = LANGUAGES.index("csharp"), LANGUAGES.index("java")

    ease = rng.random((n, n, ITEMS)) - lean

    def drawn(pair, rest, levels):
        chance = np.full((n, n, 1), rest)
        chance[at] = chance[at[::-1]] = pair
        noise = rng.standard_normal((levels, n, n, ITEMS), dtype=np.float32)
        return ease + 0.02 * noise < chance

    hits = {name: drawn(close, others, len(LEVELS)) for name in ("raw", "centred", "last")}
    hits["shuffled"] = drawn(0.01, 0.01, len(LEVELS))
    hits["untrained"] = drawn(words, words, len(LEVELS))
    hits["bag"] = np.repeat(drawn(bag_of_close or words, words, 1), len(LEVELS), axis=0)
    texts = np.arange(n * ITEMS).reshape(n, ITEMS)
    made = {"languages": LANGUAGES, "layers": 8, "levels": LEVELS, "problems": problems}
    return Aligned(**{**made, "texts": texts, "hits": hits, **changes})


@pytest.mark.parametrize(
    ("hits", "least", "most"),
    [
        ({}, 0, 2),
        ({"close": 0.6}, 45, 50),
        ({"close": 0.7, "bag_of_close": 0.67}, 0, 2),
    ],
    ids=["nothing", "twice the margin", "shared text"],
)
def test_it_holds_when_it_should(hits, least, most):
    verdicts = Counter(
        close_pair(world(seed, **hits), resamples=200, seed=seed)[0][0]["verdict"]
        for seed in range(50)
    )
    assert least <= verdicts["holds"] <= most, verdicts


def test_an_untrained_model_never_holds():
    for seed in range(20):
        found = world(seed, close=0.7)
        alike = Aligned(**{**vars(found), "hits": {**found.hits, "untrained": found.hits["raw"]}})
        assert close_pair(alike, resamples=200, seed=seed)[0][0]["verdict"] != "holds"


def test_too_few_items_cannot_tell():
    found = world(0, close=0.8)
    texts = found.texts.copy()
    texts[LANGUAGES.index("java"), :300] = texts[LANGUAGES.index("csharp"), :300]
    claims, parts = close_pair(Aligned(**{**vars(found), "texts": texts}), resamples=99, seed=0)
    assert claims[0]["verdict"] == "cannot tell"
    assert [part["value"] for part in parts if part["kind"] == "gate"] == [280, 8]


def test_without_its_languages_there_is_no_claim():
    found = world(0)
    assert close_pair(
        Aligned(**{**vars(found), "languages": tuple("abcdefg")}), resamples=9, seed=0
    ) == (
        [],
        [],
    )


def test_the_figure_by_hand():
    found = world(3, close=0.8)
    value = close_pair(found, resamples=9, seed=0)[0][0]["value"]
    # Of 8 layers the middle ones are 2 to 5, which are levels 3 to 6 after the embedding.
    above = found.hits["raw"][3:7].mean(axis=0) - found.hits["bag"][3:7].mean(axis=0)
    score = above.mean(axis=-1)
    place = {language: number for number, language in enumerate(LANGUAGES)}
    apart = [
        np.mean([score[place[one], place[q]] for q in LANGUAGES if q != one])
        for one in ("python", "php")
    ]
    assert value == pytest.approx(score[place["csharp"], place["java"]] - np.mean(apart))


def test_problems_are_drawn_whole():
    weights = problem_weights(np.array([4, 4, 9, 2, 9]), draws=50, seed=1)
    assert weights[0].tolist() == [1] * 5
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 2] == weights[:, 4]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_exact_p_counts_orders():
    first, second = np.array([1.0, 2, 3, 4, 5]), np.array([9.0, 7, 8, 3, 1])
    own = spearman(first, second)
    below = [spearman(first, second[list(order)]) <= own + 1e-9 for order in permutations(range(5))]
    assert order_p(first, second, seed=0) == pytest.approx(np.mean(below))


def test_neurons_that_fall_with_alignment():
    found = world(0)
    scores = dict(zip(LANGUAGES, np.linspace(0.2, 0.9, 7), strict=True))
    hits = np.zeros((len(LEVELS), 7, 7, ITEMS), dtype=bool)
    for p, one in enumerate(LANGUAGES):
        for q, other in enumerate(LANGUAGES):
            hits[:, p, q, : int(ITEMS * (scores[one] + scores[other]) / 2)] = True
    none = np.zeros_like(hits)
    aligned = Aligned(**{**vars(found), "hits": {"raw": hits, "bag": none}})
    falling = {language: 100 - 10 * number for number, language in enumerate(LANGUAGES)}
    claims, _ = lacking_neurons(aligned, falling, seed=0)
    assert claims[0]["verdict"] == "holds"
    assert claims[0]["value"] == pytest.approx(1)
    rising = {language: 10 * number for number, language in enumerate(LANGUAGES)}
    assert lacking_neurons(aligned, rising, seed=0)[0][0]["verdict"] == "does not hold"
    few = dict(list(falling.items())[:5])
    assert lacking_neurons(aligned, few, seed=0)[0][0]["verdict"] == "cannot tell"
