"""The untrained twin: alike in build, fresh in weights, the same for the same seed."""

import torch

from neuroglot.lm.twin import untrained_twin


def test_a_twin_is_alike_in_all_but_weights(any_family, make_lm, ids):
    lm = make_lm(any_family, torch.bfloat16)
    twin = untrained_twin(lm, seed=0)
    assert type(twin.hf) is type(lm.hf)
    assert twin.anatomy is lm.anatomy
    assert twin.body.sizes == lm.body.sizes
    assert (twin.dtype, twin.device, twin.attention) == (lm.dtype, lm.device, lm.attention)
    assert twin.tokenizer.digest == lm.tokenizer.digest
    assert twin.fingerprint != lm.fingerprint
    assert not torch.equal(twin.logits(ids), lm.logits(ids))
    assert not twin.hf.training


def test_a_seed_gives_one_twin_and_leaves_chance_and_the_model_alone(make_lm):
    lm = make_lm("llama")
    lm.hf.set_attn_implementation("eager")
    weights = {name: tensor.clone() for name, tensor in lm.hf.state_dict().items()}
    torch.manual_seed(3)
    state = torch.random.get_rng_state()
    first = untrained_twin(lm, seed=7)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.rand(5)
    assert untrained_twin(lm, seed=7).fingerprint == first.fingerprint
    assert untrained_twin(lm, seed=8).fingerprint != first.fingerprint
    assert first.attention == "eager"
    assert all(torch.equal(tensor, weights[name]) for name, tensor in lm.hf.state_dict().items())


def test_a_twins_weights_are_those_of_an_untrained_model(make_lm):
    twin = untrained_twin(make_lm("llama"), seed=0)
    matrix = twin.hf.model.layers[0].mlp.up_proj.weight
    assert 0.015 < float(matrix.std()) < 0.025
    assert (twin.hf.model.norm.weight == 1).all()


def test_a_twin_knows_a_tokenizer_given_as_a_record(make_model, tiny_tokenizer):
    from neuroglot.lm.loading import wrap
    from neuroglot.lm.tokenizers import make_tokenizer

    lm = wrap(make_model("llama"), make_tokenizer(tiny_tokenizer), name="own")
    twin = untrained_twin(lm, seed=1)
    assert twin.tokenizer is lm.tokenizer
    assert twin.name == "own (untrained, seed 1)"
