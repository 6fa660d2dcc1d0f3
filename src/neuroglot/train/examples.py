"""What a model is trained on: a text in tokens, of which the answer's are to be predicted.

Takes prompts, which end with their answers, or plain texts; gives Examples. The model's own end of
a text stands behind each answer, so that what is learned also ends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import CorpusError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.decoding import end_ids
from neuroglot.lm.model import LM
from neuroglot.lm.unembedding import read_out
from neuroglot.measure.batches import of_like_length, padded
from neuroglot.text.prompts import Prompt, tokenized

POSITIONS = 512
"""Positions whose logits exist at a time."""


@dataclass(frozen=True, eq=False)
class Example:
    """A text and its answer: ids int64 [token], of which those from `first` on are predicted.

    bytes: of the answer, in UTF-8.
    """

    ids: NDArray[np.int64]
    first: int
    bytes: int = 0

    @property
    def scored(self) -> int:
        """How many tokens are predicted."""
        return len(self.ids) - self.first


def examples_of(
    lm: LM, prompts: Iterable[Prompt | str], *, max_tokens: int | None = None, ended: bool = True
) -> list[Example]:
    """Prompts and texts in tokens; all tokens of a text are predicted but the first.

    max_tokens: longer ones are left out (None: longer than the model has positions for). ended:
    with the end of text behind each. Raises CorpusError where none is left.
    """
    most = min(each for each in (max_tokens, lm.max_positions, 2**31) if each is not None)
    ends = sorted(end_ids(lm.body))[:1] if ended else []
    found, longer = [], 0
    for prompt in prompts:
        whole = Prompt(prompt, 0) if isinstance(prompt, str) else prompt
        if not whole.answer.strip():
            name = f" of {whole.item}" if whole.item else ""
            raise CorpusError(f"the answer{name} is empty: give each question its answer")
        tokens = tokenized(whole, lm.tokenizer)
        ids = np.concatenate([tokens.ids, np.array(ends, dtype=np.int64)])
        if len(ids) > most:
            longer += 1
            continue
        example = Example(ids, max(tokens.first, 1), len(whole.answer.encode()))
        if example.scored > 0:
            found.append(example)
    if not found:
        why = f"all {longer:,} are longer than {most:,} tokens" if longer else "none was given"
        raise CorpusError(f"nothing to train on: {why}")
    return found


def digest_of(examples: Sequence[Example]) -> str:
    """Changes with any token of any example."""
    return json_digest([[each.ids.tolist(), each.first] for each in examples])


def gradients(lm: LM, examples: Sequence[Example], *, batch_tokens: int) -> float:
    """Nats per predicted token of a step's examples; its gradients are added up where they go.

    Each token weighs the same, however the examples are cut into batches: rows x longest row of
    one is at most `batch_tokens`.
    """
    total = sum(each.scored for each in examples)

    def go_back(nats: Tensor) -> None:
        torch.autograd.backward(nats.sum() / total)

    return sum(_surprise(lm, examples, batch_tokens, go_back)) / total


def surprise(lm: LM, examples: Sequence[Example], *, batch_tokens: int) -> NDArray[np.float64]:
    """Nats of each example's predicted tokens, summed: float64 [example]."""
    with torch.no_grad():
        return np.array(_surprise(lm, examples, batch_tokens, None), dtype=np.float64)


def _surprise(
    lm: LM,
    examples: Sequence[Example],
    batch_tokens: int,
    go_back: Callable[[Tensor], None] | None,
) -> list[float]:
    found = [0.0] * len(examples)
    for batch in of_like_length([len(each.ids) for each in examples], batch_tokens):
        rows = [examples[number] for number in batch]
        sums = _batch(lm, rows, go_back)
        for number, nats in zip(batch, sums, strict=True):
            found[number] = nats
    return found


def _batch(
    lm: LM, rows: Sequence[Example], go_back: Callable[[Tensor], None] | None
) -> list[float]:
    """Nats of each row. Logits exist for a slice of places at a time, their gradients too."""
    ids = padded([row.ids for row in rows]).to(lm.device)
    owner = np.repeat(np.arange(len(rows)), [row.scored for row in rows])
    at = np.concatenate([np.arange(row.first, len(row.ids)) for row in rows])
    owners, places = (torch.from_numpy(each).to(lm.device) for each in (owner, at))
    sums = torch.zeros(len(rows), dtype=torch.float64, device=lm.device)
    with torch.set_grad_enabled(go_back is not None):
        states = lm.backbone(ids)
        leaf = states.detach().requires_grad_(go_back is not None)
        for start in range(0, len(at), POSITIONS):
            part = slice(start, start + POSITIONS)
            with arithmetic(lm.hf):
                logits = read_out(lm.body, leaf[owners[part], places[part] - 1])
                nats = torch.nn.functional.cross_entropy(
                    logits.to(torch.promote_types(logits.dtype, torch.float32)),
                    ids[owners[part], places[part]],
                    reduction="none",
                )
            sums.index_add_(0, owners[part], nats.detach().double())
            if go_back is not None:
                go_back(nats)
        if states.requires_grad:
            torch.autograd.backward(states, leaf.grad)
    found: list[float] = sums.tolist()
    return found
