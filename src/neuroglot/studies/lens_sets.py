"""The sets of token ids that the lens is asked about in one direction of translation.

Takes lists of words, a tokenizer, how often ids stand in the texts, and a source and a target;
gives columns of weights, each with a name. The sets of the claims come with random ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.lens_claims import ENGLISH_AND_KEYWORDS, ENGLISH_ONLY, THIRD
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.categories import (
    ENG,
    ENGPURE,
    Categories,
    Scheme,
    categories,
    forms,
    token_words,
)
from neuroglot.text.keywords import Part, WordList
from neuroglot.text.matched_ids import drawn_weights, expected_weights, frequency_bins

Floats = NDArray[np.float64]

KEYWORDS, SOURCE, TARGET = "keywords", "source keywords", "target keywords"
CLAIMED = (ENGLISH_AND_KEYWORDS, ENGLISH_ONLY, THIRD)
"""The sets that claims are about."""

READINGS: tuple[tuple[Part, Scheme], ...] = (
    ("both", "fractional"),
    ("both", "multi"),
    ("both", "exclusive"),
    ("keywords", "fractional"),
    ("builtins", "fractional"),
)
"""Which words of a language count, and how an id counts that several languages have."""
PRIMARY = READINGS[0]
SETS = 200
"""Random sets for each set of a claim."""
OF_A_DIRECTION = (SOURCE, TARGET, THIRD)
"""Sets that differ from direction to direction; all others are the same in each."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of weights: the category it is of, and how words and ids count in it."""

    category: str
    part: Part
    scheme: Scheme


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What is the same in all directions.

    readings: (part, scheme) -> categories and their weights, float64 [id, category]. bins, allowed:
    [id], what random sets are drawn by and from. names: bool [id], ids that read as a name and are
    in no category. without: languages that have a list and no word of it as a token. controls: what
    has been drawn already for sets that are the same in all directions.
    """

    readings: Mapping[tuple[Part, Scheme], tuple[Categories, Floats]]
    forms: NDArray[np.int64]
    frequency: Floats
    bins: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    names: NDArray[np.bool_]
    without: tuple[str, ...]
    controls: dict[tuple[Any, ...], NDArray[Any]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        lists: Mapping[str, WordList],
        english: frozenset[str],
        tokenizer: Tokenizer,
        frequency: NDArray[np.integer],
        *,
        size: int,
    ) -> "Vocabulary":
        """size: ids that the model's head has, which may be more than the tokenizer knows.

        Raises ConfigError where no language, or no English word, is left.
        """
        present = frozenset(token_words(tokenizer).values())
        readings = {}
        for part, scheme in READINGS:
            known = {id: own for id, own in lists.items() if present & own.part(part)}
            found = categories(known, english, tokenizer, part=part)
            weights = np.zeros((size, len(found.names)))
            weights[found.ids] = found.weights(scheme)
            readings[part, scheme] = found, weights
        allowed = np.zeros(size, dtype=bool)
        allowed[: tokenizer.size] = True
        allowed[list(tokenizer.special_ids)] = False
        primary = readings[PRIMARY][0]
        names = np.zeros(size, dtype=bool)
        names[list(token_words(tokenizer))] = True
        names[primary.ids] = False
        wide = np.arange(size, dtype=np.int64) + size
        wide[: tokenizer.size] = forms(tokenizer)
        counted = np.zeros(size)
        counted[: len(frequency)] = frequency
        without = tuple(id for id in lists if id not in primary.names)
        bins = frequency_bins(counted)
        return cls(readings, wide, counted, bins, allowed, names, without)

    @property
    def languages(self) -> tuple[str, ...]:
        """The programming languages that have a list."""
        return self.readings[PRIMARY][0].names[:-2]

    @cached_property
    def keywords(self) -> NDArray[np.bool_]:
        """Ids that are a keyword or built-in of any language: bool [id]."""
        _, inside = self.members
        return np.asarray(inside[:, : len(self.languages)].any(axis=1))

    @cached_property
    def keyword_members(self) -> NDArray[np.bool_]:
        """Which of those belong to which language: bool [keyword id, language]."""
        _, inside = self.members
        return inside[self.keywords][:, : len(self.languages)]

    def control(self, kind: str, name: str, seed: int, make: Callable[[], NDArray[Any]]) -> Any:
        """What `make` gives for the set of this name: once, where all directions share the set."""
        if name in OF_A_DIRECTION:
            return make()
        key = kind, name, seed
        if key not in self.controls:
            self.controls[key] = make()
        return self.controls[key]

    @cached_property
    def members(self) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
        """Names of the categories, and bool [id, category] which ids are in them."""
        found, _ = self.readings[PRIMARY]
        inside = np.zeros((len(self.forms), len(found.names)), dtype=bool)
        inside[found.ids] = found.member
        return found.names, inside


@dataclass(frozen=True, eq=False)
class DirectionSets:
    """All columns of one direction.

    columns: what each is; weights: float64 [id, column]. expected: float64 [id, column], what
    random sets of the primary columns weigh on average; named: the same drawn from names only, for
    CLAIMED. random: float32 [id, set of CLAIMED x draw].
    """

    columns: tuple[Column, ...]
    weights: Floats
    primary: NDArray[np.int64]
    expected: Floats
    named: Floats
    random: NDArray[np.float32]

    @property
    def whole(self) -> NDArray[np.float32]:
        """Every column there is, side by side."""
        parts = (self.weights, self.expected, self.named, self.random)
        return np.concatenate([part.astype(np.float32) for part in parts], axis=1)


def direction_sets(vocabulary: Vocabulary, source: str, target: str, *, seed: int) -> DirectionSets:
    """The columns of a direction. Raises ConfigError for a language that has no list."""
    absent = [each for each in (source, target) if each not in vocabulary.languages]
    if absent:
        raise ConfigError(
            f"{', '.join(absent)} has no keyword list with a word that is a token by itself: lists "
            f"are there for {', '.join(vocabulary.languages)}; give one with --keywords"
        )
    columns: list[Column] = []
    weights: list[Floats] = []
    for (part, scheme), (found, own) in vocabulary.readings.items():
        columns += [Column(name, part, scheme) for name in found.names]
        weights.append(own)
    joined = _joined(vocabulary, source, target)
    claimed = {name: joined[name] for name in CLAIMED}
    # English only is a category by itself, with a column already.
    joined.pop(ENGLISH_ONLY)
    columns += [Column(name, *PRIMARY) for name in joined]
    weights.append(np.stack(list(joined.values()), axis=1))
    whole = np.concatenate(weights, axis=1)
    primary = np.array([n for n, each in enumerate(columns) if (each.part, each.scheme) == PRIMARY])
    bins, allowed = vocabulary.bins, vocabulary.allowed

    def among(pool: NDArray[np.bool_], name: str, own: Floats) -> Floats:
        kind = "names" if pool is vocabulary.names else "ids"
        made: Floats = vocabulary.control(
            kind, name, seed, lambda: expected_weights(own, bins, pool)
        )
        return made

    def random(name: str, own: Floats) -> NDArray[np.float32]:
        ends = (source, target) if name == THIRD else ()
        rng = generator(seed, "random sets", name, *ends)
        made: NDArray[np.float32] = vocabulary.control(
            "random", name, seed, lambda: drawn_weights(own, bins, allowed, draws=SETS, rng=rng)
        )
        return made

    return DirectionSets(
        tuple(columns),
        whole,
        primary,
        np.stack([among(allowed, columns[n].category, whole[:, n]) for n in primary], axis=1),
        np.stack([among(vocabulary.names, *each) for each in claimed.items()], axis=1),
        np.concatenate([random(*each) for each in claimed.items()], axis=1),
    )


def _joined(vocabulary: Vocabulary, source: str, target: str) -> dict[str, Floats]:
    """Sets that join several categories; every id of them counts once."""
    names, inside = vocabulary.members
    at = {name: inside[:, place] for place, name in enumerate(names)}
    languages = vocabulary.languages
    keywords = np.any([at[each] for each in languages], axis=0)
    ends = at[source] | at[target]
    third = np.any([at[each] for each in languages if each not in (source, target)], axis=0)
    sets = {
        ENGLISH_AND_KEYWORDS: at[ENG] | keywords,
        KEYWORDS: keywords,
        SOURCE: at[source],
        TARGET: at[target],
        THIRD: third & ~ends,
        ENGLISH_ONLY: at[ENGPURE],
    }
    found = {name: ids.astype(np.float64) for name, ids in sets.items()}
    empty = [name for name in CLAIMED if not found[name].any()]
    if empty:
        raise ConfigError(
            f"from {source} to {target} the set of {empty[0]!r} has no token: give more languages' "
            "keyword lists, or another file of English words"
        )
    return found


def counted_ids(texts: Sequence[str], tokenizer: Tokenizer, *, size: int) -> NDArray[np.int64]:
    """How often each id stands in texts: int64 [id]."""
    found = np.zeros(size, dtype=np.int64)
    for text in texts:
        found += np.bincount(tokenizer.encode(text).ids, minlength=size)
    return found
