"""MEXA: do parallel texts lie nearer each other than to anything else?

Takes vectors of the same items in several languages, gives hits: an item aligns two languages when
the cosine of its two texts is above that of each of them with every other item, strictly. Scores
are means of hits; what duplicates allow at most stands beside.

Source: Kargaran et al., "MEXA", arXiv 2410.05873; over code arXiv 2506.01074.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from neuroglot.base.errors import ConfigError

Hits = NDArray[np.bool_]


def mexa_hits(vectors: NDArray[np.floating], texts: NDArray[np.integer]) -> Hits:
    """Which items align which languages: bool [language, language, item], symmetric.

    vectors: [language, item, width]; one matrix product gives all cosines, in float64. texts: int
    [language, item], equal where two texts of a language are equal: such items cannot be told
    apart, and never count, whatever rounding makes of their cosines. The diagonal says which texts
    are told from all others of their own language.
    """
    n_languages, n_items, _ = vectors.shape
    if texts.shape != (n_languages, n_items):
        raise ConfigError(f"texts have shape {texts.shape}, vectors are of {vectors.shape[:2]}")
    unit = directions(vectors).reshape(n_languages * n_items, -1)
    cosine = (unit @ unit.T).reshape(n_languages, n_items, n_languages, n_items)
    alone = unique(texts)
    hits = np.zeros((n_languages, n_languages, n_items), dtype=bool)
    items = np.arange(n_items)
    for p in range(n_languages):
        for q in range(p, n_languages):
            block = cosine[p, :, q, :].copy()
            own = block[items, items].copy()
            block[items, items] = -np.inf
            above = (own > block.max(axis=1)) & (own > block.max(axis=0))
            hits[p, q] = hits[q, p] = above & alone[p] & alone[q]
    return hits


def directions(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Vectors of length one in float64; a vector of zeros stays one."""
    wide = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(wide, axis=-1, keepdims=True)
    found: NDArray[np.float64] = wide / np.where(length > 0, length, 1.0)
    return found


def centred(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Vectors [language, item, width] less the mean of their language: what all share is gone."""
    wide = np.asarray(vectors, dtype=np.float64)
    found: NDArray[np.float64] = wide - wide.mean(axis=1, keepdims=True)
    return found


def unique(texts: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which texts [language, item] occur once in their language."""
    found = np.zeros(texts.shape, dtype=bool)
    for row, own in enumerate(texts):
        _, place, count = np.unique(own, return_inverse=True, return_counts=True)
        found[row] = count[place] == 1
    return found


def ceilings(texts: NDArray[np.integer]) -> NDArray[np.float64]:
    """The best score that duplicates allow: float64 [language, language]."""
    alone = unique(texts)
    both = alone[:, None] & alone[None]
    found: NDArray[np.float64] = both.mean(axis=-1)
    return found


def numbered(texts: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Texts [language][item] as numbers, equal where they are equal without blanks at the ends.

    Texts of two languages have the same number where they read the same.
    """
    first: dict[str, int] = {}
    rows = [[first.setdefault(text.strip(), len(first)) for text in own] for own in texts]
    return np.array(rows, dtype=np.int64)


def differing(texts: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Items that two languages write differently, and that occur once in each.

    bool [language, language, item]; what is left of a pair of languages when identical pairs and
    duplicates are dropped.
    """
    alone = unique(texts)
    found: NDArray[np.bool_] = (texts[:, None] != texts[None]) & alone[:, None] & alone[None]
    return found


def shuffled_hits(
    vectors: NDArray[np.floating], texts: NDArray[np.integer], rng: np.random.Generator
) -> Hits:
    """Hits where each language's items come in an order of their own: what chance gives."""
    n_items = vectors.shape[1]
    orders = [rng.permutation(n_items) for _ in vectors]
    return mexa_hits(
        np.stack([own[order] for own, order in zip(vectors, orders, strict=True)]),
        np.stack([own[order] for own, order in zip(texts, orders, strict=True)]),
    )


def bags(ids: Sequence[Sequence[NDArray[np.integer]]]) -> NDArray[np.float64]:
    """Texts as counts of their tokens, float64 [language, item, token that occurs]."""
    known = np.unique(np.concatenate([text for own in ids for text in own]))
    found = np.zeros((len(ids), len(ids[0]), len(known)))
    for language, own in enumerate(ids):
        for item, text in enumerate(own):
            np.add.at(found[language, item], np.searchsorted(known, text), 1)
    return found


def row_means(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Each language's mean score with the others, itself left out: float64 [language]."""
    n = len(scores)
    off = ~np.eye(n, dtype=bool)
    found: NDArray[np.float64] = np.where(off, scores, 0.0).sum(axis=1) / max(n - 1, 1)
    return found


def tree(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Languages joined by average linkage of 1 - score: scipy's linkage matrix [n - 1, 4]."""
    distance = 1.0 - np.asarray(scores, dtype=np.float64)
    np.fill_diagonal(distance, 0.0)
    found: NDArray[np.float64] = linkage(squareform(distance, checks=False), method="average")
    return found
