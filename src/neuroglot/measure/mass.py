"""How much probability the lens gives to sets of tokens, level by level, over prompts' answers.

Takes prompts with answers and columns of weights over the vocabulary, gives for each prompt the
mean over its answer's tokens. What is left out (the true token, whatever stands in the context) is
left out at each token in turn, with all forms that differ in case and blanks; sets are added up
afterwards, so that hundreds of them cost little more than one.

Source: arXiv 2506.01074, without its truncation at ten tokens.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first
from neuroglot.measure.lens import EMBED, HELD, states_before
from neuroglot.text.prompts import Prompt, PromptTokens, tokenized

EXCLUDED = ("none", "gold", "context")
"""What does not count: nothing; forms of the token that is predicted; those of the question's
tokens too."""


@dataclass(frozen=True, eq=False)
class Masses:
    """Means over the tokens of each prompt's answer.

    levels: EMBED and all layers. mass: float64 [prompt, level, exclusion, column], exclusions as in
    EXCLUDED. divergence: float64 [prompt, level], KL of the model's own distribution from the
    level's, in nats. tokens: int64 [prompt], of the answer.
    """

    levels: tuple[int, ...]
    mass: NDArray[np.float64]
    divergence: NDArray[np.float64]
    tokens: NDArray[np.int64]


def category_mass(
    lm: LM,
    prompts: Sequence[Prompt],
    columns: NDArray[np.floating],
    forms: NDArray[np.integer],
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Masses:
    """The mass of each column of weights at each level, in the order of the prompts.

    columns: [id, column]. forms: int [id], equal for ids that count as the same word
    (`text.categories.forms`). Raises ConfigError for a prompt whose answer has no token, or none in
    front of it, and for one longer than the model was made for.
    """
    rows = [tokenized(prompt, lm.tokenizer) for prompt in prompts]
    bare = [number for number, row in enumerate(rows) if not row.first]
    if bare:
        raise ConfigError(f"prompt {bare[0] + 1} has nothing in front of its answer: ask something")
    for number, row in enumerate(rows):
        lm.refuse_longer(len(row.ids), f"prompt {number + 1}")
    levels = (EMBED, *range(lm.n_layers))
    weights = torch.as_tensor(columns, dtype=torch.float32, device=lm.device)
    kin = _Kin.of(forms)
    mass = np.zeros((len(rows), len(levels), len(EXCLUDED), columns.shape[1]))
    divergence = np.zeros((len(rows), len(levels)))
    done = 0
    for batch in longest_first([len(row.ids) for row in rows], batch_tokens):
        some = [rows[place] for place in batch]
        with torch.no_grad(), arithmetic(lm.hf):
            places = [np.arange(row.first, len(row.ids)) for row in some]
            stack = states_before(lm, [row.ids for row in some], places, levels)
            for number, own, distance in _of_rows(lm, some, stack, weights, kin):
                mass[batch[number]], divergence[batch[number]] = own, distance
        done += len(batch)
        if on_progress is not None:
            on_progress(done, len(rows))
    tokens = np.array([len(row.ids) - row.first for row in rows], dtype=np.int64)
    return Masses(levels, mass, divergence, tokens)


@dataclass(frozen=True, eq=False)
class _Kin:
    """The ids of each form: `ids[starts[form] : starts[form + 1]]`."""

    forms: NDArray[np.int64]
    ids: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, forms: NDArray[np.integer]) -> "_Kin":
        _, numbered, counts = np.unique(forms, return_inverse=True, return_counts=True)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return cls(numbered.astype(np.int64), np.argsort(numbered, kind="stable"), starts)

    def all_forms(self, ids: NDArray[np.integer]) -> NDArray[np.int64]:
        """Every id that is a form of one of these."""
        wanted = np.unique(self.forms[ids])
        return np.concatenate(
            [self.ids[self.starts[form] : self.starts[form + 1]] for form in wanted.tolist()]
        )


def _of_rows(
    lm: LM, rows: Sequence[PromptTokens], stack: Tensor, weights: Tensor, kin: _Kin
) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """(row, its masses [level, exclusion, column], its divergences [level]) of one batch."""
    sizes = [len(row.ids) - row.first for row in rows]
    ends = [0, *accumulate(sizes)]
    for number, row in enumerate(rows):
        states = stack[ends[number] : ends[number + 1]]
        masses = torch.zeros(
            stack.shape[1], len(EXCLUDED), weights.shape[1], dtype=torch.float64, device=lm.device
        )
        distance = torch.zeros(stack.shape[1], dtype=torch.float64, device=lm.device)
        step = max(1, HELD // lm.vocabulary)
        for start in range(0, len(states), step):
            part = states[start : start + step]
            left_out = _left_out(row, range(row.first + start, row.first + start + len(part)), kin)
            final = _logs(lm, part[:, -1])
            for level in range(stack.shape[1]):
                logs = final if level == stack.shape[1] - 1 else _logs(lm, part[:, level])
                probability = logs.exp()
                own = final.exp()
                distance[level] += (own * (final - logs)).sum().double()
                for place, forgotten in enumerate((None, *left_out)):
                    if forgotten is not None:
                        probability[forgotten] = 0.0
                    masses[level, place] += (probability.sum(dim=0) @ weights).double()
        n = len(states)
        yield number, (masses / n).cpu().numpy(), (distance / n).cpu().numpy()


def _logs(lm: LM, states: Tensor) -> Tensor:
    return lm.unembed(states).to(torch.float32).log_softmax(dim=-1)


def _left_out(row: PromptTokens, places: Sequence[int], kin: _Kin) -> list[tuple[Tensor, Tensor]]:
    """(place, id) pairs whose probability does not count, for the gold and for the context."""
    gold = [kin.all_forms(row.ids[place : place + 1]) for place in places]
    owner = np.repeat(np.arange(len(gold)), [len(ids) for ids in gold])
    context = kin.all_forms(row.ids[: row.first])
    n = len(gold)
    return [
        (torch.from_numpy(owner), torch.from_numpy(np.concatenate(gold))),
        (
            torch.arange(n).repeat_interleave(len(context)),
            torch.from_numpy(np.tile(context, n)),
        ),
    ]
