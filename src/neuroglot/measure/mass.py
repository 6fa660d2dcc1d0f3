"""What the lens says of sets of tokens and of the true token, level by level, over answers.

Takes prompts with answers and sets of ids, gives for each prompt means over its answer's tokens.
What is left out (the true token, whatever stands in the context) is left out at each token in turn,
with all forms that differ in case and blanks; sets are added up once for each prompt, so that
hundreds of them cost little more than one.

Source: arXiv 2506.01074, without its truncation at ten tokens (which TOP keeps, to compare).
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
from neuroglot.lm.unembedding import likeliest
from neuroglot.measure.batches import longest_first
from neuroglot.measure.lens import EMBED, HELD, states_before
from neuroglot.measure.tuned_lens import TunedLens
from neuroglot.text.prompts import Prompt, PromptTokens, tokenized

Floats = NDArray[np.float64]

EXCLUDED = ("none", "gold", "context")
"""What does not count: nothing; forms of the token that is predicted; those of the question's
tokens too."""
NONE, GOLD_OUT, CONTEXT = range(len(EXCLUDED))

TOP = ("mass10", "reciprocal_rank", "top1")
"""What ten tokens say of a set: their mass in it, 1 / place of its first, whether it has the
first."""

GOLD = ("probability", "reciprocal_rank", "top1")
"""What a level says of the true token; nothing is left out here, and no rank is cut."""

TEN = 10


@dataclass(frozen=True, eq=False)
class TokenSets:
    """The sets of ids that are looked at.

    columns: float [id, column], weights whose mass is wanted. members: bool [id, set], sets that
    the first ten tokens are looked through for; none where None. forms: int [id], equal for ids
    that count as the same word (`text.categories.forms`). frequency: float64 [id], how often each
    id stands in text, for comparison; None for no comparison.
    """

    columns: NDArray[np.floating]
    forms: NDArray[np.integer]
    members: NDArray[np.bool_] | None = None
    frequency: Floats | None = None


@dataclass(frozen=True, eq=False)
class Masses:
    """Means over the tokens of each prompt's answer.

    levels: EMBED and all layers. mass: float64 [prompt, level, exclusion, column], exclusions as in
    EXCLUDED. top: float64 [prompt, level, exclusion, TOP, set]. gold: float64 [prompt, level,
    GOLD]. divergence: float64 [prompt, level], KL of the model's own distribution from the level's,
    in nats; by_frequency: float64 [prompt], the same from the frequencies of ids. by_id: float64
    [level, id], the mean over prompts with the context left out. tokens: int64 [prompt], of the
    answer.
    """

    levels: tuple[int, ...]
    mass: Floats
    top: Floats
    gold: Floats
    divergence: Floats
    by_frequency: Floats
    by_id: Floats
    tokens: NDArray[np.int64]


def category_mass(
    lm: LM,
    prompts: Sequence[Prompt],
    sets: TokenSets,
    *,
    through: TunedLens | None = None,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Masses:
    """The mass of each set at each level, in the order of the prompts.

    through: a tuned lens; None reads the states as they are. Raises ConfigError for a prompt whose
    answer has no token, or none in front of it, for one longer than the model was made for, and for
    a tuned lens of another model.
    """
    rows = [tokenized(prompt, lm.tokenizer) for prompt in prompts]
    bare = [number for number, row in enumerate(rows) if not row.first]
    if bare:
        raise ConfigError(f"prompt {bare[0] + 1} has nothing in front of its answer: ask something")
    for number, row in enumerate(rows):
        lm.refuse_longer(len(row.ids), f"prompt {number + 1}")
    levels = (EMBED, *range(lm.n_layers))
    looked = _Looked.at(lm, sets)
    n, n_levels = len(rows), len(levels)
    found = Masses(
        levels,
        mass=np.zeros((n, n_levels, len(EXCLUDED), sets.columns.shape[1])),
        top=np.zeros((n, n_levels, len(EXCLUDED), len(TOP), looked.members.shape[1])),
        gold=np.zeros((n, n_levels, len(GOLD))),
        divergence=np.zeros((n, n_levels)),
        by_frequency=np.zeros(n),
        by_id=np.zeros((n_levels, lm.vocabulary)),
        tokens=np.array([len(row.ids) - row.first for row in rows], dtype=np.int64),
    )
    done = 0
    for batch in longest_first([len(row.ids) for row in rows], batch_tokens):
        some = [rows[place] for place in batch]
        with torch.no_grad(), arithmetic(lm.hf):
            places = [np.arange(row.first, len(row.ids)) for row in some]
            stack = states_before(lm, [row.ids for row in some], places, levels, through)
            for prompt, own in zip(batch, _of_rows(lm, some, stack, looked), strict=True):
                found.mass[prompt] = (own.sums @ looked.columns).double().cpu().numpy()
                found.top[prompt] = own.top.cpu().numpy()
                found.gold[prompt] = own.gold.cpu().numpy()
                found.divergence[prompt] = own.divergence.cpu().numpy()
                found.by_frequency[prompt] = own.by_frequency
                found.by_id[:] += own.sums[:, -1].double().cpu().numpy() / n
        done += len(batch)
        if on_progress is not None:
            on_progress(done, n)
    return found


@dataclass(frozen=True, eq=False)
class _Looked:
    """The sets on the model's device, and the ids of each form."""

    columns: Tensor
    members: Tensor
    logs: Tensor | None
    kin: "_Kin"

    @classmethod
    def at(cls, lm: LM, sets: TokenSets) -> "_Looked":
        none = np.zeros((lm.vocabulary, 0), dtype=bool)
        logs = None
        if sets.frequency is not None:
            # Half a token more for each: an id that the text lacks may still be predicted.
            counted = torch.as_tensor(sets.frequency + 0.5, dtype=torch.float32)
            logs = (counted / counted.sum()).log().to(lm.device)
        return cls(
            torch.as_tensor(sets.columns, dtype=torch.float32, device=lm.device),
            torch.as_tensor(none if sets.members is None else sets.members, device=lm.device),
            logs,
            _Kin.of(sets.forms),
        )


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


@dataclass(eq=False)
class _Own:
    """One prompt's figures: first sums over its places, then means.

    sums: float32 [level, exclusion, id]. top, gold, divergence: float64, as in Masses.
    """

    sums: Tensor
    top: Tensor
    gold: Tensor
    divergence: Tensor
    by_frequency: float = 0.0

    @classmethod
    def empty(cls, lm: LM, n_levels: int, n_sets: int) -> "_Own":
        def zeros(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
            return torch.zeros(shape, dtype=dtype, device=lm.device)

        return cls(
            zeros(n_levels, len(EXCLUDED), lm.vocabulary, dtype=torch.float32),
            zeros(n_levels, len(EXCLUDED), len(TOP), n_sets),
            zeros(n_levels, len(GOLD)),
            zeros(n_levels),
        )

    def divided(self, n: int) -> "_Own":
        """The means over n places."""
        return _Own(
            self.sums / n,
            self.top / n,
            self.gold / n,
            self.divergence / n,
            self.by_frequency / n,
        )


def _of_rows(
    lm: LM, rows: Sequence[PromptTokens], stack: Tensor, looked: _Looked
) -> Iterator[_Own]:
    """The figures of each row of a batch. stack: [place of all rows, level, width]."""
    sizes = [len(row.ids) - row.first for row in rows]
    ends = [0, *accumulate(sizes)]
    step = max(1, HELD // lm.vocabulary)
    for number, row in enumerate(rows):
        states = stack[ends[number] : ends[number + 1]]
        own = _Own.empty(lm, stack.shape[1], looked.members.shape[1])
        for start in range(0, len(states), step):
            part = states[start : start + step]
            _add(lm, own, part, looked, row=row, first=row.first + start)
        yield own.divided(len(states))


def _add(
    lm: LM, own: _Own, states: Tensor, looked: _Looked, *, row: PromptTokens, first: int
) -> None:
    """Add the places from `first` on, whose states [place, level, width] are given."""
    n_levels = states.shape[1]
    truth = torch.from_numpy(row.ids[first : first + len(states)]).to(lm.device)[:, None]
    places, gold = _gold_forms(row, range(first, first + len(states)), looked.kin)
    context = torch.from_numpy(looked.kin.all_forms(row.ids[: row.first])).to(lm.device)
    final = _logs(lm, states[:, -1])
    chance = final.exp()
    if looked.logs is not None:
        own.by_frequency += float((chance * (final - looked.logs)).sum().double())
    for level in range(n_levels):
        logs = final if level == n_levels - 1 else _logs(lm, states[:, level])
        own.divergence[level] += (chance * (final - logs)).sum().double()
        own.gold[level] += _of_truth(logs, truth)
        probability = logs.exp()
        own.sums[level, NONE] += probability.sum(dim=0)
        _look_for_ten(own.top[level, NONE], probability, looked)
        probability[places, gold] = 0.0
        summed = probability.sum(dim=0)
        own.sums[level, GOLD_OUT] += summed
        _look_for_ten(own.top[level, GOLD_OUT], probability, looked)
        # The same ids at every place, so that the sum need not be taken again.
        own.sums[level, CONTEXT] += summed.index_fill_(0, context, 0.0)
        if looked.members.shape[1]:
            probability.index_fill_(1, context, 0.0)
        _look_for_ten(own.top[level, CONTEXT], probability, looked)


def _logs(lm: LM, states: Tensor) -> Tensor:
    return lm.unembed(states).to(torch.float32).log_softmax(dim=-1)


def _of_truth(logs: Tensor, truth: Tensor) -> Tensor:
    """GOLD, summed over places. truth: int64 [place, 1]."""
    own = logs.gather(1, truth)
    rank = (logs > own).sum(dim=1).double() + 1
    probability = own.double().exp().sum()
    return torch.stack([probability, (1 / rank).sum(), (rank == 1).double().sum()])


def _look_for_ten(own: Tensor, probability: Tensor, looked: _Looked) -> None:
    """Add TOP of each set, summed over places: float64 [TOP, set]; nothing without sets."""
    members = looked.members
    if not members.shape[1]:
        return
    top, ids = likeliest(probability, min(TEN, probability.shape[1]))
    inside = members[ids].double()
    places = torch.arange(1, inside.shape[1] + 1, device=inside.device, dtype=torch.float64)
    mass = (top.double()[..., None] * inside).sum(dim=(0, 1))
    best = (inside / places[:, None]).amax(dim=1).sum(dim=0)
    own += torch.stack([mass, best, inside[:, 0].sum(dim=0)])


def _gold_forms(row: PromptTokens, places: Sequence[int], kin: _Kin) -> tuple[Tensor, Tensor]:
    """Places, from 0, and ids that are forms of the true token there."""
    gold = [kin.all_forms(row.ids[place : place + 1]) for place in places]
    owner = np.repeat(np.arange(len(gold)), [len(ids) for ids in gold])
    return torch.from_numpy(owner), torch.from_numpy(np.concatenate(gold))
