"""The highest of many logits, found by stretches, beside a plain sort."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from neuroglot.lm.unembedding import STRETCH, likeliest


@given(
    width=some.integers(1, 12 * STRETCH),
    rows=some.integers(1, 4),
    n=some.integers(1, 10),
    levels=some.integers(1, 2_000),
    seed=some.integers(0, 2**31),
)
def test_the_highest_are_those_of_a_sort(width, rows, n, levels, seed):
    n = min(n, width)
    draw = torch.Generator().manual_seed(seed)
    # Few levels make many ties.
    logits = torch.randint(levels, (rows, width), generator=draw).to(torch.float32)
    values, ids = likeliest(logits, n)
    assert torch.equal(values, logits.sort(dim=1, descending=True).values[:, :n])
    assert torch.equal(logits.gather(1, ids), values)
    assert all(len(set(row)) == n for row in ids.tolist())


@pytest.mark.parametrize("at", [0, STRETCH - 1, STRETCH, 20 * STRETCH - 1, 20 * STRETCH, -1])
def test_the_highest_is_found_at_the_edges_of_stretches(at):
    logits = torch.zeros(1, 20 * STRETCH + 7)
    logits[0, at] = 1.0
    assert likeliest(logits, 3)[1][0, 0] == range(logits.shape[1])[at]
