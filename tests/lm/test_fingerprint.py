"""Fingerprints: the same for the same content, another for any other."""

import pytest
import torch

from neuroglot.lm.fingerprint import fingerprint
from neuroglot.lm.loading import wrap
from neuroglot.lm.tokenizers import make_tokenizer


@pytest.fixture
def record(tiny_tokenizer):
    return make_tokenizer(tiny_tokenizer)


def test_the_same_model_has_the_same_name(family, make_model, record):
    assert fingerprint(make_model(family), record) == fingerprint(make_model(family), record)


def test_attention_mode_and_place_do_not_matter(make_model, record, tmp_path):
    model = make_model("llama")
    name = fingerprint(model, record)
    model.set_attn_implementation("eager")
    model.train()
    model.save_pretrained(tmp_path)
    model.config._name_or_path = str(tmp_path)
    model.config.use_cache = False
    assert fingerprint(model, record) == name
    assert fingerprint(type(model).from_pretrained(tmp_path), record) == name


def test_any_single_value_of_a_small_tensor_matters(make_model, record):
    model = make_model("llama")
    names = {fingerprint(model, record)}
    for _, tensor in sorted(model.state_dict().items()):
        tensor.view(-1)[len(tensor.view(-1)) // 2] += 1
        names.add(fingerprint(model, record))
    assert len(names) == 1 + len(model.state_dict())


def test_format_configuration_and_tokenizer_matter(make_model, record, tiny_tokenizer):
    model = make_model("llama")
    name = fingerprint(model, record)
    assert fingerprint(make_model("llama", torch.bfloat16), record) != name
    assert fingerprint(make_model("llama", rms_norm_eps=1e-3), record) != name
    other = tiny_tokenizer.__class__(
        tokenizer_object=tiny_tokenizer.backend_tokenizer, bos_token="</s>", eos_token="<s>"
    )
    assert fingerprint(model, make_tokenizer(other)) != name


def test_all_values_are_hashed_on_request(record, make_model):
    model = make_model("llama", vocab_size=5_000)
    sampled, full = fingerprint(model, record), fingerprint(model, record, full=True)
    assert sampled != full
    table = model.model.embed_tokens.weight.data.view(-1)
    places = torch.linspace(0, len(table) - 1, 65_536, dtype=torch.float64).long()
    missed = next(place for place in range(len(table)) if place not in set(places.tolist()))
    table[missed] += 1
    assert fingerprint(model, record) == sampled
    assert fingerprint(model, record, full=True) != full


def test_an_lm_carries_its_fingerprint(make_model, tiny_tokenizer, record):
    model = make_model("gpt2")
    assert wrap(model, tiny_tokenizer).fingerprint == fingerprint(model, record)
