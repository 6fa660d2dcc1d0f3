"""Bracket prompts: a call that is not closed yet, and the closing brackets it wants as one token.

Holds the record of a prompt, the closers of a tokenizer, and the published data of arXiv 2507.00322
by its exact recipe. The crossed set of templates is in `text/bracket_templates.py`.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Tokenizer

MOST_CLOSERS = 4
"""Prompts want one to four closing brackets."""

SPLITS = (("train", 350), ("dev", 150), ("test", 150))
"""Prompts per number of closers, in the published order; a hundred of the numbers stay unused."""

_PUBLISHED_SEED = 20
_PUBLISHED_DRAWN = 750


@dataclass(frozen=True)
class BracketPrompt:
    """A text that ends where closing brackets must follow.

    k: how many are missing. closed: how many calls in it are closed already. template: what it was
    made from, the unit to resample. number: the last operand. length: its tokens without BOS, None
    before a tokenizer has read it.
    """

    text: str
    template: str
    language: str
    k: int
    closed: int
    number: int
    split: str
    length: int | None = None

    @property
    def target(self) -> str:
        """The closing brackets, one token where `closers` holds k."""
        return ")" * self.k


def published_brackets(*, split: str | None = None) -> tuple[BracketPrompt, ...]:
    """The published prompts: 350 train, 150 dev and 150 test for each of one to four closers.

    `#print the string 197`, and below it `print(str(str(197`. The numbers of the four do overlap,
    inside one they do not. split: one of train, dev, test; None for all.
    """
    names = [name for name, _ in SPLITS]
    if split is not None and split not in names:
        raise ConfigError(f"no split {split!r}: give {', '.join(names)}")
    return tuple(p for p in _published() if split is None or p.split == split)


@cache
def _published() -> tuple[BracketPrompt, ...]:
    return tuple(
        BracketPrompt(
            text=f"#print the string {number}\nprint({'str(' * (k - 1)}{number}",
            template=f"published-{k}",
            language="python",
            k=k,
            closed=0,
            number=number,
            split=split,
        )
        for k, numbers in enumerate(_published_numbers(), start=1)
        for split, number in _split(numbers)
    )


def _published_numbers() -> list[list[int]]:
    """The published draw. Python's own generator, seeded as there: no other gives it."""
    draw = random.Random()
    lists = []
    for _ in range(MOST_CLOSERS):
        draw.seed(_PUBLISHED_SEED)
        lists.append(draw.sample(range(100, 1000), _PUBLISHED_DRAWN))
    for numbers in lists:
        draw.shuffle(numbers)
    return lists


def _split(numbers: list[int]) -> Iterator[tuple[str, int]]:
    start = 0
    for split, size in SPLITS:
        yield from ((split, number) for number in numbers[start : start + size])
        start += size


def closers(tokenizer: Tokenizer, *, after: str = "print(str(str(str(347") -> dict[int, int]:
    """How many closing brackets -> their token id, for the counts that are one token after a text.

    The id is read from the whole statement, never from the bare brackets: a tokenizer may put a
    blank in front of those. Counts that are several tokens, or change those before, are absent.
    """
    before = tokenizer.encode(after).ids.tolist()
    found = {}
    for k in range(1, MOST_CLOSERS + 1):
        ids = tokenizer.encode(after + ")" * k).ids.tolist()
        if ids[:-1] == before:
            found[k] = ids[-1]
    return found
