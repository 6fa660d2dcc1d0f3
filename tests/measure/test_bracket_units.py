"""What heads and neurons raise, against products of the model's own matrices."""

import numpy as np
import pytest
import torch

from neuroglot.measure import bracket_units
from neuroglot.measure.bracket_units import head_logits, last_inputs, mean_inputs, neuron_logits

IDS = (45, 60, 77)


def rows():
    draw = np.random.default_rng(1)
    return [draw.integers(4, 101, n) for n in (9, 12, 9, 15)]


def seen(lm, site):
    """What a site holds at each row's last token, row by row: [row, layer, ...]."""
    found = []
    for row in rows():
        with lm.taps(site) as kept, torch.no_grad():
            lm.backbone(torch.from_numpy(row)[None])
        found.append(np.stack([kept[site, n][0, -1].numpy() for n in range(lm.n_layers)]))
    return np.stack(found)


def raised(lm, directions):
    """Logits of directions [..., width] through gain and head, less the mean: [..., id]."""
    gain = lm.hf.model.norm.weight.detach().double().numpy()
    logits = (directions * gain) @ lm.hf.lm_head.weight.detach().double().numpy().T
    return logits - logits.mean(axis=-1, keepdims=True)


def test_last_inputs_and_means_are_the_site_s(make_lm):
    lm = make_lm("llama")
    assert np.asarray(last_inputs(lm, rows(), "head", batch_tokens=20)) == pytest.approx(
        seen(lm, "head"), abs=1e-5
    )
    sums = 0.0
    for row in rows():
        with lm.taps("mlp_out") as kept, torch.no_grad():
            lm.backbone(torch.from_numpy(row)[None])
        sums += np.stack([kept["mlp_out", n][0].sum(dim=0).numpy() for n in range(lm.n_layers)])
    wanted = sums / sum(map(len, rows()))
    assert mean_inputs(lm, rows(), "mlp_out", batch_tokens=20) == pytest.approx(wanted, abs=1e-5)


def test_heads_raise_what_their_outputs_and_the_head_s_rows_say(make_lm, monkeypatch):
    monkeypatch.setattr(bracket_units, "_IDS_AT_ONCE", 13)
    lm = make_lm("llama")
    found = head_logits(lm, rows(), IDS)
    z = seen(lm, "head").astype(np.float64)
    assert found.n_units == len(found.layers) == lm.n_layers * lm.n_heads
    for unit, (layer, head) in enumerate(zip(found.layers, found.indices, strict=True)):
        o = lm.hf.model.layers[layer].self_attn.o_proj.weight.detach().double().numpy()
        width = z.shape[-1]
        written = z[:, layer, head] @ o[:, head * width : (head + 1) * width].T
        logits = raised(lm, written)
        assert found.logits[:, unit] == pytest.approx(logits[:, IDS], abs=1e-4)
        assert found.most[:, unit] == pytest.approx(logits.max(axis=1), abs=1e-4)
        best = logits[:, IDS].max(axis=1, keepdims=True)
        assert (found.rank[:, unit] == (logits > best + 1e-9).sum(axis=1) + 1).all()


def test_neurons_raise_their_direction_turned_by_their_coefficient(make_lm, monkeypatch):
    monkeypatch.setattr(bracket_units, "NEAREST", 10)
    lm = make_lm("llama")
    found = neuron_logits(lm, rows(), IDS)
    m = seen(lm, "neuron_out").astype(np.float64)
    assert found.n_units == lm.n_layers * lm.n_neurons
    kept = set(zip(found.layers.tolist(), found.indices.tolist(), strict=True))
    for layer in range(lm.n_layers):
        down = lm.hf.model.layers[layer].mlp.down_proj.weight.detach().double().numpy()
        static = raised(lm, down.T)
        for neuron in range(lm.n_neurons):
            best, worst = static[neuron, IDS].max(), static[neuron, IDS].min()
            above, below = (static[neuron] > best).sum(), (static[neuron] < worst).sum()
            assert ((layer, neuron) in kept) == (min(above, below) < 10)
    assert 0 < len(kept) < found.n_units
    for unit in range(0, len(found.layers), 7):
        layer, neuron = found.layers[unit], found.indices[unit]
        down = lm.hf.model.layers[layer].mlp.down_proj.weight.detach().double().numpy()
        logits = m[:, layer, neuron, None] * raised(lm, down[:, neuron])
        assert found.logits[:, unit] == pytest.approx(logits[:, IDS], abs=1e-4)
        assert found.most[:, unit] == pytest.approx(logits.max(axis=1), abs=1e-4)
        best = logits[:, IDS].max(axis=1, keepdims=True)
        assert (found.rank[:, unit] == (logits > best + 1e-12).sum(axis=1) + 1).all()
