"""A-8: orders of languages over directions, by hand and in worlds where the answer is known."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import rankdata

from neuroglot.analyses.keyword_claims import KeywordMass, concordance, near, whatever_the_pair

LANGUAGES, LAYERS, DIRECTIONS = 10, 12, 20
LEVELS = tuple(range(-1, LAYERS))


def world(seed, *, preferred=0.0, by_size=False):
    """Keyword masses; `preferred` lifts the keywords of later languages in every direction."""
    rng = np.random.default_rng(seed)
    sizes = np.linspace(12, 60, LANGUAGES).astype(int)
    member = np.zeros((400, LANGUAGES), dtype=bool)
    for language, size in enumerate(sizes):
        member[rng.permutation(400)[:size], language] = True
    member = member[member.any(axis=1)]
    rank = np.arange(LANGUAGES) / LANGUAGES
    if by_size:
        rank = rank[::-1]
    lift = preferred * (member * rank).sum(axis=1) / member.sum(axis=1)
    noise = rng.normal(0, 1.0, (DIRECTIONS, len(LEVELS), len(member)))
    ends = np.zeros((DIRECTIONS, LANGUAGES), dtype=bool)
    for direction in range(DIRECTIONS):
        ends[direction, rng.permutation(LANGUAGES)[:2]] = True
    return KeywordMass(
        languages=tuple(f"l{n}" for n in range(LANGUAGES)),
        layers=LAYERS,
        levels=LEVELS,
        mass=np.exp(-6 + lift + noise),
        member=member,
        ends=ends,
        faithful=np.ones(len(LEVELS), dtype=bool),
    )


def verdict(found, seed=0):
    (claim,), _ = whatever_the_pair(found, permutations=99, seed=seed)
    return claim


def test_concordance_is_kendalls_for_complete_orders():
    rng = np.random.default_rng(0)
    values = rng.random((6, 9))
    ranks = np.array([rankdata(row) for row in values])
    sums = ranks.sum(axis=0)
    m, n = values.shape
    kendall = 12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (n**3 - n))
    assert concordance(values) == pytest.approx(kendall)


def test_concordance_of_equal_orders_is_one_whatever_is_missing():
    values = np.tile(np.arange(8.0), (5, 1))
    values[0, 2] = values[3, 5] = np.nan
    assert concordance(values) == pytest.approx(1)


def test_mass_for_each_keyword_by_hand():
    member = np.array([[True, True], [True, False], [False, True]])
    mass = np.array([[0.2, 0.4, 0.1]])
    found = near(mass, member, np.array([[False, True]]))
    assert found[0, 0] == pytest.approx((0.1 + 0.4) / 2)
    assert np.isnan(found[0, 1])


def test_directions_that_disagree_never_hold():
    found = Counter(verdict(world(seed), seed)["verdict"] for seed in range(20))
    assert not found["holds"], found


def test_a_preference_that_follows_keywords_and_size_holds():
    found = Counter(verdict(world(seed, preferred=6.0), seed)["verdict"] for seed in range(20))
    assert found["holds"] >= 18, found


def test_a_preference_against_size_does_not_hold():
    against = world(1, preferred=6.0, by_size=True)
    assert verdict(against)["verdict"] == "does not hold"


def test_few_languages_cannot_tell():
    whole = world(0)
    few = KeywordMass(
        whole.languages[:3],
        whole.layers,
        whole.levels,
        whole.mass,
        whole.member[:, :3],
        whole.ends[:, :3],
        whole.faithful,
    )
    assert verdict(few)["verdict"] == "cannot tell"
