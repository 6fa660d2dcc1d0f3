"""Duplicates: the same text twice, or nearly the same, in one label or in two.

Takes documents in order of precedence and keeps the first of each. Near duplicates: candidates by
MinHash (128 permutations) and locality-sensitive hashing (datasketch), each verified by the true
Jaccard similarity of the five-word shingles. Texts are compared without their licence headers, so
that a corpus holds the same documents with headers as without. Knows no splits and no tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from neuroglot.base.digests import text_digest
from neuroglot.text.document import Document
from neuroglot.text.headers import without_header
from neuroglot.text.shingles import Hashes, jaccard, shingles

Kind = Literal["exact", "near", "other"]

SIMILARITY = 0.85
"""Two texts at least this alike (Jaccard) are near duplicates."""

_PERMUTATIONS = 128
_BANDS = (21, 6)
"""21 bands of 6 rows: at a similarity of 0.85 a pair is missed once in 20,000 times. The usual
choice for this threshold would miss every third; too many candidates cost only their check."""
_BATCH = 8_192


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document that was dropped, why, and the one that stays in its place.

    kind: "exact" or "near" where both have one label, "other" where the first has another.
    """

    document: Document
    kind: Kind
    first: Document


@dataclass(frozen=True)
class Deduplicated:
    """What stays, in the given order, and what was dropped."""

    kept: tuple[Document, ...]
    dropped: tuple[Duplicate, ...]


def deduplicate(documents: Sequence[Document], *, similarity: float = SIMILARITY) -> Deduplicated:
    """Keep the first of every set of equal or nearly equal texts.

    A document is dropped when it is like one that stays; being like a dropped one is no reason,
    so doing it twice drops nothing more.
    """
    first_of: dict[str, Document] = {}
    index = _NearIndex(similarity)
    dropped: list[Duplicate] = []
    for document in documents:
        body = without_header(document.text, document.language)
        digest = text_digest(body)
        if digest in first_of:
            dropped.append(_duplicate(document, first_of[digest], "exact"))
            continue
        sketch = _sketch(body)
        if (near := index.like(sketch, document.language)) is not None:
            dropped.append(_duplicate(document, near, "near"))
        else:
            first_of[digest] = document
            index.add(document, sketch)
    return Deduplicated(tuple(index.documents), tuple(dropped))


def _duplicate(document: Document, first: Document, kind: Kind) -> Duplicate:
    return Duplicate(document, kind if first.language == document.language else "other", first)


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A text's shingles and their MinHash (a datasketch object)."""

    shingles: Hashes
    minhash: Any


class _NearIndex:
    """The documents that stay, and their sketches: finds those that a text is like."""

    def __init__(self, similarity: float) -> None:
        from datasketch import MinHashLSH  # half a second, wanted only here

        self.documents: list[Document] = []
        self._similarity = similarity
        self._shingles: list[Hashes] = []
        self._lsh = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)

    def like(self, sketch: _Sketch, label: str) -> Document | None:
        """A document that stays and is nearly this text: the first of its label, else the first."""
        if not len(sketch.shingles):
            return None
        alike = [
            self.documents[place]
            for place in sorted(self._lsh.query(sketch.minhash))
            if self._is_like(sketch.shingles, self._shingles[place])
        ]
        return next((found for found in alike if found.language == label), next(iter(alike), None))

    def add(self, document: Document, sketch: _Sketch) -> None:
        """Let a document stay."""
        if len(sketch.shingles):
            self._lsh.insert(len(self.documents), sketch.minhash)
        self.documents.append(document)
        self._shingles.append(sketch.shingles)

    def _is_like(self, a: Hashes, b: Hashes) -> bool:
        smaller, larger = sorted((len(a), len(b)))
        return smaller >= self._similarity * larger and jaccard(a, b) >= self._similarity


def _sketch(body: str) -> _Sketch:
    """The MinHash works on the lower 32 bits of each shingle's number."""
    own = shingles(body)
    minhash = _empty_minhash().copy()
    low = own.astype(np.uint32).tolist()
    for start in range(0, len(low), _BATCH):
        minhash.update_batch(low[start : start + _BATCH])
    return _Sketch(own, minhash)


@cache
def _empty_minhash() -> Any:
    """To be copied: drawing the permutations anew for every text would cost more than the text."""
    from datasketch import MinHash

    return MinHash(num_perm=_PERMUTATIONS, hashfunc=int)
