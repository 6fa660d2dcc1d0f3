"""Fine-tuning: a selection of a model's weights is trained on examples, and comes out as a delta.

Takes a model, examples, a selection and a plan; gives what changed and the path there. One loop for
every selection: AdamW on the selected entries alone, with warm-up and a rate that falls to nothing,
the same order of examples whatever is selected. Dropout is off, so nothing is drawn but that order:
a training that was killed goes on to the same bits. The model is as it was when it returns.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch.optim import AdamW

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.deltas import Delta, changed, merged
from neuroglot.lm.model import LM
from neuroglot.measure.memory import OUT_OF_MEMORY, is_out_of_memory
from neuroglot.text.prompts import Prompt
from neuroglot.train.adapters import adapted
from neuroglot.train.examples import Example, digest_of, examples_of, gradients, surprise
from neuroglot.train.moving import (
    Piece,
    forget,
    frozen_digest,
    gathering,
    pieces_of,
    refuse_moved,
)
from neuroglot.train.selection import Choice, LoRA, Selection, choose
from neuroglot.train.tuning_state import CHECKPOINT, Looked, State


@dataclass(frozen=True)
class TuningPlan:
    """How a selection is trained.

    steps: at most so many. rate: the highest. examples_per_step: what one step learns from, in
    batches of `batch_tokens`. warm_up: the share of the steps over which the rate rises; it falls
    in a straight line after. look_every: steps between two looks at the model on its way; patience:
    stop after so many looks without a better dev loss, and take the best (None: never). Raises
    ConfigError for values that cannot be.
    """

    steps: int = 100
    rate: float = 1e-4
    examples_per_step: int = 16
    batch_tokens: int = 4096
    warm_up: float = 0.1
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = 1.0
    look_every: int = 10
    patience: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "examples_per_step", "batch_tokens", "look_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}: give at least 1")
        if self.rate <= 0 or self.clip <= 0:
            raise ConfigError(f"rate {self.rate}, clip {self.clip}: give numbers above 0")
        if not 0 <= self.warm_up < 1 or self.weight_decay < 0:
            raise ConfigError(
                f"warm_up {self.warm_up}, weight_decay {self.weight_decay}: give a share of the "
                "steps below 1, and a decay of at least 0"
            )

    def rate_at(self, step: int) -> float:
        """The rate of a step, from 0."""
        warm = max(round(self.warm_up * self.steps), 1)
        return self.rate * min((step + 1) / warm, (self.steps - step) / max(self.steps - warm, 1))

    def looks_after(self, done: int) -> bool:
        """Whether the model is looked at once so many steps are done."""
        return done % self.look_every == 0 or done == self.steps


@dataclass(frozen=True, eq=False)
class Tuned:
    """What a training gave: the changes, numbers trained, steps done, and what was seen of the way.

    losses: nats per token of each step's examples. looks: (steps done, what was seen). best: the
    look whose weights the delta holds; None: those of the last step.
    """

    delta: Delta
    n_trainable: int
    losses: tuple[float, ...]
    looks: tuple[tuple[int, Looked], ...] = ()
    best: int | None = None


def finetune(
    lm: LM,
    texts: Sequence[Prompt | str],
    selection: Selection,
    *,
    plan: TuningPlan | None = None,
    dev: Sequence[Prompt | str] = (),
    folder: str | Path | None = None,
    max_tokens: int | None = None,
    look: Callable[[], Looked] | None = None,
    last: int | None = None,
    on_step: Callable[[int, int, float], None] | None = None,
) -> Tuned:
    """Train a selection of the model's weights on texts; `tuned.delta` holds what changed.

    texts, dev: prompts, of which the answers count, or texts, of which all do; longer ones than
    `max_tokens` are left out. folder: for the checkpoint, from which the same call goes on; None
    keeps none. look: called before the first step and every `plan.look_every`, with the model as it
    is then. last: stop after so many steps as if interrupted. on_step(done, total, loss).

    Raises CorpusError for texts without an answer or of none, ConfigError for a selection that
    matches nothing or a patience without dev texts, RunError for a folder of another training,
    StorageError, MissingExtraError (LoRA without peft), MemoryError.
    """
    chosen = plan or TuningPlan()
    if chosen.patience is not None and not dev:
        raise ConfigError("patience needs dev texts: what else could get no better?")
    choice = choose(lm.body, selection)
    examples = examples_of(lm, texts, max_tokens=max_tokens)
    held = examples_of(lm, dev, max_tokens=max_tokens) if dev else []
    state = State(
        json_digest([lm.fingerprint, choice.digest, asdict(chosen), digest_of(examples)])[:16],
        None if folder is None else Path(folder) / CHECKPOINT,
    )
    about = {"selection": type(selection).__name__, "trainable": choice.n_trainable}

    def trained(pieces: Sequence[Piece]) -> None:
        before = frozen_digest(lm, pieces)
        task = _Task(lm, choice, chosen, examples, held, look, pieces)
        task.run(state, last=last, on_step=on_step)
        state.take_best(pieces)
        refuse_moved(lm, pieces, before)

    with _memory(chosen):
        if isinstance(selection, LoRA):
            with adapted(lm, choice, seed=chosen.seed) as adapters:
                trained(adapters.pieces)
                updates = adapters.updates()
            delta = merged(lm, updates, about=about)
        else:
            pieces = pieces_of(lm, choice)
            try:
                trained(pieces)
                delta = changed(lm, [piece.entry for piece in pieces], about=about)
            finally:
                for piece in pieces:
                    piece.restore()
    losses, looks = tuple(state.losses), tuple(state.looks)
    return Tuned(delta, choice.n_trainable, losses, looks, state.best_step)


@dataclass(frozen=True, eq=False)
class _Task:
    """One training: what is trained, on what, and who looks."""

    lm: LM
    choice: Choice
    plan: TuningPlan
    examples: Sequence[Example]
    dev: Sequence[Example]
    look: Callable[[], Looked] | None
    pieces: Sequence[Piece]

    def run(
        self,
        state: State,
        *,
        last: int | None,
        on_step: Callable[[int, int, float], None] | None,
    ) -> None:
        """All steps that are still to be done."""
        leaves = [piece.leaf for piece in self.pieces]
        adam = AdamW(leaves, betas=self.plan.betas, weight_decay=self.plan.weight_decay)
        state.resume(self.pieces, adam)
        end = self.plan.steps if last is None else min(last, self.plan.steps)
        if state.done == 0 and not state.looks:
            self._look(state)
        while state.done < end and not state.stopped:
            loss = take_step(
                self.lm,
                self.choice,
                self.pieces,
                adam,
                self._of_step(state.done),
                plan=self.plan,
                rate=self.plan.rate_at(state.done),
            )
            state.losses.append(loss)
            state.done += 1
            if self.plan.looks_after(state.done):
                self._look(state)
            state.save(self.pieces, adam, now=state.done == end or state.stopped)
            if on_step is not None:
                on_step(state.done, self.plan.steps, loss)

    def _of_step(self, step: int) -> list[Example]:
        """The examples of a step: all of them in a new order in each turn, none left over."""
        n, each = len(self.examples), self.plan.examples_per_step
        numbers = range(step * each, (step + 1) * each)
        turns = {turn: _order(n, turn, self.plan.seed) for turn in {at // n for at in numbers}}
        return [self.examples[turns[at // n][at % n]] for at in numbers]

    def _look(self, state: State) -> None:
        seen: Looked = {} if self.look is None else dict(self.look())
        if self.dev:
            nats = surprise(self.lm, self.dev, batch_tokens=self.plan.batch_tokens)
            seen["dev"] = float(nats.sum()) / sum(each.scored for each in self.dev)
        if seen:
            state.looks.append((state.done, seen))
        if self.plan.patience is not None:
            state.judge(seen["dev"], self.pieces, self.plan.patience)


def take_step(
    lm: LM,
    choice: Choice,
    pieces: Sequence[Piece],
    adam: AdamW,
    examples: Sequence[Example],
    *,
    plan: TuningPlan,
    rate: float,
) -> float:
    """Move the pieces once by what the examples say; gives nats per predicted token before."""
    for group in adam.param_groups:
        group["lr"] = rate
    with gathering(lm, choice, pieces):
        loss = gradients(lm, examples, batch_tokens=plan.batch_tokens)
        torch.nn.utils.clip_grad_norm_([piece.leaf for piece in pieces], plan.clip)
        adam.step()
        forget(pieces)
    for piece in pieces:
        piece.push()
    return loss


def _order(n: int, turn: int, seed: int) -> Sequence[int]:
    order: list[int] = generator(seed, "order of examples", turn).permutation(n).tolist()
    return order


@contextmanager
def _memory(plan: TuningPlan) -> Iterator[None]:
    """Say in one line that memory ran out."""
    try:
        yield
    except OUT_OF_MEMORY as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryError(
            f"not enough memory for batches of {plan.batch_tokens:,} tokens: lower batch_tokens, "
            "or select fewer weights"
        ) from error
