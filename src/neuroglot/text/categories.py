"""Categories of tokens: which ids of a vocabulary read as words of which language, or as English.

Takes lists of words and a tokenizer, gives ids and weights. An id belongs to a category where its
text without blanks at the ends stands in the list, so that forms with and without a space in front
both count; one filter holds for every list.

Source: arXiv 2506.01074 (its token categories), where only English was filtered so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.keywords import Part, WordList, is_word

ENG, ENGPURE = "english", "english only"
"""English words; those of them that are no language's keyword or built-in."""

Scheme = Literal["multi", "fractional", "exclusive"]


@dataclass(frozen=True, eq=False)
class Categories:
    """Ids and the categories they belong to.

    names: language ids in the lists' order, then ENG and ENGPURE. ids: int64 [id], those in any
    category, ascending. member: bool [id, category]. words: how many words each list holds.
    matched: how many of them are a token by themselves; tokens: how many ids that makes.
    """

    names: tuple[str, ...]
    ids: NDArray[np.int64]
    member: NDArray[np.bool_]
    words: tuple[int, ...]
    matched: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        """Ids of each category."""
        return tuple(int(n) for n in self.member.sum(axis=0))

    def weights(self, scheme: Scheme) -> NDArray[np.float64]:
        """How much each id counts for each category: float64 [id, category].

        multi: 1 for each that it is in. fractional: 1 shared out over the languages it is in; the
        English ones count by themselves. exclusive: 1 where one language has it and English only
        has not.
        """
        member = self.member.astype(np.float64)
        if scheme == "multi":
            return member
        n = len(self.names) - 2
        languages = member[:, :n].sum(axis=1, keepdims=True)
        if scheme == "fractional":
            member[:, :n] /= np.maximum(languages, 1)
            return member
        pure = self.member[:, self.names.index(ENGPURE)]
        member[:, :n] *= (languages == 1) & ~pure[:, None]
        member[:, self.names.index(ENG)] *= languages[:, 0] == 0
        return member


def categories(
    lists: Mapping[str, WordList],
    english: frozenset[str],
    tokenizer: Tokenizer,
    *,
    part: Part = "both",
) -> Categories:
    """The categories of a vocabulary. part: which of a language's words count.

    Raises ConfigError for a category without a word that is a token by itself.
    """
    texts = token_words(tokenizer)
    chosen = {id: own.part(part) for id, own in lists.items()}
    union = frozenset().union(*(own.words for own in lists.values()))
    chosen |= {ENG: english, ENGPURE: english - union}
    belongs = np.array(
        [[text in words for words in chosen.values()] for text in texts.values()], dtype=bool
    ).reshape(len(texts), len(chosen))
    present = set(texts.values())
    for place, name in enumerate(chosen):
        if not belongs[:, place].any():
            raise ConfigError(
                f"no word of {name!r} ({part}) is a token by itself in this vocabulary: leave the "
                "language out, or give another list"
            )
    kept = belongs.any(axis=1)
    return Categories(
        names=tuple(chosen),
        ids=np.array(list(texts), dtype=np.int64)[kept],
        member=belongs[kept],
        words=tuple(len(words) for words in chosen.values()),
        matched=tuple(len(words & present) for words in chosen.values()),
    )


def token_words(tokenizer: Tokenizer) -> dict[int, str]:
    """The ids that read as a word, and that word; special tokens are none."""
    texts = (
        (id, tokenizer.token_text(id).strip())
        for id in range(tokenizer.size)
        if id not in tokenizer.special_ids
    )
    return {id: text for id, text in texts if is_word(text)}


def forms(tokenizer: Tokenizer) -> NDArray[np.int64]:
    """What each id is a form of: int64 [id], equal for ids that differ in case and blanks only.

    Where the gold token or those of the context are left out, all their forms are.
    """
    known: dict[str, int] = {}
    return np.array(
        [
            known.setdefault(tokenizer.token_text(id).strip().lower() or f"blank {id}", len(known))
            for id in range(tokenizer.size)
        ],
        dtype=np.int64,
    )
