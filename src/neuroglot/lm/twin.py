"""The untrained twin: the same architecture and tokenizer, with fresh weights.

What it shows too is due to architecture and tokens, not to training. The weights come from the
configuration's own initialisation and the seed, and torch's generator is left as it was.
"""

import copy
from typing import Any

import torch

from neuroglot.base.seeds import generator
from neuroglot.lm.loading import wrap
from neuroglot.lm.model import LM
from neuroglot.lm.quiet import quiet


def untrained_twin(lm: LM, *, seed: int) -> LM:
    """A model like `lm`, in number format, device and attention too, that has seen no text."""
    config = copy.deepcopy(lm.hf.config)
    if getattr(config, "quantization_config", None) is not None:
        del config.quantization_config
    # On CPU, so that the same seed gives the same weights on every machine.
    with quiet(), torch.random.fork_rng(devices=[]):
        # manual_seed would also reseed every other device.
        torch.default_generator.manual_seed(int(generator(seed, "untrained_twin").integers(2**63)))
        build: Any = type(lm.hf)._from_config
        hf = build(config, dtype=lm.dtype, attn_implementation=lm.attention)
    hf.train(False).to(lm.device)
    return wrap(
        hf,
        lm.hf_tokenizer or lm.tokenizer,
        name=f"{lm.name} (untrained, seed {seed})",
        anatomy=lm.anatomy,
    )
