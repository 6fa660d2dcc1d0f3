"""The reference model's text, laid out once: shares of kinds and languages, as rows of tokens.

Takes streams of texts and a tokenizer, gives the tokens of the whole training in the order in which
they are read, and what they are made of. Knows no model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.train.pieces import Group, Stream

SHARES: Mapping[str, float] = {
    "code": 0.30,
    "english": 0.10,
    "programs": 0.16,
    "translation": 0.12,
    "function": 0.18,
    "summary": 0.07,
    "brackets": 0.07,
}
"""What part of the tokens is of each kind; docs/train.md says what moved it there."""

LAST_SHARES: Mapping[str, float] = {
    "code": 0.18,
    "english": 0.07,
    "programs": 0.09,
    "translation": 0.10,
    "function": 0.33,
    "summary": 0.06,
    "brackets": 0.17,
}
"""The same in a second training, after the first: more of what that had learned least of."""

SCARCE: Mapping[str, float] = {"ruby": 0.02}
"""The share of a language's programs, docstrings and summaries among all, where it is not an equal
one: with few in Ruby, what a model has learned in other languages can be seen to carry over."""

SCARCE_KINDS = ("programs", "function", "summary")


def with_english(share: float) -> dict[str, float]:
    """The mixture with another share of English; all else keeps its proportions."""
    rest = (1 - share) / (1 - SHARES["english"])
    return {kind: share if kind == "english" else own * rest for kind, own in SHARES.items()}


Encode = Callable[[Sequence[str]], Sequence[Sequence[int]]]
"""Texts -> their ids, without special tokens."""

BATCH = 16
"""Texts of one group that are encoded at a time."""


@dataclass(frozen=True)
class Layout:
    """The rows that a model is trained on.

    rows: uint16 [row, token]. tokens: how many of each group were laid out; texts: how many texts.
    """

    rows: NDArray[np.uint16]
    tokens: Mapping[Group, int]
    texts: Mapping[Group, int]


def group_shares(groups: Sequence[Group], shares: Mapping[str, float]) -> dict[Group, float]:
    """The share of each group: its kind's, divided equally by language, but for scarce ones.

    Kinds without a share are left out. Raises ConfigError for a kind that has a share and no texts,
    and for shares that are not positive.
    """
    found: dict[Group, float] = {}
    for kind, share in shares.items():
        languages = [language for each, language in groups if each == kind]
        if share <= 0 or not languages:
            why = "no texts of it" if share > 0 else "leave it out instead"
            raise ConfigError(f"share {share} of {kind!r}: {why}")
        scarce = {id: SCARCE[id] for id in languages if kind in SCARCE_KINDS and id in SCARCE}
        rest = (1 - sum(scarce.values())) / max(1, len(languages) - len(scarce))
        found |= {(kind, id): share * scarce.get(id, rest) for id in languages}
    total = sum(found.values())
    return {group: share / total for group, share in found.items()}


def lay_out(
    streams: Mapping[Group, Stream],
    shares: Mapping[str, float],
    *,
    tokens: int,
    length: int,
    encode: Encode,
    bos: int,
    eos: int,
    seed: int,
) -> Layout:
    """Rows of `length` tokens, as many as `tokens` fill, from texts between BOS and EOS.

    The group that is furthest behind its share comes next, so every stretch holds every kind; the
    rows are then shuffled. A text goes on in the next row where one ends. Raises ConfigError for
    fewer tokens than one row.
    """
    n_rows = tokens // length
    if n_rows < 1:
        raise ConfigError(f"{tokens} tokens: give at least the {length} of one row")
    wanted = group_shares(list(streams), shares)
    supply = {group: _Supply(streams[group](), encode, bos, eos) for group in wanted}
    flat = np.empty(n_rows * length, dtype=np.uint16)
    names, weights = list(wanted), np.array([wanted[group] for group in wanted])
    used = np.zeros(len(names), dtype=np.int64)
    filled = 0
    while filled < len(flat):
        behind = int(np.argmin(used / weights))
        piece = supply[names[behind]].next()[: len(flat) - filled]
        flat[filled : filled + len(piece)] = piece
        filled += len(piece)
        used[behind] += len(piece)
    order = generator(seed, "order of rows").permutation(n_rows)
    return Layout(
        flat.reshape(n_rows, length)[order],
        {group: int(n) for group, n in zip(names, used, strict=True)},
        {group: supply[group].taken for group in names},
    )


@dataclass
class _Supply:
    """One group's texts, encoded a few at a time."""

    texts: Any
    encode: Encode
    bos: int
    eos: int
    taken: int = 0
    ready: list[NDArray[np.uint16]] = field(default_factory=list)

    def next(self) -> NDArray[np.uint16]:
        if not self.ready:
            found = self.encode([next(self.texts) for _ in range(BATCH)])
            self.ready = [
                np.array([self.bos, *ids, self.eos], dtype=np.uint16) for ids in reversed(found)
            ]
        self.taken += 1
        return self.ready.pop()
