"""How a model predicts answers that are given: whether each token is the likeliest, and its nats.

Takes prompts that end with their answers, runs each once with the answer in it, gives one record
for each. Nothing is generated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.model import LM
from neuroglot.measure.batches import packed
from neuroglot.text.prompts import Prompt, PromptTokens, tokenized


@dataclass(frozen=True)
class Answered:
    """One answer, token by token: likeliest bool [token], nll float64 [token] in nats."""

    likeliest: NDArray[np.bool_]
    nll: NDArray[np.float64]

    @property
    def begins(self) -> bool:
        """Whether the answer's first token is the likeliest there."""
        return bool(self.likeliest[0])

    @property
    def whole(self) -> bool:
        """Whether every token is: then greedy generation would write the answer."""
        return bool(self.likeliest.all())


def answered(
    lm: LM,
    prompts: Sequence[Prompt],
    *,
    batch_tokens: int = 8192,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Answered]:
    """How the model predicts each prompt's answer, with the true tokens before each.

    batch_tokens: rows x longest row of a batch, at most; a longer row stands alone. Raises
    ConfigError for an answer without tokens.
    """
    rows = [tokenized(prompt, lm.tokenizer) for prompt in prompts]
    lengths = [len(row.ids) for row in rows]
    order = sorted(range(len(rows)), key=lambda place: (-lengths[place], place))
    found: dict[int, Answered] = {}
    for batch in packed(order, lengths, batch_tokens):
        found |= dict(zip(batch, _answered(lm, [rows[place] for place in batch]), strict=True))
        if on_progress is not None:
            on_progress(len(found), len(rows))
    return [found[place] for place in range(len(rows))]


def _answered(lm: LM, rows: Sequence[PromptTokens]) -> list[Answered]:
    """Rows of a batch, padded on the right: what stands there is seen by no token before it."""
    ids = torch.zeros(len(rows), max(len(row.ids) for row in rows), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row.ids)] = torch.from_numpy(row.ids)
        mask[place, : len(row.ids)] = 1
    model: Any = lm.hf
    with torch.no_grad(), arithmetic(model):
        logits = model(
            input_ids=ids.to(lm.device), attention_mask=mask.to(lm.device), use_cache=False
        ).logits
        return [
            _record(logits[place, row.first - 1 : len(row.ids) - 1], row)
            for place, row in enumerate(rows)
        ]


def _record(logits: torch.Tensor, row: PromptTokens) -> Answered:
    wanted = torch.from_numpy(row.ids[row.first :]).to(logits.device)
    nll = -logits.double().log_softmax(dim=-1).gather(1, wanted[:, None])[:, 0]
    return Answered((logits.argmax(dim=-1) == wanted).cpu().numpy(), nll.cpu().numpy())
