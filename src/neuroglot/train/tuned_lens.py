"""Training of the tuned lens: each level is to say what the model says at its end.

Takes a model and texts, gives the maps. Only the maps move: they start as the identity and minimise
the KL divergence of what a level says through them from the model's own prediction, token by token.
Every level learns by itself; what it learns cannot reach another.

Source: Belrose et al., arXiv 2303.08112; Adam in place of its SGD, for trainings of minutes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

import torch
from torch import Tensor
from torch.optim import Adam

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first
from neuroglot.measure.lens import EMBED, HELD, LensRow, asked_rows, states_before
from neuroglot.measure.tuned_lens import TunedLens, translate
from neuroglot.text.prompts import Prompt

STEP_TOKENS = 128
"""Tokens after which the maps move, at least."""
RATE = 0.05
"""How far the first step moves each coordinate of a state, at most: in mean sizes of a coordinate
at its level, once by A and once by b. It falls to nothing in a straight line."""
BETAS = (0.9, 0.99)


def train_tuned_lens(
    lm: LM,
    texts: Sequence[Prompt | str],
    *,
    tokens: int = 20_000,
    batch_tokens: int = 4096,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> TunedLens:
    """A tuned lens of the model; the same seed and machine give the same bits.

    texts: prompts, of which the answers' tokens count, and texts, of which all do. tokens: how many
    are gone through; texts that hold fewer are read again, in another order. batch_tokens: rows x
    longest row of a batch, at most. Takes 16 bytes x levels x width^2 beside the model.

    Raises ConfigError for texts without a token to predict, and for one longer than the model was
    made for.
    """
    if tokens < 1:
        raise ConfigError(f"tokens is {tokens}: give at least 1")
    rows = [row for row in asked_rows(lm, texts) if len(row.places)]
    if not rows:
        raise ConfigError(
            f"{len(texts)} texts hold no token to predict: give texts of two tokens or more"
        )
    learners: list[_Learner] = []
    done = 0
    for step in _steps(rows, tokens, seed):
        for batch in longest_first([len(row.ids) for row in step], batch_tokens):
            stack = _states(lm, [step[place] for place in batch])
            learners = learners or [_Learner.of(states) for states in stack[:, :-1].unbind(dim=1)]
            _add_gradients(lm, stack, learners)
        for learner in learners:
            learner.move(1 - done / tokens)
        done = min(done + _places(step), tokens)
        if on_progress is not None:
            on_progress(done, tokens)
    return TunedLens(
        lm.fingerprint,
        torch.stack([learner.weight.detach() for learner in learners]),
        torch.stack([learner.bias.detach() for learner in learners]),
    )


@dataclass(frozen=True, eq=False)
class _Learner:
    """One level's map, and what moves it."""

    weight: Tensor
    bias: Tensor
    adam: Adam
    rates: tuple[float, float]

    @classmethod
    def of(cls, states: Tensor) -> "_Learner":
        """The identity, to be moved at the scale of the level's states [place, width]."""
        width = states.shape[1]
        zeros = partial(torch.zeros, device=states.device, requires_grad=True)
        weight, bias = zeros(width, width), zeros(width)
        # Adam moves each number by its rate: so much of A, times as many coordinates as there are.
        rates = RATE / width, RATE * float(states.float().abs().mean())
        groups = [{"params": [each], "lr": 0.0} for each in (weight, bias)]
        return cls(weight, bias, Adam(groups, betas=BETAS), rates)

    def move(self, share: float) -> None:
        """One step at a share of the full rates; the gradients are forgotten."""
        for group, rate in zip(self.adam.param_groups, self.rates, strict=True):
            group["lr"] = rate * share
        self.adam.step()
        self.adam.zero_grad()


def _steps(rows: Sequence[LensRow], tokens: int, seed: int) -> Iterator[list[LensRow]]:
    """Rows for one step after the other, all of them in a new order in each turn."""
    done, step = 0, list[LensRow]()
    for turn in count():
        for place in generator(seed, "tuned lens", turn).permutation(len(rows)).tolist():
            step.append(rows[place])
            if _places(step) >= STEP_TOKENS or done + _places(step) >= tokens:
                yield step
                done, step = done + _places(step), []
            if done >= tokens:
                return


def _places(rows: Sequence[LensRow]) -> int:
    return sum(len(row.places) for row in rows)


def _states(lm: LM, rows: Sequence[LensRow]) -> Tensor:
    """What is learned from: [place, level, width], without a gradient."""
    levels = range(EMBED, lm.n_layers)
    with torch.no_grad():
        return states_before(lm, [row.ids for row in rows], [row.places for row in rows], levels)


def _add_gradients(lm: LM, stack: Tensor, learners: Sequence[_Learner]) -> None:
    """Add the gradients of each level's KL, summed over places. stack: [place, level, width]."""
    for states in torch.split(stack, max(1, HELD // lm.vocabulary)):
        with torch.enable_grad(), arithmetic(lm.hf):
            own = lm.unembed(states[:, -1]).detach().float().softmax(dim=-1)
            for learner, before in zip(learners, states.unbind(dim=1), strict=False):
                logits = lm.unembed(translate(before, learner.weight, learner.bias))
                # The KL's gradient at the logits: what is said less what the model says.
                gradient = logits.detach().float().softmax(dim=-1) - own
                # Nothing of the model gets a gradient, whatever its parameters ask for.
                inputs = [learner.weight, learner.bias]
                torch.autograd.backward(logits, gradient.to(logits.dtype), inputs=inputs)
