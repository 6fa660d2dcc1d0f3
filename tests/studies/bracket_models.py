"""Models that bracket prompts can be put to, with the tokenizer of the reference model.

`counting_lm` is wired by hand. Every head looks at all tokens alike. Head 0 of layer 0 adds up
opening less closing brackets and raises closers by it; head 1 adds up closing brackets and raises
as many closers, a tenth as strongly. Nothing else does anything.
"""

from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import neuroglot.lm
from neuroglot.lm.loading import wrap
from neuroglot.lm.tokenizers import make_tokenizer
from neuroglot.text.closers import closers

FOLDER = Path(next(iter(neuroglot.lm.__path__))) / "reference"
COUNTS, FOLLOWS = (0, 0), (0, 1)
"""(layer, head)."""
FILL, NET, START, CLOSED, SUM, ONE = range(6)
LENGTH, LOUD, WEAK = 8.0, 40.0, 0.1


def hf_tokenizer():
    return PreTrainedTokenizerFast.from_pretrained(FOLDER)


def tiny_llama(tokenizer, *, positions=512):
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=positions,
        tie_word_embeddings=False,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(config).eval()


def random_lm(**changes):
    """The same shape with random weights."""
    tokenizer = hf_tokenizer()
    return wrap(tiny_llama(tokenizer, **changes), make_tokenizer(tokenizer), name="random")


@torch.no_grad()
def counting_lm():
    """The wired one."""
    hf = hf_tokenizer()
    model, tokenizer = tiny_llama(hf), make_tokenizer(hf)
    for parameter in model.parameters():
        parameter.zero_()
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            parameter.fill_(1.0)
    table = model.model.embed_tokens.weight
    for id in range(len(table)):
        text = tokenizer.token_text(id)
        table[id, NET] = text.count("(") - text.count(")")
        table[id, CLOSED] = text.count(")")
    table[tokenizer.bos] = 0
    table[tokenizer.bos, START] = 1
    table[:, FILL] = (LENGTH**2 - (table**2).sum(dim=1)).clamp_min(0).sqrt()
    attention = model.model.layers[0].self_attn
    read = LENGTH / 16**0.5
    for head, source, strength in ((0, NET, 1.0), (1, CLOSED, WEAK)):
        first = 4 * head
        attention.v_proj.weight[first, source] = read
        attention.v_proj.weight[first + 1, START] = read
        attention.o_proj.weight[SUM, first] = strength
        attention.o_proj.weight[ONE, first + 1] = strength
    # Closers k get 2 k s - k^2, which is largest where k is the sum s; all else gets nothing.
    for k, id in closers(tokenizer).ids.items():
        model.lm_head.weight[id, SUM] = LOUD * 2 * k
        model.lm_head.weight[id, ONE] = -LOUD * k * k
    return wrap(model, tokenizer, name="counting")
