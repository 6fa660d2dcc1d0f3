"""Texts that a model goes on with: many prompts in batches, each until its stop.

Takes a model, prompts and stops; gives one Completion each, in their order. A stop is a function of
the prompt and the text written so far, such as `text.function_end`. Edits that are open act. What
stands beside a prompt in its batch changes nothing but rounding. Judges nothing.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.decoding import Ended, end_ids, write
from neuroglot.lm.generation import prompt_ids, written_text
from neuroglot.lm.model import LM
from neuroglot.lm.sampling import chooser
from neuroglot.measure.batches import longest_first

Ending = Literal["stop", "eos", "length"]
Stop = Callable[[str, str], int | None]
"""(prompt, text written so far) -> where the answer ends in that text, None while it has not. It
must not take back an end when more is written."""

LOOK_EVERY = 4
"""New tokens between two looks at the text: a look reads all of it again."""


@dataclass(frozen=True)
class Completion:
    """What was written after a prompt.

    text: up to where the stop cuts it. tokens: new tokens written, those behind the cut included,
    an end of text not. ended: "stop", "eos" (the model ended the text), or "length". ids: as they
    were written, up to the one in which the text ends; encoding the text may give others.
    """

    text: str
    tokens: int
    ended: Ending
    ids: tuple[int, ...] = field(default=(), compare=False, repr=False)


def completions(
    lm: LM,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    stop: Stop | Sequence[Stop] | None = None,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    batch_tokens: int = 8192,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Completion]:
    """What the model writes after each prompt; temperature 0 takes the likeliest token each time.

    stop: one for all prompts, or one for each. seed: draws depend on it, on the prompt's text and
    on how often this text stood in the list before. batch_tokens: rows x (longest prompt and its
    new tokens) of a batch at most; a longer row stands alone. on_progress(done, total) counts
    prompts. Raises ConfigError for settings that cannot be and for a prompt that is too long.
    """
    if batch_tokens < 1:
        raise ConfigError(f"batch_tokens is {batch_tokens}: give at least 1")
    stops = _stops(stop, len(prompts))
    generators = _generators(prompts, seed)
    ids = [prompt_ids(lm.tokenizer, prompt) for prompt in prompts]
    ends = end_ids(lm.body)
    if lm.tokenizer.bos is not None:
        # A model trained on texts joined by BOS ends one text with the BOS of the next.
        ends |= {lm.tokenizer.bos}
    answers = [_Answer(lm, ends, *each) for each in zip(prompts, ids, stops, strict=True)]
    lengths = [len(each) + max_new_tokens for each in ids]
    found: dict[int, Completion] = {}
    for batch in longest_first(lengths, batch_tokens):
        written = write(
            lm.body,
            [ids[row] for row in batch],
            max_new_tokens=max_new_tokens,
            choose=chooser(
                [generators[row] for row in batch], temperature=temperature, top_p=top_p
            ),
            ended=_ended([answers[row] for row in batch]),
        )
        found |= {
            row: answers[row].completion(new) for row, new in zip(batch, written, strict=True)
        }
        if on_progress is not None:
            on_progress(len(found), len(prompts))
    return [found[row] for row in range(len(prompts))]


def before_first(*marks: str) -> Stop:
    """A stop for answers of one line: where the first of these texts begins.

    Raises ConfigError without a mark, or for an empty one.
    """
    if not marks or not all(marks):
        raise ConfigError("a stop needs texts to stop at: give one or more, none of them empty")

    def stop(_: str, written: str) -> int | None:
        return min((at for mark in marks if (at := written.find(mark)) >= 0), default=None)

    return stop


@dataclass(frozen=True)
class _Answer:
    """A prompt under way: its ids, its stop, and the ids that end any text."""

    lm: LM
    ends: frozenset[int]
    prompt: str
    ids: Sequence[int]
    stop: Stop | None

    def has_ended(self, new: Sequence[int]) -> bool:
        """Whether the model ended the text, or the stop is in it; looked for now and then."""
        if new[-1] in self.ends:
            return True
        if self.stop is None or len(new) % LOOK_EVERY:
            return False
        return self.stop(self.prompt, written_text(self.lm.tokenizer, self.ids, new)) is not None

    def completion(self, new: Sequence[int]) -> Completion:
        """The record of all that was written."""
        at_end = new[-1] in self.ends
        kept = new[:-1] if at_end else new
        text = written_text(self.lm.tokenizer, self.ids, kept)
        cut = None if self.stop is None else self.stop(self.prompt, text)
        if cut is None:
            return Completion(text, len(kept), "eos" if at_end else "length", tuple(kept))
        within = bisect_left(range(len(kept)), cut, key=lambda n: self._length(kept[:n]))
        return Completion(text[:cut], len(kept), "stop", tuple(kept[:within]))

    def _length(self, new: Sequence[int]) -> int:
        return len(written_text(self.lm.tokenizer, self.ids, new))


def _ended(answers: Sequence[_Answer]) -> Ended:
    return lambda place, new: answers[place].has_ended(new)


def _stops(stop: Stop | Sequence[Stop] | None, n: int) -> Sequence[Stop | None]:
    if stop is None or callable(stop):
        return [stop] * n
    if len(stop) != n:
        raise ConfigError(f"{len(stop)} stops for {n} prompts: give one for each, or one for all")
    return stop


def _generators(prompts: Sequence[str], seed: int) -> list[np.random.Generator]:
    seen: Counter[str] = Counter()
    made = []
    for prompt in prompts:
        made.append(generator(seed, "completion", prompt, seen[prompt]))
        seen[prompt] += 1
    return made
