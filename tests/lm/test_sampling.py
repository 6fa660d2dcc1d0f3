"""Draws have the distribution asked for, and each row draws for itself."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.sampling import chooser

LOGITS = torch.tensor([2.0, -1.0, 0.5, 1.0, -3.0])


def shares(*, temperature, top_p, n=4000):
    choose = chooser([generator(0, "draws")], temperature=temperature, top_p=top_p)
    drawn = [choose([0], LOGITS[None])[0] for _ in range(n)]
    return np.bincount(drawn, minlength=len(LOGITS)) / n


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_ids_are_drawn_as_often_as_they_are_likely(temperature):
    wanted = torch.softmax(LOGITS.double() / temperature, 0).numpy()
    assert np.abs(shares(temperature=temperature, top_p=1.0) - wanted).max() < 0.03


@pytest.mark.parametrize(("top_p", "n_kept"), [(0.01, 1), (0.5, 1), (0.7, 2), (0.9, 3), (0.98, 4)])
def test_top_p_keeps_the_likeliest_that_reach_it(top_p, n_kept):
    likely = torch.softmax(LOGITS.double(), 0).numpy()
    order = np.argsort(-likely)[:n_kept]
    assert likely[order].sum() >= top_p > likely[order[:-1]].sum()
    wanted = np.zeros(len(LOGITS))
    wanted[order] = likely[order] / likely[order].sum()
    assert np.abs(shares(temperature=1.0, top_p=top_p) - wanted).max() < 0.03


def test_a_rows_draws_do_not_depend_on_its_neighbours():
    def generators():
        return [generator(row, "draws") for row in range(3)]

    logits = torch.randn(3, 50, generator=torch.Generator().manual_seed(0))
    together = chooser(generators(), temperature=1.0, top_p=0.9)
    beside = [together([0, 1, 2], logits) for _ in range(20)]
    alone = chooser(generators(), temperature=1.0, top_p=0.9)
    assert [alone([1], logits[1:2])[0] for _ in range(20)] == [each[1] for each in beside]
    assert len({tuple(each) for each in beside}) > 1


def test_temperature_0_takes_the_likeliest_and_the_first_of_equals():
    choose = chooser([], temperature=0, top_p=1.0)
    assert choose([4, 2], torch.tensor([[1.0, 3.0, 3.0], [5.0, 0.0, 5.0]])) == [1, 0]


@pytest.mark.parametrize("wrong", [(-1.0, 1.0), (1.0, 0.0), (1.0, 1.5)])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ConfigError, match="temperature"):
        chooser([], temperature=wrong[0], top_p=wrong[1])
