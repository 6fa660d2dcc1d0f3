"""Claims A-4a and A-4b: which languages align, and whether those that do lack neurons of their own.

Takes hits of MEXA item by item, gives verdicts. Whole problems are resampled; texts are never
matched again on a sample with repetitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import differing
from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import Row, claim_row, claim_rule, decided_rows, part_rows
from neuroglot.analyses.placement import LEAST_LAYERS, in_the_middle
from neuroglot.analyses.uncertainty import mean_ranks, orders, spearman
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    arm,
    drawn_null,
    failed_gates,
    gate,
    nulls_beside,
    variant,
)
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
CLOSE, APART = ("csharp", "java"), ("python", "php")
LEAST_ITEMS = 300


@dataclass(frozen=True, eq=False)
class Aligned:
    """Hits of one model over one parallel corpus.

    layers: how many the model has. levels: of the hits' first axis, -1 the embedding. problems: int
    [item]. texts: int [language, item], equal for equal texts. hits: reading of the vectors (raw,
    centred, last, shuffled, untrained; bag, whose levels are all alike) -> bool [level, language,
    language, item].
    """

    languages: tuple[str, ...]
    layers: int
    levels: tuple[int, ...]
    problems: NDArray[np.int64]
    texts: NDArray[np.int64]
    hits: Mapping[str, NDArray[np.bool_]]

    def middle(self, reading: str) -> Floats:
        """Mean hits over the middle half of the depth: float64 [language, language, item]."""
        chosen = in_the_middle(self.levels, self.layers)
        found: Floats = self.hits[reading][chosen].mean(axis=0)
        return found


def close_pair(found: Aligned, *, resamples: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-4a; none where its languages are not all there."""
    if not {*CLOSE, *APART} <= set(found.languages):
        return [], []
    rule = claim_rule("A-4a")
    weights = problem_weights(found.problems, draws=resamples, seed=seed)
    value, replicates = _contrast(found, "raw", weights)
    items = int(_kept(found, *CLOSE).sum())
    parts: list[Part] = [
        gate("items left for C# and Java", items, least=LEAST_ITEMS),
        gate("layers", found.layers, least=LEAST_LAYERS),
    ]
    readings = dict(zip(rule.nulls, ("shuffled", "untrained"), strict=True))
    others = {
        name: _contrast(found, reading, weights)
        for name, reading in readings.items()
        if reading in found.hits
    }
    parts += nulls_beside(rule.nulls, value, replicates, others)
    for name, reading in zip(rule.variants, ("centred", "last"), strict=True):
        again, resampled = _contrast(found, reading, weights)
        parts.append(variant(name, value=again, replicates=resampled))
    n = len(np.unique(found.problems))
    claim, rows = decided_rows(rule, value=value, replicates=replicates, parts=parts, n=n)
    return [claim], rows


def lacking_neurons(
    found: Aligned, n_star: Mapping[str, int], *, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-4b. n_star: of each programming language."""
    rule = claim_rule("A-4b")
    both = [language for language in found.languages if language in n_star]
    n = len(both)
    everything = np.ones((1, len(found.problems)))
    align = np.array([_with_others(found, "raw", language, everything)[0] for language in both])
    real = np.array([n_star[language] for language in both], dtype=np.float64)
    value = -spearman(align, real)
    p = order_p(align, real, seed=seed) if n > 1 else nan
    parts = [gate("programming languages with both", n, least=rule.minimum)]
    if np.isfinite(p):
        parts.append(drawn_null("orders of the languages", p=p))
    for language in CLOSE:
        if language in both:
            share = float((real < n_star[language]).mean())
            parts.append(arm(f"languages with fewer neurons than {language}", share))
    blocked = failed_gates(parts)
    if blocked or not np.isfinite(value):
        reason = f"gate: {blocked}" if blocked else "all languages have as many neurons"
        decision = Decision("cannot tell", reason, value, nan, nan)
    elif p <= 0.05 and value > rule.margin:
        decision = Decision("holds", f"correlation {-value:.2f}, p {p:.3g}", value, nan, nan)
    elif value < rule.margin:
        reason = f"correlation {-value:.2f} is within the margin {-rule.margin:g}"
        decision = Decision("does not hold", reason, value, nan, nan)
    else:
        reason = f"correlation {-value:.2f} is not beyond chance (p {p:.3g})"
        decision = Decision("cannot tell", reason, value, nan, nan)
    claims = [claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit, p=p)]
    return claims, part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)


def order_p(first: Floats, second: Floats, *, seed: int) -> float:
    """One-sided p of a correlation this low over orders of the languages: exact up to nine."""
    a, b = (mean_ranks(each) - (len(each) + 1) / 2 for each in (first, second))
    dealt = b[orders(len(a), generator(seed, "orders of languages"))]
    return float(np.mean(dealt @ a <= a @ b + 1e-9))


def _contrast(found: Aligned, reading: str, weights: Floats) -> tuple[float, Floats]:
    """The close pair's alignment less that of those apart with all others: as is, resampled."""
    close = _aligned(found, reading, *CLOSE, weights)
    apart = np.mean([_with_others(found, reading, each, weights) for each in APART], axis=0)
    value = close - apart
    return float(value[0]), value[1:]


def _with_others(found: Aligned, reading: str, language: str, weights: Floats) -> Floats:
    others = [each for each in found.languages if each not in (language, "english")]
    each = [_aligned(found, reading, language, other, weights) for other in others]
    return np.asarray(np.mean(each, axis=0), dtype=np.float64)


def _aligned(found: Aligned, reading: str, p: str, q: str, weights: Floats) -> Floats:
    """Alignment of two languages above that of their words, for each row of weights."""
    kept = _kept(found, p, q)
    at = found.languages.index(p), found.languages.index(q)
    above = found.middle(reading)[at] - found.middle("bag")[at]
    with np.errstate(invalid="ignore"):
        score: Floats = (weights[:, kept] @ above[kept]) / weights[:, kept].sum(axis=1)
    return score


def _kept(found: Aligned, p: str, q: str) -> NDArray[np.bool_]:
    languages: Sequence[str] = found.languages
    both = found.texts[[languages.index(p), languages.index(q)]]
    kept: NDArray[np.bool_] = differing(both)[0, 1]
    return kept
