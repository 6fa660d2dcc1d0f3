import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.text.standardisation import UNIT, weights_of_counts


def test_equal_mixes_weigh_every_position_the_same() -> None:
    assert (weights_of_counts(np.array([[50, 30, 20], [500, 300, 200]])) == UNIT).all()


def test_two_labels_by_hand() -> None:
    # Shares 0.8, 0.2 and 0.5, 0.5; w = 0.65, 0.35.
    found = weights_of_counts(np.array([[80, 20], [50, 50]]))
    expected = [[1024 * 0.65 / 0.8, 1024 * 0.35 / 0.2], [1024 * 0.65 / 0.5, 1024 * 0.35 / 0.5]]
    assert found.tolist() == np.rint(expected).astype(int).tolist()


def test_a_rare_class_gets_no_weight_and_the_rest_is_rescaled() -> None:
    # The second label has the third class in 0.5% of its tokens.
    counts = np.array([[400, 400, 200], [500, 495, 5]])
    found = weights_of_counts(counts)
    w = (counts / 1000).mean(axis=0)
    assert found[1, 2] == 0
    assert found[1, 0] == round(1024 * w[0] / 0.5 / (w[0] + w[1]))
    assert found[0, 2] == round(1024 * w[2] / 0.2)


def test_one_percent_is_enough() -> None:
    assert (weights_of_counts(np.array([[99, 1], [50, 50]]))[:, 1] > 0).all()


@given(
    st.lists(
        st.lists(st.integers(0, 2_000), min_size=6, max_size=6).filter(lambda row: sum(row) > 0),
        min_size=1,
        max_size=6,
    )
)
def test_a_labels_weighted_tokens_are_1024_times_its_tokens(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    weights = weights_of_counts(counts)
    assert weights.dtype == np.int64
    totals = counts.sum(axis=1)
    assert (np.abs((weights * counts).sum(axis=1) - UNIT * totals) <= 0.5 * totals + 1e-6).all()


def test_standardised_probability_is_the_weighted_sum_over_classes() -> None:
    counts = np.array([[600, 300, 100], [200, 300, 500]])
    active = np.array([[60, 150, 90], [20, 150, 450]])
    weights = weights_of_counts(counts)
    w = (counts / 1000).mean(axis=0)
    direct = (w * active / counts).sum(axis=1)
    weighted = (weights * active).sum(axis=1) / (weights * counts).sum(axis=1)
    assert np.allclose(direct, weighted, rtol=1e-3)
    assert np.allclose(direct[0], direct[1])  # both labels fire alike within each class
