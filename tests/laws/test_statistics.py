"""What holds for every statistic: merging is addition, loses nothing and has a zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS
from neuroglot.stats.statistic import Rule, layouts

GROUPS = (Group("python", 0, 2, 3), Group("python", 1, 1, 1), Group("java", 0, 4, 9))
SIZES = {"group": 3, "label": 2, "layer": 2, "neuron": 4, "unit": 5}
CLASSES = [NeuronActivity, NeuronMoments, PLS]


def part(cls, seed: int, blocks: list[int]):
    """A random statistic that saw these blocks of the batch plan."""
    rng = np.random.default_rng(seed)
    values = {}
    entries = [(block, label) for block in sorted(blocks) for label in range(2)]
    for name, layout in layouts(cls).items():
        shape = tuple(SIZES[axis] for axis in layout.axes)
        if layout.rule is Rule.COUNTED:
            values[name] = rng.integers(0, 2**40, shape)
        elif layout.rule is Rule.BY_BLOCK:
            values[name] = rng.normal(size=(len(entries), *shape[1:])) * 10.0 ** rng.integers(-9, 9)
        elif layout.rule is Rule.BY_GROUP:
            # One group for each block that this part saw, whatever it saw of others.
            held = [group for group in range(3) if group in {block % 3 for block in blocks}]
            values[name] = np.zeros(shape)
            values[name][held] = rng.normal(size=(len(held), *shape[1:]))
    if cls is NeuronMoments:
        values["output_norm"] = np.ones((2, 4), np.float32)
    if cls is PLS:
        values["widths"] = np.array([1, 1, 1, 1, 0, 1, 0])
    if cls is not NeuronActivity:
        values["entries"] = np.array(entries, np.int64).reshape(-1, 2)
    return cls(
        labels=("python", "java"), groups=GROUPS, provenance={"model": "m", "format": "1"}, **values
    )


def equal(a, b) -> bool:
    mine, theirs = a.arrays(), b.arrays()
    return (
        type(a) is type(b)
        and a.metadata() == b.metadata()
        and mine.keys() == theirs.keys()
        and all(np.array_equal(mine[k], theirs[k]) for k in mine)
    )


@pytest.mark.parametrize("cls", CLASSES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), order=st.permutations([0, 1, 2]))
def test_any_order_and_any_tree_of_merges_gives_the_same_bits(cls, seed, order):
    parts = [part(cls, seed + i, [i, i + 3]) for i in range(3)]
    left = parts[0].merge(parts[1]).merge(parts[2])
    right = parts[order[0]].merge(parts[order[1]].merge(parts[order[2]]))
    assert equal(left, right)
    assert equal(left.settled(), right.settled())


@pytest.mark.parametrize("cls", CLASSES)
def test_zero_is_neutral(cls):
    one = part(cls, 1, [0, 1])
    assert equal(one.merge(one.zero()), one)
    assert equal(one.zero().merge(one), one)


@pytest.mark.parametrize("cls", CLASSES)
def test_arrays_and_metadata_are_enough_to_come_back(cls):
    one = part(cls, 2, [4])
    assert equal(cls.from_arrays(one.arrays(), one.metadata()), one)
    settled = one.settled()
    assert equal(cls.from_arrays(settled.arrays(), settled.metadata()), settled)


def test_settling_adds_blocks_in_their_order_whatever_the_merge_order():
    parts = [part(NeuronMoments, i, [i]) for i in range(3)]
    expected = np.zeros((2, 2, 4))
    for one in parts:
        expected = expected + one.sum.reshape(2, 2, 4)
    merged = parts[2].merge(parts[0]).merge(parts[1]).settled()
    assert np.array_equal(merged.sum, expected)
    assert np.array_equal(merged.entries, [[0, 0], [0, 1]])


def test_a_block_counted_twice_is_refused():
    one = part(NeuronMoments, 1, [3])
    with pytest.raises(ConfigError, match="block 3 is in both statistics"):
        one.merge(one)


def test_a_group_that_both_parts_hold_is_refused():
    one = part(PLS, 1, [0])
    other = part(PLS, 2, [3])
    with pytest.raises(ConfigError, match="a group is in both statistics"):
        one.merge(other)


@pytest.mark.parametrize("cls", CLASSES)
def test_parts_of_different_recordings_are_refused(cls):
    one = part(cls, 1, [0])
    other = cls.from_arrays(part(cls, 2, [1]).arrays(), one.metadata() | {"model": '"another"'})
    with pytest.raises(ConfigError, match="differ in provenance"):
        one.merge(other)
