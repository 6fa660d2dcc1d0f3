import hashlib

import numpy as np
import torch

from neuroglot.lm.planted import planted
from neuroglot.lm.planted_weights import planted_weights


def digest(weights):
    content = hashlib.sha256()
    for name in sorted(weights):
        content.update(name.encode() + weights[name].tobytes())
    return content.hexdigest()


def test_the_weights_are_the_same_every_time_and_on_every_machine():
    assert (
        digest(planted_weights())
        == "1e13aedde703e874bc862d8acc8804ec45421b078c1c14688036bda48d5de6e2"
    )


def test_the_model_holds_exactly_these_weights_and_no_others(planted_model):
    state = planted_model[0].state_dict()
    weights = planted_weights()
    assert set(state) == set(weights)
    for name, values in weights.items():
        assert state[name].dtype == torch.float32
        assert np.array_equal(state[name].numpy(), values)
        assert np.isfinite(values).all()


def test_building_it_leaves_torchs_random_state_alone():
    before = torch.random.get_rng_state()
    planted()
    assert torch.equal(before, torch.random.get_rng_state())


def test_rmsnorm_divides_by_nearly_the_same_number_everywhere(planted_model, small_texts):
    model, tokenizer = planted_model
    sizes = []

    def keep(module, inputs):
        sizes.append(inputs[0].pow(2).mean(dim=-1).sqrt())

    handles = [
        norm.register_forward_pre_hook(keep)
        for block in model.model.layers
        for norm in (block.input_layernorm, block.post_attention_layernorm)
    ]
    with torch.inference_mode():
        for document in small_texts[::12]:
            model.model(torch.tensor([tokenizer(document.text)["input_ids"]]))
    for handle in handles:
        handle.remove()
    every = torch.cat([size.flatten() for size in sizes])
    assert every.min() > 7.9
    assert every.max() < 8.4


def test_it_predicts_better_than_chance_and_generates(planted_model, small_texts):
    model, tokenizer = planted_model
    with torch.inference_mode():
        for document in small_texts[::6]:
            ids = torch.tensor([tokenizer(document.text)["input_ids"]])
            logits = model(ids).logits
            assert torch.isfinite(logits).all()
            loss = torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:])
            assert loss < 0.85 * np.log(model.config.vocab_size)
        prompt = tokenizer("def load(self):\n", return_tensors="pt")
        torch.manual_seed(0)
        made = model.generate(**prompt, max_new_tokens=8, do_sample=True)
    assert made.shape[1] > prompt["input_ids"].shape[1]
