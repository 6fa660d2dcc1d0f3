"""Quick checks of a model: each passes on a sound one, and the ones that can fail do."""

import math

import pytest
import torch

from neuroglot.lm import diagnosis
from neuroglot.lm.twin import untrained_twin

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["f32", "bf16"])


@BOTH
def test_a_sound_model_passes(any_family, dtype, make_lm, n_hooks):
    lm = make_lm(any_family, dtype)
    attention = lm.attention
    checks = {check.name: check for check in diagnosis.diagnose(lm)}
    assert all(check.passed for check in checks.values()), checks
    assert all(check.value <= check.bound for check in checks.values())
    assert ("live_neurons" in checks) == (lm.n_neurons is not None)
    assert lm.attention == attention
    assert n_hooks(lm.hf) == 0


def test_wrong_lenses_are_told_from_the_right_one(make_lm):
    lm = make_lm("llama")
    ids = diagnosis.sample_ids(lm, "int x = 1;")
    assert ids.shape == (1, 64)
    check = diagnosis.lens_is_logits(lm, ids)
    assert check.value == 0
    for mistake in ("no norm", "norm twice", "embedding as head"):
        assert mistake in check.what
    with lm.taps("resid_post", layers=[2]) as seen:
        logits = lm.logits(ids)
    for name, wrong in diagnosis.wrong_variants(lm, seen["resid_post", 2]).items():
        assert not torch.allclose(wrong, logits, rtol=0.1), name


def test_a_lens_that_norms_twice_is_named(make_lm, monkeypatch):
    lm = make_lm("llama")
    ids = diagnosis.sample_ids(lm, "int x = 1;")
    head = lm.hf.lm_head.forward
    # A model that norms once more before its head: the plain lens is now the wrong one.
    monkeypatch.setattr(lm.hf.lm_head, "forward", lambda x: head(lm.body.final_norm(x)))
    monkeypatch.setattr(diagnosis, "read_out", lambda body, normed: head(normed))
    monkeypatch.setattr(type(lm), "unembed", lambda self, x: head(self.body.final_norm(x)))
    check = diagnosis.lens_is_logits(lm, ids)
    assert not check.passed
    assert "norm twice" in check.remedy


def test_entropy_is_that_of_the_logits(make_lm):
    lm = make_lm("gpt2")
    ids = diagnosis.sample_ids(lm, "abc")
    check = diagnosis.lens_entropy(lm, ids)
    chances = torch.softmax(lm.logits(ids).double(), dim=-1)
    assert check.value == pytest.approx(float(-(chances * chances.log()).sum(-1).mean()), rel=1e-6)
    assert check.bound == math.log(101)
    assert len(check.what.split(": ")[1].split()) == 3


def test_an_untrained_model_guesses_evenly(make_lm):
    lm = untrained_twin(make_lm("llama"), seed=0)
    check = diagnosis.lens_entropy(lm, diagnosis.sample_ids(lm, "abc"))
    assert check.value > 0.95 * check.bound


def test_dead_neurons_are_counted(make_lm):
    lm = make_lm("starcoder2")
    c_fc = lm.hf.model.layers[1].mlp.c_fc
    c_fc.weight[:36] = 0
    c_fc.bias[:36] = -1
    check = diagnosis.neurons_are_alive(lm, diagnosis.sample_ids(lm, "abc def ghi"))
    assert "layer 1" in check.what
    assert check.value >= 0.75
    c_fc.weight[:] = 0
    c_fc.bias[:] = -1
    assert not diagnosis.neurons_are_alive(lm, diagnosis.sample_ids(lm, "abc")).passed


def test_a_chat_template_is_noticed(make_lm):
    lm = make_lm("llama")
    assert diagnosis.chat_template(lm).value == 0
    lm.hf_tokenizer.chat_template = "{{ messages }}"
    try:
        assert diagnosis.chat_template(lm).value == 1
    finally:
        lm.hf_tokenizer.chat_template = None


def test_a_family_with_one_attention_says_so(make_lm):
    lm = make_lm("codegen")
    check = diagnosis.attention_agrees(lm, diagnosis.sample_ids(lm, "abc"))
    assert check.passed
    assert "only eager" in check.what
