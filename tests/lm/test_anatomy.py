"""Rows of families: each is found, a wrong one is noticed, a new one can be given."""

from dataclasses import replace

import pytest

from neuroglot.base.errors import AnatomyError
from neuroglot.lm.anatomy import FAMILIES, Anatomy, distinct_rows
from neuroglot.lm.loading import wrap

ASKED_FOR = {
    "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi", "phi3",
    "starcoder2", "gpt_bigcode", "codegen", "granite", "stablelm", "gpt_neox", "gpt2", "olmo2",
    "mixtral", "qwen3_moe",
}  # fmt: skip


def test_every_family_has_a_row():
    assert set(FAMILIES) >= ASKED_FOR
    assert all(row.family == name for name, row in FAMILIES.items())


def test_distinct_rows_stand_for_all():
    builds = {replace(row, family="") for row in FAMILIES.values()}
    assert {replace(row, family="") for row in distinct_rows()} == builds


def test_each_family_is_proved_with_its_own_row(any_family, make_lm):
    lm = make_lm(any_family)
    assert lm.anatomy is FAMILIES[lm.hf.config.model_type]
    assert lm.checks
    assert all(check.passed for check in lm.checks)


@pytest.mark.parametrize(
    ("family", "wrong", "named"),
    [
        ("gemma2", replace(FAMILIES["gemma2"], logit_cap_field=""), "logits"),
        ("gemma2", replace(FAMILIES["gemma2"], mlp_added="mlp"), "resid_post"),
        ("gemma2", FAMILIES["llama"], "resid"),
        ("llama", FAMILIES["gpt2"], "'h'"),
        ("granite", replace(FAMILIES["granite"], residual_scale_field=""), "resid"),
        ("granite", replace(FAMILIES["granite"], logit_divisor_field=""), "logits"),
        ("cohere2", replace(FAMILIES["cohere2"], logit_scale_field=""), "logits"),
        ("llama", replace(FAMILIES["llama"], activation="mlp.gate_proj"), "neuron"),
        ("llama", replace(FAMILIES["llama"], gate=None), "neuron"),
        ("gpt2", replace(FAMILIES["gpt2"], mid="ln_1"), "resid_mid"),
        ("starcoder2", replace(FAMILIES["starcoder2"], up="mlp.nothing"), "mlp.nothing"),
        ("phi3", replace(FAMILIES["phi3"], gate="mlp.down_proj"), "up projections"),
        ("llama", replace(FAMILIES["llama"], o="self_attn.q_proj"), "heads"),
        ("qwen3", replace(FAMILIES["qwen3"], o="mlp.down_proj"), "heads"),
        ("mixtral", replace(FAMILIES["mixtral"], mid="input_layernorm"), "resid_mid"),
    ],
)
def test_a_wrong_row_is_an_error_with_family_part_and_numbers(
    family, wrong, named, make_model, tiny_tokenizer
):
    with pytest.raises(AnatomyError, match=named) as raised:
        wrap(make_model(family), tiny_tokenizer, anatomy=wrong)
    assert wrong.family in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("family", ["llama", "gemma2", "phi", "gpt_neox", "gpt2", "codegen"])
def test_an_unknown_family_is_read_by_the_row_that_proves_right(
    family, make_model, tiny_tokenizer, monkeypatch
):
    model = make_model(family)
    monkeypatch.setattr(type(model.config), "model_type", "never_heard_of")
    lm = wrap(model, tiny_tokenizer)
    known = replace(FAMILIES[family], family="")
    assert replace(lm.anatomy, family="") == known or lm.body.parallel


def test_an_unknown_family_that_no_row_fits_says_what_to_give(
    make_model, tiny_tokenizer, monkeypatch
):
    model = make_model("llama")
    for layer in model.model.layers:
        layer.mlp.shrink = layer.mlp._modules.pop("down_proj")
    monkeypatch.setattr(type(model.config), "model_type", "never_heard_of")
    with pytest.raises(AnatomyError, match="never_heard_of") as raised:
        wrap(model, tiny_tokenizer)
    assert "llama" in str(raised.value)
    assert "Anatomy(" in str(raised.value)


def test_a_row_of_ones_own_is_used(make_model, tiny_tokenizer):
    own = Anatomy("mine")
    assert wrap(make_model("mistral"), tiny_tokenizer, anatomy=own).anatomy is own
