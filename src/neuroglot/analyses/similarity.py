"""How alike parallel texts are at one level: six measures, each with what would flatter it named.

Takes vectors of the same items in several languages, gives a value for every pair of languages. Raw
cosines are high for any two texts, since all share a mean direction; what counts is what matched
texts have beyond mismatched ones of like length. Source: arXiv 2512.19980, section 5, whose "RSA"
is the raw cosine; representational similarity proper is Kriegeskorte et al., 2008, linear CKA
Kornblith et al., arXiv 1905.00414.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import centred, directions
from neuroglot.analyses.uncertainty import mean_ranks
from neuroglot.base.errors import ConfigError

Floats = NDArray[np.float64]
DISTRACTORS = 15
"""Other texts of like length that a match has to beat: chance finds it once in sixteen."""

RAW, CENTRED, ABOVE = "cosine", "centred cosine", "matched minus mismatched"
CKA, RSA, RETRIEVAL = "cka", "rsa", "retrieval"
MEASURES = (RAW, CENTRED, ABOVE, CKA, RSA, RETRIEVAL)


def distractors(
    lengths: NDArray[np.integer], texts: NDArray[np.integer], *, count: int = DISTRACTORS
) -> NDArray[np.int64]:
    """For each item of a language, others of nearest length and other text: int64 [item, count].

    lengths: tokens [item]; texts: int [item], equal where texts are equal. Ties go by item. Raises
    ConfigError where an item has fewer others.
    """
    n = len(lengths)
    found = np.empty((n, count), dtype=np.int64)
    for item in range(n):
        others = np.flatnonzero(texts != texts[item])
        if len(others) < count:
            raise ConfigError(
                f"retrieval among texts of like length wants {count} others for each: give more "
                f"than {len(others) + 1} different items"
            )
        nearest = np.argsort(np.abs(lengths[others] - lengths[item]), kind="stable")[:count]
        found[item] = others[nearest]
    return found


def retrieved(vectors: NDArray[np.floating], candidates: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether a text finds its match: bool [from language, to language, item].

    vectors: [language, item, width], centred before; candidates: int64 [language, item, other], the
    distractors of each language. The match's cosine must be above all of theirs, strictly.
    """
    unit = directions(vectors)
    n_languages, n_items, _ = unit.shape
    hits = np.zeros((n_languages, n_languages, n_items), dtype=bool)
    items = np.arange(n_items)[:, None]
    for p in range(n_languages):
        for q in range(n_languages):
            cosine = unit[p] @ unit[q].T
            own = cosine[items[:, 0], items[:, 0]]
            hits[p, q] = own > cosine[items, candidates[q]].max(axis=1)
    return hits


def similarities(
    vectors: NDArray[np.floating], candidates: NDArray[np.integer], hits: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Every measure for every pair of languages, float64 [language, language], symmetric.

    hits: of `retrieved` over the centred vectors; retrieval is their mean, both ways. The
    mismatched texts of `matched minus mismatched` are the candidates.
    """
    plain, apart = directions(vectors), directions(centred(vectors))
    n_items = plain.shape[1]
    items = np.arange(n_items)
    matched = np.einsum("piw,qiw->pq", plain, plain) / n_items
    mismatched = np.array(
        [
            [
                (p @ q.T)[items[:, None], others].mean()
                for q, others in zip(plain, candidates, strict=True)
            ]
            for p in plain
        ]
    )
    found = hits.mean(axis=-1)
    return {
        RAW: matched,
        CENTRED: np.einsum("piw,qiw->pq", apart, apart) / n_items,
        ABOVE: matched - (mismatched + mismatched.T) / 2,
        CKA: linear_cka(centred(vectors)),
        RSA: rank_similarity(apart),
        RETRIEVAL: (found + found.T) / 2,
    }


def linear_cka(vectors: NDArray[np.floating]) -> Floats:
    """Linear centred kernel alignment of centred vectors [language, item, width]."""
    grams = np.stack([own @ own.T for own in np.asarray(vectors, dtype=np.float64)])
    shared = np.einsum("pij,qij->pq", grams, grams)
    size = np.sqrt(np.diag(shared))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(shared / np.outer(size, size))


def rank_similarity(unit: Floats) -> Floats:
    """Spearman's correlation of the distances between items, language against language.

    unit: float64 [language, item, width], of length one.
    """
    upper = np.triu_indices(unit.shape[1], 1)
    ranks = np.stack([mean_ranks((1 - own @ own.T)[upper]) for own in unit])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.corrcoef(ranks))


def outliers(vectors: NDArray[np.floating], *, times: float = 10.0) -> NDArray[np.int64]:
    """Dimensions whose mean is so many times their usual spread: int64, largest first.

    vectors: [..., width]. They are named, and never left out in silence.
    """
    flat = np.asarray(vectors, dtype=np.float64).reshape(-1, vectors.shape[-1])
    mean = np.abs(flat.mean(axis=0))
    usual = float(np.median(flat.std(axis=0)))
    found = np.flatnonzero(mean > times * usual) if usual > 0 else np.empty(0, dtype=np.int64)
    return found[np.argsort(-mean[found], kind="stable")]
