"""Rows of the table `clones`: how well clones are told, level by level and beside what tells less.

Takes cosines of pairs, gives rows for validation and test, for all pairs together, for each type
and for each pair of languages. Thresholds are those of all validation pairs, for every row.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_rule, known
from neuroglot.analyses.clone_scores import RAW, UNTRAINED, CloneScores, drawn_problems
from neuroglot.analyses.detection import (
    area,
    average_precision,
    balanced_accuracy,
    best_threshold,
    f1,
    floor,
)
from neuroglot.analyses.uncertainty import percentile_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ALL = "all"
"""In place of both languages: pairs of all of them."""
TOKENS, ASKED, BAND = "tokens", "asked", "band"
"""Values of `vectors` beside the readings: shared tokens, the model asked, and a band's vectors
(`band raw` ...), whose layer is its first."""
SPLITS = {False: "validation", True: "test"}


def clone_rows(found: CloneScores, data: str, *, resamples: int, seed: int) -> list[Row]:
    """All rows; low and high are of the area under the curve, over problems."""
    rows: list[Row] = []
    scored = list(_scores(found))
    thresholds = [_threshold(found, scores) for _, _, scores in scored]
    for name, a, b, chosen in _selections(found, data):
        for is_test, split in SPLITS.items():
            own = chosen & (found.pairs.is_test == is_test)
            if not own.any():
                continue
            groups, weights = drawn_problems(found.pairs.problem[own], draws=resamples, seed=seed)
            clone = found.pairs.clone[own]
            for (vectors, layer, scores), threshold in zip(scored, thresholds, strict=True):
                some = scores[own]
                if not np.isfinite(some).all():
                    continue
                areas = area(some, clone, groups, weights)
                low, high = percentile_interval(areas[1:])
                rows.append(
                    {
                        "data": name,
                        "split": split,
                        "language_a": a,
                        "language_b": b,
                        "vectors": vectors,
                        "layer": layer,
                        "f1": known(f1(some, clone, threshold)),
                        "auc": known(float(areas[0])),
                        "average_precision": known(average_precision(some, clone)),
                        "balanced_accuracy": known(balanced_accuracy(some, clone, threshold)),
                        "threshold": known(threshold),
                        "floor": floor(clone),
                        "n": weights.shape[1],
                        "unit": claim_rule("B-7").unit,
                        "low": known(low),
                        "high": known(high),
                    }
                )
    return rows


def _scores(found: CloneScores) -> Iterator[tuple[str, int, Floats]]:
    """Everything that pairs are told by: (vectors, layer, scores [pair])."""
    for reading, levels in found.single.items():
        for level, scores in zip(found.levels, levels, strict=True):
            yield reading, level, scores
    for reading, bands in found.bands.items():
        starts = [found.band[0], *(found.elsewhere if reading == RAW else [])]
        for start in sorted(starts):
            if reading != UNTRAINED or start == found.band[0]:
                yield f"{BAND} {reading}", found.levels[start], bands[start]
    yield TOKENS, -1, found.pairs.overlap
    if np.isfinite(found.asked).any():
        yield ASKED, -1, found.asked


def _threshold(found: CloneScores, scores: Floats) -> float:
    own = ~found.pairs.is_test & np.isfinite(scores)
    return best_threshold(scores[own], found.pairs.clone[own]) if own.any() else float("nan")


def _selections(found: CloneScores, data: str) -> Iterator[tuple[str, str, str, Bools]]:
    """(data, language, language, pairs): all of them, each type, each pair of languages."""
    pairs, names = found.pairs, found.pairs.languages
    yield data, ALL, ALL, np.ones(len(pairs.clone), dtype=bool)
    kinds = np.array(pairs.kind)
    if len(set(pairs.kind)) > 1:
        for kind in sorted(set(pairs.kind)):
            yield f"{data}, type {kind or 'not stated'}", ALL, ALL, kinds == kind
    if len(names) > 1:
        for a, b in combinations_with_replacement(range(len(names)), 2):
            yield data, names[a], names[b], pairs.between(a, b)
