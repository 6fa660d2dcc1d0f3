"""A text as the set of its runs of five words, each run as one 64-bit number.

Words are runs of letters, digits, underscores and non-ASCII characters. Everything is computed on
whole byte arrays, since a corpus has millions of words. Two different runs get the same number
with a chance of about 2^-64, so set sizes and overlaps are the runs' own.
"""

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

WIDTH = 5
"""Words in a shingle; a shorter text is one shingle of all its words."""

_BYTE_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_WORD_FACTOR = np.uint64(0xD6E8FEB86659FD93)


def _mixed(values: Hashes) -> Hashes:
    """Spread every bit over all bits (the finaliser of SplitMix64)."""
    values = values ^ (values >> np.uint64(30))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    values = values ^ (values >> np.uint64(27))
    values = values * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_BYTE_VALUE = _mixed(np.arange(1, 257, dtype=np.uint64) * _BYTE_FACTOR)
_IS_WORD = np.zeros(256, dtype=bool)
_IS_WORD[list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] = True
_IS_WORD[128:] = True


def shingles(text: str) -> Hashes:
    """The text's distinct shingles: uint64, sorted. Empty for a text without words."""
    words = _word_hashes(np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8))
    if not len(words):
        return words
    width = min(WIDTH, len(words))
    n = len(words) - width + 1
    total = np.zeros(n, dtype=np.uint64)
    for place in range(width):
        total = total * _WORD_FACTOR + words[place : place + n]
    return np.unique(_mixed(total))


def jaccard(a: Hashes, b: Hashes) -> float:
    """Size of the intersection over size of the union of two sorted sets; 0 for two empty ones."""
    both = len(np.intersect1d(a, b, assume_unique=True))
    either = len(a) + len(b) - both
    return both / either if either else 0.0


def _word_hashes(data: NDArray[np.uint8]) -> Hashes:
    """One number per word, in order: a polynomial in its bytes, mixed."""
    is_word = _IS_WORD[data]
    edges = np.flatnonzero(np.diff(is_word, prepend=False, append=False))
    lengths = edges[1::2] - edges[::2]
    if not len(lengths):
        return np.zeros(0, dtype=np.uint64)
    first = np.cumsum(lengths) - lengths
    letters = data[is_word]
    place = np.arange(len(letters)) - np.repeat(first, lengths)
    powers = np.full(int(lengths.max()), _BYTE_FACTOR, dtype=np.uint64)
    terms = _BYTE_VALUE[letters] * np.multiply.accumulate(powers)[place]
    return _mixed(np.add.reduceat(terms, first))
