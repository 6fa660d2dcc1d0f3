"""The mixture: shares are kept, rows are whole, every draw follows from the seed."""

import itertools

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.train.mixture import group_shares, lay_out

SHARES = {"code": 0.6, "function": 0.4}
GROUPS = [("code", "java"), ("code", "python"), ("function", "java"), ("function", "python"),
          ("function", "ruby")]  # fmt: skip


def stream(group):
    """Endless texts whose words say where they come from."""
    return lambda: (f"{group[0]} {group[1]} {n}" for n in itertools.count())


def encode(texts):
    return [[3 + GROUPS.index(tuple(text.split()[:2]))] * (1 + len(text) % 7) for text in texts]


def laid(tokens=40_000, seed=0):
    streams = {group: stream(group) for group in GROUPS}
    return lay_out(
        streams, SHARES, tokens=tokens, length=50, encode=encode, bos=0, eos=1, seed=seed
    )


def test_shares_are_equal_by_language_but_for_the_scarce():
    found = group_shares(GROUPS, SHARES)
    assert found["code", "java"] == found["code", "python"] == pytest.approx(0.3)
    assert found["function", "ruby"] == pytest.approx(0.4 * 0.02)
    assert found["function", "java"] == pytest.approx(0.4 * 0.49)
    assert sum(found.values()) == pytest.approx(1)


def test_tokens_come_in_their_shares():
    layout = laid()
    wanted = group_shares(GROUPS, SHARES)
    assert layout.rows.shape == (800, 50)
    assert sum(layout.tokens.values()) == 40_000
    for group, share in wanted.items():
        assert abs(layout.tokens[group] / 40_000 - share) < 0.001
        own = np.count_nonzero(layout.rows == 3 + GROUPS.index(group))
        assert 0 < own < layout.tokens[group]


def test_texts_stand_between_bos_and_eos():
    flat = np.sort(laid().rows.ravel())
    assert abs(np.count_nonzero(flat == 0) - np.count_nonzero(flat == 1)) <= 1


def test_the_seed_gives_the_order():
    assert np.array_equal(laid().rows, laid().rows)
    assert not np.array_equal(laid().rows, laid(seed=1).rows)
    assert np.array_equal(np.sort(laid().rows, axis=None), np.sort(laid(seed=1).rows, axis=None))


@pytest.mark.parametrize(
    ("shares", "words"),
    [({"code": 1, "summary": 1}, "no texts of it"), ({"code": 0}, "leave it out instead")],
)
def test_shares_that_cannot_be(shares, words):
    with pytest.raises(ConfigError, match=words):
        group_shares(GROUPS, shares)


def test_too_few_tokens():
    with pytest.raises(ConfigError, match="at least the 50 of one row"):
        laid(tokens=49)
