"""Nats of texts under edits, against the loss of the model itself."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.measure.surprise import surprise


def test_it_is_the_summed_loss_clean_and_edited(make_lm):
    lm = make_lm("llama")
    draw = np.random.default_rng(3)
    rows = [draw.integers(4, 101, n) for n in (5, 17, 9)]
    edit = ng.scale(ng.NeuronSet.of([(0, 1), (2, 3)], "head"), 1.8)

    def naive():
        found = []
        for row in rows:
            ids = torch.from_numpy(row)
            with torch.no_grad():
                logits = lm.logits(ids[None])[0, :-1].double()
            found.append(float(torch.nn.functional.cross_entropy(logits, ids[1:]) * (len(row) - 1)))
        return found

    clean = surprise(lm, rows, batch_tokens=20)
    assert clean == pytest.approx(naive(), rel=1e-5)
    with lm.edit(edit):
        wanted = naive()
    assert surprise(lm, rows, [edit]) == pytest.approx(wanted, rel=1e-5)
    assert np.abs(np.array(wanted) - clean).max() > 1e-3
