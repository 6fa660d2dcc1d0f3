"""What stands in a training: against a search by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.train.overlap import RUN, Seen

ROWS = np.random.default_rng(0).integers(0, 3, (6, 40)).astype(np.uint16)


def by_hand(rows, wanted):
    width = len(wanted)
    return any(
        row[start : start + width] == wanted
        for row in rows.tolist()
        for start in range(len(row) - width + 1)
    )


@given(st.lists(st.integers(0, 3), min_size=1, max_size=7))
def test_whole(ids):
    assert Seen(ROWS).whole(np.array(ids)) == by_hand(ROWS, ids)


def test_nothing_is_found_across_rows_or_between_two_tokens():
    rows = np.array([[1, 2, 256], [3, 4, 1]], dtype=np.uint16)
    seen = Seen(rows)
    assert seen.whole(np.array([2, 256]))
    assert not seen.whole(np.array([256, 3]))
    assert not seen.whole(np.array([0x0200]))


@given(st.lists(st.integers(0, 2), min_size=RUN, max_size=30))
def test_share(ids):
    runs = [ids[start : start + RUN] for start in range(len(ids) - RUN + 1)]
    expected = sum(by_hand(ROWS, run) for run in runs) / len(runs)
    assert Seen(ROWS).share(np.array(ids)) == pytest.approx(expected)


def test_a_row_is_its_own_and_a_short_text_has_no_runs():
    assert Seen(ROWS).share(ROWS[2, 5:30]) == 1
    assert math.isnan(Seen(ROWS).share(np.arange(RUN - 1)))
