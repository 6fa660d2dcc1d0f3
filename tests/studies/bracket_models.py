"""Models that bracket prompts can be put to, with the tokenizer of the reference model."""

from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import neuroglot.lm
from neuroglot.lm.loading import wrap
from neuroglot.lm.tokenizers import make_tokenizer

FOLDER = Path(next(iter(neuroglot.lm.__path__))) / "reference"


def reference_tokenizer():
    return PreTrainedTokenizerFast.from_pretrained(FOLDER)


def random_lm(*, layers=3, positions=512, name="random"):
    """A random Llama of width 32 over the reference model's tokenizer."""
    tokenizer = reference_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=24,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=positions,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LlamaForCausalLM(config).eval()
    return wrap(model, make_tokenizer(tokenizer), name=name)
