"""First-order changes under patches, against small steps taken for real."""

import numpy as np
import pytest
import torch

from neuroglot.lm.hooks import Change, editing
from neuroglot.measure.attribution_patching import SITES, patching_approximation
from neuroglot.measure.bracket_units import last_inputs


@pytest.mark.parametrize("family", ["llama", "gpt_neox", "gemma2"])
def test_it_is_the_slope_towards_the_source(make_lm, family):
    lm = make_lm(family, dtype=torch.float64)
    draw = np.random.default_rng(2)
    rows, sources = ([draw.integers(4, 101, n) for n in (8, 11)] for _ in range(2))
    targets = np.array([[45, 60], [70, 12]])
    found = patching_approximation(lm, rows, sources, targets)
    step = 1e-5

    def lead(row, target):
        logits = lm.logits(torch.from_numpy(row)[None])[0, -1].float()
        return float(logits[target[0]] - logits[target[1]])

    with torch.no_grad():
        for site in SITES:
            given = np.asarray(last_inputs(lm, sources, site))
            for number, layer in np.ndindex(2, lm.n_layers):

                def nudge(values, number=number, layer=layer, given=given):
                    edited = values.clone()
                    to = torch.from_numpy(given[number, layer]).to(values)
                    edited[0, -1] += 200 * step * (to - values[0, -1])
                    return edited

                clean = lead(rows[number], targets[number])
                with editing(lm.body, [Change(site, layer, nudge)]):
                    moved = lead(rows[number], targets[number])
                slope = np.sum(found[site][number, layer])
                assert (moved - clean) / (200 * step) == pytest.approx(slope, rel=0.05, abs=0.02)
