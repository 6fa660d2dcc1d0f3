"""Silencing a language's planted neurons must hurt that language."""

from collections import defaultdict

import numpy as np
import pytest
import torch

from neuroglot.base.planted import PLAN, PLANTED, PLANTED_LANGUAGES


@pytest.fixture(scope="module")
def loss_of(planted_model, small_texts):
    """neurons to silence -> {language: nats per token} on three texts of each language."""
    model, tokenizer = planted_model
    texts = {
        name: [d.text for d in small_texts if d.language == name][::12][:3]
        for name in PLANTED_LANGUAGES
    }

    def loss(neurons):
        silenced = defaultdict(list)
        for layer, neuron in neurons:
            silenced[layer].append(neuron)

        def hook_of(layer):
            def hook(module, inputs, output):
                output = output.clone()
                output[..., silenced[layer]] = 0
                return output

            return hook

        blocks = model.model.layers
        handles = [blocks[i].mlp.act_fn.register_forward_hook(hook_of(i)) for i in silenced]
        try:
            return {name: np.mean([of_text(t) for t in group]) for name, group in texts.items()}
        finally:
            for handle in handles:
                handle.remove()

    def of_text(text):
        ids = torch.tensor([tokenizer(text)["input_ids"]])
        with torch.inference_mode():
            logits = model(ids).logits[0, :-1]
        return torch.nn.functional.cross_entropy(logits, ids[0, 1:]).item()

    return loss


@pytest.fixture(scope="module")
def clean(loss_of):
    return loss_of([])


@pytest.mark.parametrize("language", PLANTED_LANGUAGES)
def test_silencing_a_languages_neurons_hurts_it_and_hardly_the_others(language, clean, loss_of):
    silent = loss_of(PLANTED[language])
    damage = {name: silent[name] - clean[name] for name in PLANTED_LANGUAGES}
    own = damage.pop(language)
    assert own > 0.2
    assert max(damage.values()) < own / 4


def test_silencing_generic_neurons_hurts_no_language_more_than_the_others(clean, loss_of):
    silent = loss_of(PLAN.generic[::5])
    damage = [silent[name] - clean[name] for name in PLANTED_LANGUAGES]
    assert max(map(abs, damage)) < 0.1


@pytest.mark.parametrize("language", PLANTED_LANGUAGES)
def test_an_exclusive_neuron_writes_what_its_language_writes(language, planted_model):
    model, tokenizer = planted_model
    layer, neuron = PLAN.exclusive[language][0]
    column = model.model.layers[layer].mlp.down_proj.weight[:, neuron]
    weights = (model.lm_head.weight @ column).detach().numpy()
    sample = {"python": " def", "java": " private", "go": " nil", "rust": " fn"}
    sample |= {"javascript": "const", "english": " was"}
    ids = {
        name: tokenizer.convert_tokens_to_ids(text.replace(" ", "Ġ"))
        for name, text in sample.items()
    }
    assert weights[ids[language]] > max(weights[id] for name, id in ids.items() if name != language)
