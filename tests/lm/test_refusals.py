"""What is not read is refused by what it is, whatever it is called."""

import pytest
import torch
import transformers as t

from neuroglot.base.errors import AnatomyError
from neuroglot.lm.loading import wrap

SMALL = {"vocab_size": 101, "hidden_size": 32, "num_hidden_layers": 2}


def _mamba():
    return t.MambaForCausalLM(t.MambaConfig(**SMALL, state_size=4))


def _bloom():
    return t.BloomForCausalLM(t.BloomConfig(vocab_size=101, hidden_size=32, n_layer=2, n_head=4))


def _falcon_alibi():
    return t.FalconForCausalLM(t.FalconConfig(**SMALL, num_attention_heads=4, alibi=True))


def _mpt():
    return t.MptForCausalLM(t.MptConfig(vocab_size=101, d_model=32, n_layers=2, n_heads=4))


def _bert():
    config = t.BertConfig(**SMALL, num_attention_heads=4, intermediate_size=48)
    return t.BertLMHeadModel(config)


def _t5():
    return t.T5ForConditionalGeneration(
        t.T5Config(vocab_size=101, d_model=32, d_ff=48, d_kv=8, num_layers=2, num_heads=4)
    )


def _cross_attention():
    return t.GPT2LMHeadModel(
        t.GPT2Config(vocab_size=101, n_embd=32, n_layer=2, n_head=4, add_cross_attention=True)
    )


def _latent():
    return t.DeepseekV3ForCausalLM(
        t.DeepseekV3Config(
            **SMALL,
            num_attention_heads=4,
            num_key_value_heads=4,
            intermediate_size=48,
            moe_intermediate_size=16,
            n_routed_experts=4,
            n_group=1,
            topk_group=1,
            num_experts_per_tok=2,
            kv_lora_rank=8,
            q_lora_rank=8,
            qk_rope_head_dim=4,
            qk_nope_head_dim=4,
            v_head_dim=8,
        )
    )


REFUSED = {
    _mamba: "state",
    _bloom: "ALiBi",
    _falcon_alibi: "ALiBi",
    _mpt: "ALiBi",
    _bert: "encoder",
    _t5: "encoder",
    _cross_attention: "cross-attention",
    _latent: "latent",
}


@pytest.mark.parametrize("build", REFUSED, ids=lambda build: build.__name__.strip("_"))
def test_refused_by_what_it_is(build, tiny_tokenizer):
    model = build().eval()
    model.config.model_type = "llama"
    with pytest.raises(AnatomyError, match=REFUSED[build]) as raised:
        wrap(model, tiny_tokenizer)
    assert "\n" not in str(raised.value)


def test_a_model_on_fused_kernels_is_refused(make_model, tiny_tokenizer, monkeypatch):
    model = make_model("llama")
    monkeypatch.setattr(type(model), "use_kernels", True)
    with pytest.raises(AnatomyError, match="kernels"):
        wrap(model, tiny_tokenizer)


def test_a_model_that_looks_ahead_is_found_out_by_running_it(
    make_model, tiny_tokenizer, monkeypatch
):
    """No flag says so: the forward pass does."""
    model = make_model("llama", attn_implementation="eager")
    monkeypatch.setattr(
        t.models.llama.modeling_llama,
        "create_causal_mask",
        lambda **kwargs: torch.zeros(1, 1, *[kwargs["inputs_embeds"].shape[1]] * 2),
    )
    with pytest.raises(AnatomyError, match="last token"):
        wrap(model, tiny_tokenizer)
