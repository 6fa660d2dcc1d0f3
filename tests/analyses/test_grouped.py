"""Matrices per group: whose they are, what prose keeps, what leaving a label out leaves."""

from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.evidence import Effort, evidence
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.selection import SelectionRule
from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity


@pytest.fixture
def activity():
    rng = np.random.default_rng(0)
    groups = [Group(label, bucket, 1, 2) for label in ("python", "english") for bucket in range(3)]
    plain = NeuronActivity.from_counts(
        languages=("python", "english"),
        active=rng.integers(0, 50, (6, 2, 5)),
        tokens=np.full(6, 60),
        groups=groups,
    )
    return replace(plain, active_code=plain.active // 2, tokens_code=plain.tokens // 2)


def test_prose_keeps_its_plain_counts_where_only_code_is_read(activity):
    code = grouped_counts(activity, "code")
    python, english = code.owner == 0, code.owner == 1
    np.testing.assert_array_equal(code.tokens[python], 30)
    np.testing.assert_array_equal(code.tokens[english], 60)
    np.testing.assert_array_equal(code.active[english], activity.active[english].reshape(3, -1))
    np.testing.assert_array_equal(code.active[python], activity.active_code[python].reshape(3, -1))


def test_leaving_a_label_out_is_never_having_read_it(simulation):
    activity = simulation(labels=4, neurons=8, layers=2).record()
    left = grouped_counts(activity).without("label1")
    keep = [at for at, group in enumerate(activity.groups) if group.label != "label1"]
    fresh = grouped_counts(activity.of_groups(keep))
    rule = SelectionRule(tau=0.7, nu=3)
    effort = Effort(permutations=5, resamples=5)
    one, other = (
        evidence(part, rule, effort=effort, seed=3, halves=True) for part in (left, fresh)
    )
    assert left.labels == fresh.labels == ("label0", "label2", "label3")
    np.testing.assert_array_equal(left.tokens_per_label(), fresh.tokens_per_label())
    np.testing.assert_array_equal(one.observed.ids, other.observed.ids)
    np.testing.assert_array_equal(one.null.draws.ids, other.null.draws.ids)
    np.testing.assert_array_equal(one.null.halves, other.null.halves)
    np.testing.assert_array_equal(one.resampled.ids, other.resampled.ids)


def test_tokens_and_groups_per_label(activity):
    counts = grouped_counts(activity)
    assert counts.tokens_per_label().tolist() == [180, 180]
    assert counts.groups_per_label().tolist() == [3, 3]
    assert counts.repositories_per_label().tolist() == [3, 3]
    assert counts.without("python").tokens_per_label().tolist() == [180]


def test_the_unit_says_when_a_group_is_more_than_one_repository(activity):
    assert grouped_counts(activity).unit == "repository"
    several = tuple(replace(group, repositories=4) for group in activity.groups)
    assert grouped_counts(replace(activity, groups=several)).unit == "group of repositories"


def test_a_reading_without_tokens_is_refused_by_name(activity):
    empty = replace(
        activity, active_late=np.zeros_like(activity.active), tokens_late=activity.tokens * 0
    )
    with pytest.raises(ConfigError, match="no counted token of python, english in the reading"):
        grouped_counts(empty, "late")
