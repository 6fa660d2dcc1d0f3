"""B-1 over simulated scores: planted units are real, and a model without any never holds."""

import numpy as np
import pytest

from neuroglot.analyses.pls import PLSRule
from neuroglot.analyses.pls_evidence import Tasks, pls_evidence
from neuroglot.analyses.pls_specificity import specialised_units
from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.pls import PLS

LABELS = ("python", "java", "go", "php")
LAYERS, UNITS, BUCKETS, TEXTS = 4, 100, 16, 8
WIDTHS = np.array([20, 10, 10, 10, 20, 20, 10])
RULE = PLSRule(top=0.05)


def world(seed, *, planted, loud=(1.0, 1.0, 1.0, 1.0), noise=0.8):
    """A PLS over parallel tasks: every unit has its own size and reacts to each task; `planted` of
    each language have three times the score in it."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0, 0.5, LAYERS * UNITS)
    task = rng.lognormal(0, 0.3, (BUCKETS, LAYERS * UNITS))
    own = np.ones((len(LABELS), LAYERS * UNITS))
    order = rng.permutation(LAYERS * UNITS)
    for label in range(len(LABELS)):
        own[label, order[label * planted : (label + 1) * planted]] = 3
    each = size * task * own[:, None] * np.array(loud)[:, None, None]
    noisy = each * rng.lognormal(0, noise / np.sqrt(TEXTS), each.shape)
    sums = TEXTS * noisy.reshape(len(LABELS) * BUCKETS, LAYERS, UNITS)
    nothing = np.ones((len(LABELS), LAYERS, UNITS))
    return PLS(
        labels=LABELS,
        groups=tuple(Group(label, b, TEXTS, TEXTS) for label in LABELS for b in range(BUCKETS)),
        provenance={},
        sum=sums,
        sum_abs_mean_prod=nothing,
        sum_prod_mean_abs=nothing,
        sum_prod_means=nothing,
        activation=nothing,
        magnitude=nothing,
        count=np.full(len(LABELS) * BUCKETS, TEXTS),
        widths=WIDTHS,
        entries=np.array([(0, label) for label in range(len(LABELS))]),
    )


def verdicts(pls, *, seed=0, effects=0.8, draws=99, matched=True):
    found = pls_evidence(pls, RULE, permutations=draws, resamples=100, seed=seed)
    claims, parts = specialised_units(found, effects=effects, matched=found if matched else None)
    return {row["scope"]: row for row in claims}, parts, found


def test_planted_units_are_real_and_all_of_them():
    by_scope, _, found = verdicts(world(1, planted=5))
    assert by_scope["overall"]["verdict"] == "holds"
    # Planted ones of small size stay below every language's quantile.
    assert 12 <= found.sizes.sum() <= 20 and (found.n_star >= found.sizes).all()
    assert (found.halves > 0.6).all()
    assert sum(row["verdict"] == "holds" for row in by_scope.values()) >= 4


def test_fifty_models_without_any_hold_almost_never():
    held = [
        verdicts(world(seed, planted=0), seed=seed, draws=49)[0]["overall"]["verdict"] == "holds"
        for seed in range(50)
    ]
    assert sum(held) <= 6


def test_twenty_models_with_planted_units_hold_almost_always():
    held = [
        verdicts(world(seed, planted=5), seed=seed, draws=49)[0]["overall"]["verdict"] == "holds"
        for seed in range(20)
    ]
    assert sum(held) >= 18


def test_a_louder_language_has_no_units_for_it():
    by_scope, _, found = verdicts(world(3, planted=0, loud=(5.0, 1.0, 0.2, 1.0)))
    assert by_scope["overall"]["verdict"] != "holds"
    assert (found.n_star == 0).all()


@pytest.mark.parametrize(
    ("effects", "reason"), [(0.3, "gate: scores predict effects"), (None, "gate: scores predict")]
)
def test_scores_that_predict_nothing_shut_the_gate(effects, reason):
    by_scope, parts, _ = verdicts(world(1, planted=5), effects=effects)
    assert by_scope["overall"]["verdict"] == "cannot tell"
    assert by_scope["overall"]["reason"].startswith(reason)
    assert any(row["kind"] == "gate" and not row["passed"] for row in parts)


def test_without_the_matched_texts_nothing_holds():
    by_scope, parts, _ = verdicts(world(1, planted=5), matched=False)
    assert {row["verdict"] for row in by_scope.values()} == {"cannot tell"}
    assert "texts matched in length and surprise (not run)" in by_scope["overall"]["reason"]
    assert any(row["kind"] == "null" and row["passed"] is None for row in parts)


def test_the_same_seed_gives_the_same_rows():
    pls = world(2, planted=3)
    assert verdicts(pls, seed=4)[0] == verdicts(pls, seed=4)[0]
    first, second = (verdicts(pls, seed=seed)[2].null_halves for seed in (4, 5))
    assert not np.array_equal(first, second)


def test_scores_of_dealt_languages_are_sums_by_hand():
    tasks = Tasks.of(world(6, planted=2))
    rng = np.random.default_rng(0)
    owner = rng.permuted(np.tile(np.arange(4)[:, None], (1, BUCKETS)), axis=0)
    weights = rng.integers(0, 3, BUCKETS).astype(float)
    found = tasks.scores(owner, weights)
    for label in range(4):
        own = sum(weights[b] * tasks.sums[owner[label, b], b] for b in range(BUCKETS))
        own = own.ravel() / own.mean()
        assert found[label] == pytest.approx(own)


def test_tasks_that_are_not_shared_are_refused():
    pls = world(1, planted=0)
    apart = [Group(g.label, g.bucket + 100 * (g.label == "php"), 1, 1) for g in pls.groups]
    other = PLS(**{**vars(pls), "groups": tuple(apart)})
    with pytest.raises(ConfigError, match="0 buckets of tasks in common"):
        Tasks.of(other)
