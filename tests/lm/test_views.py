"""Views: reading and writing back gives the same bits, whatever the layout."""

from itertools import pairwise

import torch
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.lm.views import Heads, Scaled, Split, Whole


@given(groups=st.integers(1, 5), widths=st.tuples(*[st.integers(1, 4)] * 3))
def test_splits_take_their_own_coordinates_and_no_other(groups, widths):
    total = groups * sum(widths)
    whole = torch.arange(2 * 3 * total, dtype=torch.float32).reshape(2, 3, total)
    starts = [0, widths[0], widths[0] + widths[1], sum(widths)]
    views = [Split(groups, a, b) for a, b in pairwise(starts)]
    read = [view.read(whole) for view in views]
    assert torch.equal(torch.cat(read, -1).sort(dim=-1).values, whole)
    for view, part in zip(views, read, strict=True):
        assert torch.equal(view.write(whole, part.clone()), whole)
        moved = view.write(whole, part + 1000)
        assert torch.equal(view.read(moved), part + 1000)
        assert int((moved != whole).sum()) == part.numel()


def test_one_group_is_read_without_a_copy():
    whole = torch.zeros(2, 3, 12)
    assert Split(1, 4, 8).read(whole).data_ptr() == whole[..., 4:].data_ptr()
    assert Heads(3, 4).read(whole).data_ptr() == whole.data_ptr()
    assert Whole().read(whole) is whole


def test_scaled_keeps_the_bits_of_what_was_left_alone():
    whole = torch.randn(4, 5, 64).to(torch.bfloat16)
    view = Scaled(0.3)
    part = view.read(whole)
    assert torch.equal(view.write(whole, part.clone()), whole)
    part[0] = 6.0
    written = view.write(whole, part)
    assert torch.equal(written[1:], whole[1:])
    torch.testing.assert_close(written[0], torch.full_like(whole[0], 20.0))
