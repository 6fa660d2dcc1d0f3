"""Claim A-5 on simulated damage: read off by hand, and calibrated on what it must say."""

import numpy as np
import pytest

from neuroglot.analyses.damage import Variation, damage
from neuroglot.analyses.necessity import RULE, needed_neurons
from neuroglot.analyses.removed_sets import margin_of
from neuroglot.analyses.selectivity import row_contrast, selectivity, variance_shares
from neuroglot.analyses.uncertainty import rank_sum_p
from neuroglot.base.errors import ConfigError

LABELS = ("c", "go", "java", "python", "ruby", "rust")
NAMES = (
    *("ablated", "operation", "arm", "draw", "dose"),
    *("document", "repo", "language", "bytes", "nll_sum"),
)


def columns(world, seed, *, repositories=6, draws=19, labels=LABELS):
    """Rows of `ablation_documents`: world(variation, language) is the mean damage per byte."""
    noise = np.random.default_rng([seed, 77])
    rows = []
    variations = [
        (a, operation, arm, draw, labels if draw == 0 else (a,))
        for a in labels
        for operation in ("mean", "resample", "zero")
        for arm, n in (("neurons", 1), ("matched", draws))
        for draw in range(n)
    ]
    variations += [
        (a, "mean", arm, 0, labels) for a in labels for arm in ("exclusive", "highest_entropy")
    ]
    size = {k: noise.integers(2_000, 6_000, repositories) for k in labels}
    base = {k: noise.normal(0.7, 0.1, repositories) for k in labels}
    for k in labels:
        for r in range(repositories):
            own = size[k][r] * base[k][r]
            rows.append(("none", "none", "none", 0, 0.0, f"{k}{r}", f"{k}/{r}", k, size[k][r], own))
    for a, operation, arm, draw, evaluated in variations:
        # How a set happens to be placed differs between sets, not between repositories.
        luck = noise.normal(0, 0.0004)
        for k in evaluated:
            for r in range(repositories):
                per_byte = world(a, operation, arm, k) + luck + noise.normal(0, 0.0008)
                nats = size[k][r] * (base[k][r] + per_byte)
                rows.append(
                    (a, operation, arm, draw, 1.0, f"{k}{r}", f"{k}/{r}", k, size[k][r], nats)
                )
    return dict(zip(NAMES, zip(*rows, strict=True), strict=True))


def decided(world, seed, **settings):
    found = damage(columns(world, seed, **settings), labels=LABELS, resamples=200, seed=seed)
    return needed_neurons(found)


def selective(ablated, operation, arm, read):
    """A set hurts its own language by twice the margin more than its control does."""
    hurt = 0.002
    if arm in ("neurons", "exclusive") and ablated == read:
        return hurt + 0.002
    return hurt


def nothing(ablated, operation, arm, read):
    return 0.002


def fragile(ablated, operation, arm, read):
    """Some languages suffer whatever is removed, and some sets hurt whatever is read."""
    place = LABELS.index(read) + LABELS.index(ablated)
    return 0.002 + 0.002 * place


def busy(ablated, operation, arm, read):
    """What is busy in a language hurts it when removed, specific or not."""
    return 0.002 + 0.006 * (ablated == read)


def overall(world, seed, **settings):
    claims, _ = decided(world, seed, **settings)
    return next(row for row in claims if row["scope"] == "overall")


@pytest.mark.parametrize(
    ("world", "least", "most"),
    [(selective, 45, 50), (nothing, 0, 6), (fragile, 0, 6), (busy, 0, 6)],
)
def test_it_holds_when_it_should(world, least, most):
    verdicts = [overall(world, seed)["verdict"] for seed in range(50)]
    assert least <= verdicts.count("holds") <= most


def test_selective_damage_holds_and_equal_damage_does_not():
    assert overall(selective, 0)["verdict"] == "holds"
    assert overall(busy, 0)["verdict"] == "does not hold"


def test_gates_need_draws_and_repositories():
    few = overall(selective, 0, draws=5)
    assert few["verdict"] == "cannot tell" and "matched draws 5" in few["reason"]
    lone = overall(selective, 0, repositories=2)
    assert lone["verdict"] == "cannot tell" and "smallest language 2" in lone["reason"]


def test_damage_is_the_sum_of_changes_over_the_sum_of_bytes():
    table = columns(fragile, 3)
    found = damage(table, labels=LABELS, resamples=50)
    what = Variation("go", "mean", "matched", 0, 1.0)
    rows = list(zip(*(table[name] for name in NAMES), strict=True))
    clean = {r[5]: r[9] for r in rows if r[0] == "none"}
    mine = [r for r in rows if r[:5] == ("go", "mean", "matched", 0, 1.0) and r[7] == "ruby"]
    expected = sum(r[9] - clean[r[5]] for r in mine) / sum(r[8] for r in mine)
    cell = found.change(what, "ruby")
    assert cell.value == pytest.approx(expected)
    assert cell.replicates.shape == (50,)
    assert abs(np.median(cell.replicates) - expected) < 3 * cell.replicates.std()


def test_selectivity_by_hand():
    found = damage(columns(selective, 1), labels=LABELS, resamples=20)
    one = selectivity(found, "mean")
    for i, label in enumerate(LABELS):
        own, _ = found.own(label, "mean", "matched")
        assert len(own) == 19
        others = []
        for j, other in enumerate(LABELS):
            if j != i:
                hurt = found.change(Variation(label, "mean"), other).value
                others.append(hurt - found.change(Variation(label, "mean", "matched"), other).value)
        hurt = found.change(Variation(label, "mean"), label).value
        assert one.selectivity[i] == pytest.approx(hurt - own.mean() - np.mean(others))
        assert one.ranks[i] == 1 + (own < hurt).sum()
    assert one.p == rank_sum_p(one.ranks, draws=19)
    assert margin_of(one, least=RULE.margin) == max(0.001, 0.5 * one.control_own.mean())


def test_a_matrix_of_margins_has_no_interaction():
    rows, across = np.arange(4.0)[:, None], np.array([[3.0, 1.0, 5.0, 2.0]])
    shares = variance_shares(rows + across)
    assert shares.interaction == pytest.approx(0, abs=1e-12)
    assert shares.rows + shares.columns == pytest.approx(1)
    assert variance_shares(np.eye(4)).interaction == pytest.approx(1)
    assert row_contrast(np.eye(4)).tolist() == [1, 1, 1, 1]


def test_a_document_without_its_clean_row_is_refused():
    table = columns(nothing, 0)
    kept = [n for n, row in enumerate(table["ablated"]) if not (row == "none" and n == 0)]
    cut = {name: [values[n] for n in kept] for name, values in table.items()}
    with pytest.raises(ConfigError, match="never clean"):
        damage(cut, labels=LABELS, resamples=5)
