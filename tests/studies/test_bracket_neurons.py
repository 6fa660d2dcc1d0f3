"""What neurons do behind brackets, beside whole runs of the Hugging Face model with hooks."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from neuroglot.base.units import NeuronSet
from neuroglot.studies import bracket_neurons
from neuroglot.studies.bracket_data import bracket_data
from neuroglot.studies.bracket_neurons import neuron_effects
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.watching import unwatched
from studies.bracket_models import random_lm

NEURONS = ((0, 3), (0, 20), (1, 7), (1, 23))


@pytest.fixture(scope="module")
def lm():
    found = random_lm()
    with torch.no_grad():
        for name, parameter in found.hf.named_parameters():
            # Loud, so that what one neuron does stands out of the rounding.
            parameter *= 1 if name.endswith("norm.weight") else 15
    return found


@pytest.fixture(scope="module")
def data(lm):
    parameters = BracketsParameters(profile="quick", templates="reference")
    return bracket_data(lm, replace(parameters, batch_tokens=512))


@torch.no_grad()
def last_logits(lm, row, change=None):
    """Logits after the last token, its activations and down projections' inputs, its stream."""
    active, inputs, streams = {}, {}, []
    handles = []
    for number, block in enumerate(lm.hf.model.layers):

        def activation(module, arguments, output, layer=number):
            values = output.clone()
            if change is not None and change[0] == layer:
                values[0, -1, change[1]] = change[2]
            active[layer] = values[0, -1]
            return values

        def before(module, arguments, layer=number):
            inputs[layer] = arguments[0][0, -1]

        handles.append(block.mlp.act_fn.register_forward_hook(activation))
        handles.append(block.mlp.down_proj.register_forward_pre_hook(before))
    norm = lm.hf.model.norm
    handles.append(norm.register_forward_pre_hook(lambda _, given: streams.append(given[0][0, -1])))
    logits = lm.hf(torch.from_numpy(row)[None]).logits[0, -1]
    for handle in handles:
        handle.remove()
    return logits.double(), active, inputs, streams[0]


@pytest.fixture(scope="module")
def effects(lm, data):
    ids = list(data.ids)
    clean = np.stack([last_logits(lm, row)[0].numpy()[ids] for row in data.rows])
    right = data.asked.right
    one, other = data.count_pairs.T
    run = SimpleNamespace(
        tensors=lambda name: {
            "logits": clean,
            "clean": clean[one, right[one]] - clean[one, right[other]],
            "counterfactual": clean[other, right[one]] - clean[other, right[other]],
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bracket_neurons, "TRIED", 3)
        found = neuron_effects(SimpleNamespace(run=run), lm, data, NeuronSet.of(NEURONS), unwatched)
    return found, clean


def wrong_of(clean, right):
    rest = clean.copy()
    rest[right] = -np.inf
    return int(rest.argmax())


@torch.no_grad()
def test_what_each_writes_is_its_coefficient_times_its_direction(lm, data, effects):
    found, clean = effects
    norm, head = lm.hf.model.norm, lm.hf.lm_head.weight.double()
    for prompt in range(0, len(data.rows), len(data.rows) // 7):
        _, _, inputs, stream = last_logits(lm, data.rows[prompt])
        scale = (stream.double().square().mean() + norm.variance_epsilon).rsqrt()
        right = int(data.asked.right[prompt])
        one, other = data.ids[right], data.ids[wrong_of(clean[prompt], right)]
        toward = (head[one] - head[other]) * norm.weight.double() * scale
        for place, (layer, neuron) in enumerate(NEURONS):
            column = lm.hf.model.layers[layer].mlp.down_proj.weight[:, neuron].double()
            expected = float(inputs[layer][neuron].double() * (column @ toward))
            assert found.written[place, prompt] == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_removal_and_patches_are_those_of_whole_runs(lm, data, effects):
    found, clean = effects
    train = [row for row, own in zip(data.rows, data.asked.split == "train", strict=True) if own]
    seen = [last_logits(lm, row)[1] for row in train]
    by_size = np.argsort(-np.abs(found.written.mean(axis=1)))
    for place in by_size[:3]:
        layer, neuron = NEURONS[place]
        mean = float(np.mean([float(each[layer][neuron]) for each in seen]))
        for at in range(0, len(found.prompts), len(found.prompts) // 5):
            prompt = int(found.prompts[at])
            right = int(data.asked.right[prompt])
            ids = data.ids[right], data.ids[wrong_of(clean[prompt], right)]
            before, after = (
                last_logits(lm, data.rows[prompt], change)[0]
                for change in (None, (layer, neuron, mean))
            )
            expected = float((after - before)[ids[0]] - (after - before)[ids[1]])
            assert found.removed[place, at] == pytest.approx(expected, rel=1e-3, abs=1e-7)
    left_alone = by_size[3]
    assert np.isnan(found.removed[left_alone]).all() and np.isnan(found.patched[left_alone])


def test_shares_are_of_the_difference_between_two_counts(lm, data, effects):
    found, clean = effects
    tried = np.flatnonzero(~np.isnan(found.patched))
    chosen = bracket_neurons.sampled_pairs(data, data.count_pairs, "neurons")
    taken = np.zeros(len(tried))
    whole = 0.0
    for one, other in data.count_pairs[chosen].tolist():
        source = last_logits(lm, data.rows[other])[1]
        right, its = int(data.asked.right[one]), int(data.asked.right[other])
        plain = clean[one, right] - clean[one, its]
        whole += plain - (clean[other, right] - clean[other, its])
        for number, place in enumerate(tried):
            layer, neuron = NEURONS[place]
            change = (layer, neuron, source[layer][neuron])
            logits = last_logits(lm, data.rows[one], change)[0]
            taken[number] += plain - float(logits[data.ids[right]] - logits[data.ids[its]])
    assert found.patched[tried] == pytest.approx(taken / whole, rel=1e-2, abs=1e-5)
