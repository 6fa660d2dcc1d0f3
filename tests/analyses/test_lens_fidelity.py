"""Depths of the plain and the tuned lens, side by side."""

import pytest

from neuroglot.analyses.lens_fidelity import compared_depths


def row(layer, low, high, located=True):
    return {"event": "peak", "layer": layer, "low": low, "high": high, "located": located}


@pytest.mark.parametrize(
    ("plain", "tuned", "agrees"),
    [
        (row(4.0, 3.0, 5.0), row(5.0, 5.0, 6.0), True),
        (row(4.0, 3.0, 5.0), row(7.0, 6.0, 8.0), False),
        (row(7.0, 6.0, 8.0), row(4.0, 3.0, 5.0), False),
        (row(4.0, 0.0, 9.0, located=False), row(4.0, 3.0, 5.0), None),
        (row(4.0, 3.0, 5.0), row(None, None, None, located=False), None),
    ],
)
def test_depths_agree_where_both_are_located_and_their_intervals_meet(plain, tuned, agrees):
    assert compared_depths([plain], [tuned]) == [
        {**tuned, "plain": plain["layer"], "agrees": agrees}
    ]
