"""The published bracket prompts of arXiv 2507.00322, by the exact recipe of its data.

One template for each number of closers, so the count of closers is also the length of the prompt:
for replication only. Its counterfactuals (appendix C there) are `doubled_pairs` of
`text/bracket_pairs.py`.
"""

import random
from collections.abc import Iterator
from functools import cache

from neuroglot.text.bracket_prompts import MOST_CLOSERS, BracketPrompt, check_split

SPLITS = (("train", 350), ("dev", 150), ("test", 150))
"""Prompts per number of closers, in the published order; a hundred of the numbers stay unused."""

_PUBLISHED_SEED = 20
_PUBLISHED_DRAWN = 750


def published_brackets(*, split: str | None = None) -> tuple[BracketPrompt, ...]:
    """The published prompts: 350 train, 150 dev and 150 test for each of one to four closers.

    `#print the string 197`, and below it `print(str(str(197`. The numbers of the four do overlap,
    inside one they do not. split: one of train, dev, test; None for all. Raises ConfigError for
    another one.
    """
    check_split(split)
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
