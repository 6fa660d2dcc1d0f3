"""The batch plan: every row once, one label a batch, bounded size, the same in every run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.measure.batches import (
    ALIKE,
    BUSY,
    N_BLOCKS,
    WINDOW,
    Shard,
    of_like_length,
    plan_batches,
    plan_groups,
)

texts = st.lists(st.lists(st.integers(1, 900), min_size=1, max_size=150), min_size=1, max_size=4)


def flat(by_label: list[list[int]]) -> tuple[list[int], list[int]]:
    lengths = [n for rows in by_label for n in rows]
    labels = [label for label, rows in enumerate(by_label) for _ in rows]
    return lengths, labels


@settings(max_examples=60, deadline=None)
@given(by_label=texts, budget=st.integers(1, 3000))
def test_every_row_is_in_exactly_one_batch_of_its_label_and_fits(by_label, budget):
    lengths, labels = flat(by_label)
    plan = plan_batches(lengths, labels, batch_tokens=budget)
    assert sorted(row for batch in plan.batches for row in batch.rows) == list(range(len(lengths)))
    for batch in plan.batches:
        assert len({labels[row] for row in batch.rows}) == 1
        padded = len(batch.rows) * max(lengths[row] for row in batch.rows)
        assert padded <= budget or len(batch.rows) == 1
        assert max(batch.rows) - min(batch.rows) < WINDOW


@settings(max_examples=60, deadline=None)
@given(by_label=texts, count=st.integers(1, N_BLOCKS))
def test_shards_share_out_the_batches_in_whole_consecutive_blocks(by_label, count):
    lengths, labels = flat(by_label)
    plan = plan_batches(lengths, labels, batch_tokens=512)
    blocks = [batch.block for batch in plan.batches]
    assert blocks == sorted(blocks)
    assert set(blocks) <= set(range(N_BLOCKS))
    held = [
        [batch for batch in plan.batches if Shard(index, count).holds(batch)]
        for index in range(count)
    ]
    assert sum(map(len, held)) == len(plan.batches)
    by_shard = [{batch.block for batch in part} for part in held]
    assert sum(map(len, by_shard)) == len(set(blocks))


@settings(max_examples=60, deadline=None)
@given(by_group=texts, budget=st.integers(1, 3000))
def test_a_group_is_whole_in_one_block_and_alone_in_its_batches(by_group, budget):
    lengths, groups = flat(by_group)
    plan = plan_groups(lengths, groups, batch_tokens=budget)
    assert sorted(row for batch in plan.batches for row in batch.rows) == list(range(len(lengths)))
    blocks = {}
    for batch in plan.batches:
        for row in batch.rows:
            blocks.setdefault(groups[row], set()).add(batch.block)
    assert all(len(each) == 1 for each in blocks.values())
    assert {block for each in blocks.values() for block in each} <= set(range(N_BLOCKS))


def test_rows_of_a_group_share_batches_wherever_they_stand():
    plan = plan_groups([5] * 6, [0, 1, 0, 1, 0, 1], batch_tokens=15)
    assert [batch.rows for batch in plan.batches] == [(0, 2, 4), (1, 3, 5)]


def test_small_groups_share_batches():
    plan = plan_groups([5] * 64, list(range(32)) * 2, batch_tokens=20)
    assert [batch.block for batch in plan.batches] == list(range(N_BLOCKS))
    assert plan.batches[0].rows == (0, 32, 1, 33)


def test_the_plan_does_not_change_between_runs_and_its_digest_sees_every_row():
    lengths, labels = [5, 9, 9, 3, 7], [0, 0, 0, 1, 1]
    plan = plan_batches(lengths, labels, batch_tokens=18)
    assert plan == plan_batches(lengths, labels, batch_tokens=18)
    assert [batch.rows for batch in plan.batches] == [(1, 2), (0,), (4, 3)]
    assert plan.digest != plan_batches(lengths, labels, batch_tokens=27).digest


@pytest.mark.parametrize(("index", "count"), [(0, 0), (4, 4), (-1, 2), (0, 17)])
def test_an_impossible_shard_is_refused(index, count):
    with pytest.raises(ConfigError, match="give I/N"):
        Shard(index, count)


def test_a_batch_size_that_holds_nothing_is_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        plan_batches([3], [0], batch_tokens=0)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40), st.integers(1, 5000))
@settings(max_examples=100, deadline=None)
def test_batches_of_like_length_hold_every_row_once_and_little_padding(lengths, budget):
    batches = list(of_like_length(lengths, budget))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = lengths[batch[0]]
        assert len(batch) == 1 or longest * len(batch) <= budget
        # Shorter rows only stand where a batch of their own would be small.
        for place, row in enumerate(batch):
            assert lengths[row] >= ALIKE * longest or longest * place < BUSY
