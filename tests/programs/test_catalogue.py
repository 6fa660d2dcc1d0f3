"""The catalogue: names, families and levels, and what is not in it."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.catalogue import (
    ALGORITHMS,
    BY_NAME,
    FAMILIES,
    HELD_OUT,
    LEVELS,
    find,
    select,
    split_of,
)


def test_names_are_different_and_levels_known():
    assert len(BY_NAME) == len(ALGORITHMS)
    assert {each.level for each in ALGORITHMS} == set(LEVELS)
    assert set(FAMILIES) > HELD_OUT > set()


def test_a_family_is_in_one_split():
    splits = {(each.family, split_of(each)) for each in ALGORITHMS}
    assert len(splits) == len(FAMILIES)
    assert {split for _, split in splits} == {"train", "held_out"}


def test_selection():
    assert select() == ALGORITHMS
    assert {each.level for each in select(levels=[1, 3])} == {1, 3}
    assert select(algorithms=["count_runs", "count_runs"]) == (find("count_runs"),)
    assert select(algorithms=["count_runs", "prime_count"], levels=[3]) == tuple(
        map(find, ("count_runs", "prime_count"))
    )


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"algorithms": ["count_run"]}, "unknown algorithm 'count_run': did you mean count_runs"),
        ({"algorithms": ["zzz"]}, "unknown algorithm 'zzz': `neuroglot programs show` lists all"),
        ({"levels": [4]}, "unknown level 4: known are 1, 2, 3"),
        ({"levels": [1], "algorithms": ["count_runs"]}, "no algorithm is left of count_runs at"),
    ],
)
def test_refused(choice, words):
    with pytest.raises(ConfigError, match=words):
        select(**choice)
