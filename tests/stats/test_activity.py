"""NeuronActivity as a user builds and reads it."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity


def test_counts_of_groups_sum_to_their_language():
    groups = [Group("go", 0, 1, 1), Group("java", 0, 1, 1), Group("go", 1, 1, 1)]
    active = np.arange(3 * 2 * 2).reshape(3, 2, 2)
    activity = NeuronActivity.from_counts(
        languages=["go", "java"], groups=groups, active=active, tokens=np.array([50, 60, 70])
    )
    fired, read = activity.by_language()
    assert np.array_equal(fired[0], active[0] + active[2])
    assert np.array_equal(fired[1], active[1])
    assert read.tolist() == [120, 60]
    assert (activity.n_layers, activity.n_neurons) == (2, 2)


def test_keeping_groups_keeps_their_counts_and_drops_empty_labels():
    groups = [Group("go", 0, 1, 1), Group("java", 0, 1, 1), Group("go", 1, 1, 1)]
    active = np.arange(3 * 2 * 2).reshape(3, 2, 2)
    activity = NeuronActivity.from_counts(
        languages=["go", "java"], groups=groups, active=active, tokens=np.array([50, 60, 70])
    ).of_groups([2, 0])
    assert activity.labels == ("go",)
    assert np.array_equal(activity.active, active[[2, 0]])
    assert activity.tokens_std.tolist() == [70, 50]


@pytest.mark.parametrize(
    ("active", "tokens", "message"),
    [
        (np.zeros((2, 3)), np.ones(2), "active has shape"),
        (np.zeros((2, 3, 4)), np.ones(3), "active has shape"),
        (np.full((2, 3, 4), 5), np.full(2, 4), "negative or larger"),
        (np.full((2, 3, 4), -1), np.full(2, 4), "negative or larger"),
    ],
)
def test_counts_that_cannot_be_are_refused_in_one_line(active, tokens, message):
    with pytest.raises(ConfigError, match=message) as caught:
        NeuronActivity.from_counts(languages=["go", "java"], active=active, tokens=tokens)
    assert "\n" not in str(caught.value)
