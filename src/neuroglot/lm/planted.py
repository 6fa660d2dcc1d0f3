"""The planted model: a small Llama whose language neurons are known because they were put there.

Gives a Hugging Face model and its tokenizer, built in memory from the plan of `base/planted`, the
same to the last bit every time. Knows no corpus. How it works: docs/planted.md.
"""

from typing import Any

from neuroglot.base.planted import LAYERS, NEURONS
from neuroglot.lm.planted_tokenizer import BOS, EOS, PAD, planted_tokenizer, planted_tokens
from neuroglot.lm.planted_weights import HEAD_WIDTH, HEADS, ROPE_THETA, WIDTH, planted_weights

CONTEXT_LENGTH = 4096


def planted() -> tuple[Any, Any]:
    """A LlamaForCausalLM (float32, CPU, evaluation mode) and its PreTrainedTokenizerFast.

    8 layers of 320 neurons, width 48. torch's random state is left as it was.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = planted_tokenizer()
    config = LlamaConfig(
        vocab_size=len(planted_tokens()),
        hidden_size=WIDTH,
        intermediate_size=NEURONS,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        head_dim=HEAD_WIDTH,
        max_position_embeddings=CONTEXT_LENGTH,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        rms_norm_eps=1e-6,
        tie_word_embeddings=False,
        bos_token_id=tokenizer.convert_tokens_to_ids(BOS),
        eos_token_id=tokenizer.convert_tokens_to_ids(EOS),
        pad_token_id=tokenizer.convert_tokens_to_ids(PAD),
        dtype="float32",
    )
    with torch.random.fork_rng(devices=[]):
        model: Any = LlamaForCausalLM(config)
    tensors = {name: torch.from_numpy(values) for name, values in planted_weights().items()}
    model.load_state_dict(tensors, strict=True)
    return model.eval(), tokenizer
