"""Does the model say yes? Log-odds of one answer against another after many prompts.

Takes prompts and two answers, gives one number for each prompt: at the first token in which the
answers differ, the log-probability of the one less that of the other. Nothing is generated.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM
from neuroglot.lm.unembedding import read_out
from neuroglot.measure.batches import longest_first, padded


def log_odds(
    lm: LM,
    prompts: Sequence[str],
    answers: tuple[str, str] = (" yes", " no"),
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """float64 [prompt], in nats; nan for a prompt with more tokens than the model was made for.

    Raises ConfigError where one answer is the beginning of the other.
    """
    tokens = [lm.tokenizer.encode(answer).ids.tolist() for answer in answers]
    shared = next((n for n, (a, b) in enumerate(zip(*tokens, strict=False)) if a != b), None)
    if shared is None:
        raise ConfigError(
            f"{answers[0]!r} and {answers[1]!r}: one is the beginning of the other; give answers "
            "that can be told apart"
        )
    first, other = (own[shared] for own in tokens)
    ids = [
        np.array([*prompt_ids(lm.tokenizer, prompt), *tokens[0][:shared]], dtype=np.int64)
        for prompt in prompts
    ]
    fit = [n for n, row in enumerate(ids) if len(row) <= (lm.max_positions or len(row))]
    found = np.full(len(prompts), np.nan)
    done = 0
    for batch in longest_first([len(ids[n]) for n in fit], batch_tokens):
        chosen = [fit[place] for place in batch]
        last = torch.tensor([len(ids[n]) - 1 for n in chosen], device=lm.device)
        with torch.no_grad():
            states = lm.backbone(padded([ids[n] for n in chosen]).to(lm.device))
            with arithmetic(lm.hf):
                logits = read_out(lm.body, states[torch.arange(len(chosen)), last]).double()
        found[chosen] = (logits[:, first] - logits[:, other]).cpu().numpy()
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(fit))
    return found
