"""Units in given and written text: means by hand, and orders that are or are not the same."""

import numpy as np
import pytest

from neuroglot.analyses.written_units import activity_rows, pls_rows
from neuroglot.base.groups import Group
from neuroglot.runs.schemas import TABLES
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.pls import PLS, PROJECTIONS

LABELS = ("python", "go")
GROUPS = tuple(Group(label, bucket, 3, 4) for label in LABELS for bucket in (0, 1))
WIDTHS = np.array([4, 2, 2, 4, 6, 6, 4])
LAYERS, UNITS = 2, int(WIDTHS.sum())
OTHERS = (
    *("sum_abs_mean_prod", "sum_prod_mean_abs", "sum_prod_means"),
    *("activation", "magnitude"),
)


def activity(active, tokens, groups=GROUPS):
    return NeuronActivity.from_counts(languages=LABELS, active=active, tokens=tokens, groups=groups)


def pls(total, count=None, groups=GROUPS):
    n = len(groups)
    nothing = np.zeros((len(LABELS), LAYERS, UNITS))
    return PLS(
        labels=LABELS,
        groups=groups,
        provenance={},
        entries=np.array([[0, 0], [0, 1]]),
        sum=total,
        **dict.fromkeys(OTHERS, nothing),
        count=np.full(n, 4) if count is None else count,
        widths=WIDTHS,
    )


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def test_firing_is_a_share_of_tokens_and_tasks_are_counted(rng):
    tokens = np.array([50, 40, 80, 20])
    active = rng.integers(0, 20, size=(4, LAYERS, 30))
    rows = activity_rows(activity(active, tokens), activity(active // 2, tokens))
    assert [(row["language"], row["layer"]) for row in rows] == [
        (label, layer) for label in LABELS for layer in range(LAYERS)
    ]
    shares = active / tokens[:, None, None]
    for row in rows:
        first = 2 * LABELS.index(row["language"])
        wanted = shares[first : first + 2, row["layer"]].mean()
        assert row["teacher"] == pytest.approx(wanted)
        assert row["generated"] < row["teacher"]
        assert (row["part"], row["measure"], row["n"], row["unit"]) == (
            "mlp",
            "activity",
            6,
            "task",
        )
        assert set(row) <= set(TABLES["written_units"].names)


def test_scores_have_a_mean_of_one_over_all_units(rng):
    rows = pls_rows(*(pls(rng.exponential(size=(4, LAYERS, UNITS)) * size) for size in (1, 1e-6)))
    inside = {"attention": 12, "mlp": 16}
    for label in LABELS:
        for mode in ("teacher", "generated"):
            own = [row for row in rows if row["language"] == label]
            assert len(own) == 2 * LAYERS
            mean = sum(row[mode] * inside[row["part"]] for row in own) / (UNITS * LAYERS)
            assert mean == pytest.approx(1.0)


def test_parts_are_told_apart_by_projection():
    sums = np.ones((4, LAYERS, UNITS))
    sums[:, 1, np.repeat([name in ("gate", "up", "down") for name in PROJECTIONS], WIDTHS)] = 5.0
    by_place = {
        (row["part"], row["layer"]): row["teacher"] for row in pls_rows(pls(sums), pls(sums))
    }
    assert by_place["mlp", 1] == pytest.approx(5 * by_place["attention", 1])
    assert by_place["mlp", 0] == pytest.approx(by_place["attention", 0])


def test_units_that_keep_their_order_agree_as_well_as_given_texts_do(rng):
    """Noise of the same size everywhere: agreement is what two halves of given texts reach."""
    true = rng.exponential(size=(LAYERS, 400))
    tokens = np.full(4, 200)

    def drawn(rates):
        return activity(rng.poisson(10 * rates, size=(4, LAYERS, 400)).clip(0, 200), tokens)

    for row in activity_rows(drawn(true), drawn(true)):
        assert row["ceiling"] > 0.6
        assert row["agreement"] == pytest.approx(row["ceiling"], abs=0.08)
    other = rng.permuted(true, axis=1)
    for row in activity_rows(drawn(true), drawn(other)):
        assert row["ceiling"] > 0.6
        assert abs(row["agreement"]) < 0.15


def test_a_task_s_own_noise_is_not_taken_for_agreement(rng):
    """Where the same tasks look alike and no units are steady, neither figure is above chance."""
    own = rng.integers(0, 100, size=(4, LAYERS, 400))
    tokens = np.full(4, 100)
    for row in activity_rows(activity(own, tokens), activity(own, tokens)):
        assert abs(row["agreement"]) < 0.15
        assert abs(row["ceiling"]) < 0.15


def test_what_is_not_known_is_null(rng):
    """Python has tasks in one half alone, and Go wrote nothing."""
    groups = (GROUPS[0], GROUPS[2], GROUPS[3])
    given = rng.exponential(size=(3, LAYERS, UNITS))
    rows = pls_rows(pls(given, groups=groups), pls(given[:1], groups=groups[:1]))
    for row in rows:
        assert row["agreement"] is None
        assert (row["ceiling"] is None) == (row["language"] == "python")
        assert (row["generated"] is None) == (row["language"] == "go")
        assert row["teacher"] is not None
    still = pls_rows(pls(np.zeros((4, LAYERS, UNITS))), pls(np.zeros((4, LAYERS, UNITS))))
    assert all(row["teacher"] is None for row in still)
