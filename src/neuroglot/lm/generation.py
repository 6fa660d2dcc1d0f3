"""Text written by the model, one text at a time, through the model's own cached generation.

Edits and taps act in it as in any forward pass. Chance comes from the seed alone and leaves
torch's own generator as it was.
"""

from typing import Any

import torch
from transformers import GenerationConfig

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.body import Body


def generate(
    body: Body,
    tokenizer: Tokenizer,
    text: str,
    *,
    max_new_tokens: int,
    temperature: float,
    top_p: float,
    seed: int,
) -> str:
    """What the model writes after `text`, without the text itself.

    temperature 0 takes the likeliest token each time. Raises ConfigError for an empty prompt
    without a BOS, a negative temperature or no tokens to write.
    """
    if temperature < 0 or not 0 < top_p <= 1 or max_new_tokens < 1:
        raise ConfigError(
            f"temperature {temperature}, top_p {top_p}, max_new_tokens {max_new_tokens}: give a "
            "temperature of at least 0, a top_p in (0, 1] and at least 1 token"
        )
    ids = ([] if tokenizer.bos is None else [tokenizer.bos]) + tokenizer.encode(text).ids.tolist()
    if not ids:
        raise ConfigError("an empty prompt for a model without a BOS token: give some text")
    prompt = torch.tensor([ids], device=body.table.device)
    model: Any = body.hf
    settings = _settings(model, max_new_tokens, temperature, top_p)
    devices = [prompt.device] if prompt.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.no_grad(), arithmetic(model):
        torch.manual_seed(int(generator(seed, "generate").integers(2**63)))
        written = model.generate(
            prompt, attention_mask=torch.ones_like(prompt), generation_config=settings
        )
    return tokenizer.decode(written[0, len(ids) :].tolist())


def _settings(model: Any, max_new_tokens: int, temperature: float, top_p: float) -> Any:
    """The model's own end of text, and nothing else of the habits that a checkpoint brings."""
    end = model.generation_config.eos_token_id
    first_end = end[0] if isinstance(end, list) else end
    how = {"temperature": temperature, "top_p": top_p, "top_k": 0, "min_p": 0.0}
    settings: Any = GenerationConfig
    return settings(
        max_new_tokens=max_new_tokens,
        do_sample=temperature > 0,
        **(how if temperature > 0 else {}),
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        num_beams=1,
        eos_token_id=end,
        pad_token_id=0 if first_end is None else first_end,
        use_cache=True,
    )
