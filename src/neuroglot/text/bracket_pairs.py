"""Pairs of bracket prompts for patching: equally long, token for token, and one thing differs.

The pairs of a set differ in the count of missing closers (one more or one less), of closed calls,
in the number or the comment, and in nothing else. Other names are no such pair: as they are not as
long, other operands stand beside them. Published prompts have no such pairs:
one of their brackets is doubled instead (arXiv 2507.00322, appendix C). Pairs that do not align are
left out and counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.bracket_prompts import BracketPrompt
from neuroglot.text.bracket_tokens import matched_brackets
from neuroglot.text.closers import run_tokens

FACTORS = ("k", "closed", "number", "comment")
"""What the two prompts of a pair may differ in."""

_ALIKE = ("template", "split", "closer", "layout", "names")


@dataclass(frozen=True)
class BracketPair:
    """A prompt and its counterfactual, equally long.

    ids, counterfactual_ids: int64 [token], BOS in front where the tokenizer has one. differs: bool
    [token], where they are not the same. answer, counterfactual_answer: the token that goes on
    rightly; where the counterfactual's closers are several tokens, the first of them.
    """

    prompt: BracketPrompt
    counterfactual: BracketPrompt
    ids: NDArray[np.int64]
    counterfactual_ids: NDArray[np.int64]
    answer: int
    counterfactual_answer: int

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Where the two are not the same token."""
        differs: NDArray[np.bool_] = self.ids != self.counterfactual_ids
        return differs


@dataclass(frozen=True)
class BracketPairs:
    """The pairs that align. dropped: why -> how many others there were."""

    pairs: tuple[BracketPair, ...]
    dropped: Mapping[str, int]


def bracket_pairs(
    prompts: Sequence[BracketPrompt], tokenizer: Tokenizer, *, factor: str = "k"
) -> BracketPairs:
    """All pairs of prompts that differ in one factor alone, each in both directions.

    factor: one of FACTORS; counts of missing closers differ by one. Raises ConfigError for another
    factor, for prompts of which no two differ in it alone, and where none of the pairs aligns.
    """
    if factor not in FACTORS:
        raise ConfigError(f"no factor {factor!r}: give {', '.join(FACTORS)}")
    pairs = list(_differing(prompts, factor))
    if not pairs:
        raise ConfigError(
            f"no two of {len(prompts)} prompts differ in {factor} alone: give a set in which "
            f"{factor} varies, as template_brackets writes it"
        )
    return _aligned(pairs, tokenizer, f"differ in {factor}")


def doubled_pairs(prompts: Sequence[BracketPrompt], tokenizer: Tokenizer) -> BracketPairs:
    """Each prompt with each of its open brackets doubled in turn: one closer more is missing.

    `print(str(160` beside `print((str(160` and `print(str((160` (arXiv 2507.00322, appendix C). The
    two align where the doubled bracket is one token. Raises ConfigError where none does.
    """
    pairs = [
        (prompt, replace(prompt, text=text, k=prompt.k + 1, length=None))
        for prompt in prompts
        for text in _doubled(prompt)
    ]
    return _aligned(pairs, tokenizer, "have a bracket doubled")


def _differing(
    prompts: Sequence[BracketPrompt], factor: str
) -> Iterator[tuple[BracketPrompt, BracketPrompt]]:
    fixed = (*_ALIKE, *(each for each in FACTORS if each != factor))
    alike: dict[tuple[object, ...], list[BracketPrompt]] = {}
    for prompt in prompts:
        alike.setdefault(tuple(getattr(prompt, each) for each in fixed), []).append(prompt)
    for group in alike.values():
        for one, other in permutations(group, 2):
            if factor == "k" and abs(one.k - other.k) != 1:
                continue
            if getattr(one, factor) != getattr(other, factor):
                yield one, other


def _doubled(prompt: BracketPrompt) -> Iterator[str]:
    text = prompt.text
    for place, closed_at in matched_brackets(text, prompt.statement_start):
        if closed_at is None:
            yield text[: place + 1] + text[place] + text[place + 1 :]


def _aligned(
    pairs: Iterable[tuple[BracketPrompt, BracketPrompt]], tokenizer: Tokenizer, what: str
) -> BracketPairs:
    found: list[BracketPair] = []
    dropped: Counter[str] = Counter()
    read = cache(partial(_read, tokenizer=tokenizer))
    for one, other in pairs:
        pair = _pair(one, other, read(one), read(other))
        if isinstance(pair, str):
            dropped[pair] += 1
        else:
            found.append(pair)
    if not found:
        reasons = "; ".join(f"{n} times {reason}" for reason, n in dropped.items())
        raise ConfigError(
            f"no pair of prompts that {what} aligns in this tokenizer ({reasons or 'no prompts'}): "
            "take other prompts or another tokenizer"
        )
    return BracketPairs(tuple(found), dict(dropped))


class _Read(NamedTuple):
    """A prompt's ids, and those of its closers: None where they change the ids before them."""

    ids: NDArray[np.int64]
    closers: list[int] | None


def _read(prompt: BracketPrompt, tokenizer: Tokenizer) -> _Read:
    bos = np.array([] if tokenizer.bos is None else [tokenizer.bos], dtype=np.int64)
    ids = np.concatenate([bos, tokenizer.encode(prompt.text).ids])
    return _Read(ids, run_tokens(prompt.text, prompt.target, tokenizer))


def _pair(one: BracketPrompt, other: BracketPrompt, left: _Read, right: _Read) -> BracketPair | str:
    """The pair in tokens, or why it does not align."""
    if len(left.ids) != len(right.ids):
        return "the two differ in length"
    if not left.closers or not right.closers:
        return "the closers change the tokens before them"
    if len(left.closers) > 1:
        return f"{one.target!r} is not one token"
    return BracketPair(one, other, left.ids, right.ids, left.closers[0], right.closers[0])
