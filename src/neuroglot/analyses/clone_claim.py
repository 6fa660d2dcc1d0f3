"""Claim B-7: vectors of the concept layers tell clones best.

Takes cosines of pairs, gives rows of `claims` and `claim_parts`. The figure is the band's area
under the ROC curve on test problems less that of whatever does best beside it: the embedding, the
last layer, shared tokens, bands of the same width elsewhere. F1 decides nothing: its floor is 2/3.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_rule, decided_rows
from neuroglot.analyses.clone_scores import CENTRED, RAW, UNTRAINED, CloneScores, drawn_problems
from neuroglot.analyses.detection import area, best_threshold, f1, floor
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import Part, arm, gate, missing, single_null, variant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
RULE = claim_rule("B-7")
EMBEDDING, LAST, TOKENS, ELSEWHERE, TWIN = RULE.nulls
LESS_MEAN, HARD = RULE.variants
CLOSE = 0.08
"""A clone and another have equal token overlap where it differs by no more."""
LEAST_OF_EACH = 10
"""Clones, and others, that a pair of languages is judged by."""


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas under the curve in every draw, [1 + draw]: of the band and of what stands beside it."""

    band: Floats
    beside: dict[str, Floats]

    @property
    def above(self) -> Floats:
        """The band less the best of the others."""
        return np.asarray(self.band - np.max(list(self.beside.values()), axis=0))


@dataclass(frozen=True, eq=False)
class Sample:
    """Some pairs, drawn by whole problems. chosen: bool [pair]; groups: int64 [chosen pair], their
    problem; weights: float64 [1 + draw, problem].
    """

    chosen: Bools
    groups: Ints
    weights: Floats

    def of(self, scores: Floats, clone: Bools) -> Floats:
        """Area of scores [pair] over these pairs in every draw."""
        return area(scores[self.chosen], clone[self.chosen], self.groups, self.weights)

    def among(self, kept: Bools) -> "Sample":
        """Of these pairs those of a mask [pair], problems drawn alike."""
        both = self.chosen & kept
        return Sample(both, self.groups[kept[self.chosen]], self.weights)


def sample_of(found: CloneScores, chosen: Bools, *, draws: int, seed: int = 0) -> Sample:
    """Pairs of a mask, their problems drawn with replacement."""
    groups, weights = drawn_problems(found.pairs.problem[chosen], draws=draws, seed=seed)
    return Sample(chosen, groups, weights)


def areas(found: CloneScores, reading: str, sample: Sample) -> Areas:
    """Areas over some pairs. Where there is no band elsewhere, its area is -inf."""

    def of(scores: Floats) -> Floats:
        return sample.of(scores, found.pairs.clone)

    single, bands = found.single[reading], found.bands[reading]
    others = [of(bands[start]) for start in found.elsewhere]
    beside = {
        EMBEDDING: of(single[0]),
        LAST: of(single[-1]),
        TOKENS: of(found.pairs.overlap),
        ELSEWHERE: np.max(others, axis=0) if others else np.full(len(sample.weights), -np.inf),
    }
    return Areas(of(bands[found.band[0]]), beside)


def clone_claim(found: CloneScores, *, resamples: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for B-7."""
    test = found.pairs.is_test
    sample = sample_of(found, test, draws=resamples, seed=seed)
    mine = areas(found, RAW, sample)
    hard = test.copy()
    hard[test] = of_equal_overlap(found.pairs.overlap[test], found.pairs.clone[test])
    parts = [
        gate("layers", len(found.levels) - 1, least=LEAST_LAYERS),
        gate("bands of the same width elsewhere", len(found.elsewhere), least=1),
        *(_null(name, mine.band - other) for name, other in mine.beside.items()),
        _null(TWIN, mine.above - areas(found, UNTRAINED, sample).above)
        if UNTRAINED in found.single
        else missing("null", TWIN, "not run in this profile"),
        _variant(LESS_MEAN, areas(found, CENTRED, sample).above),
        _variant(HARD, areas(found, RAW, sample.among(hard)).above)
        if hard.any()
        else variant(HARD, value=float("nan")),
        *_arms(found, mine, sample),
    ]
    n = sample.weights.shape[1]
    claim, rows = decided_rows(
        RULE, value=float(mine.above[0]), replicates=mine.above[1:], parts=parts, n=n
    )
    return [claim], rows


def of_equal_overlap(overlap: Floats, clone: Bools) -> Bools:
    """Clones, and for each another pair of about the same token overlap that no other took.

    bool [pair]. Clones go by falling overlap, each to the nearest that is left.
    """
    kept = np.zeros(len(clone), dtype=bool)
    free = np.flatnonzero(~clone)
    clones = np.flatnonzero(clone)
    for own in clones[np.argsort(-overlap[clones], kind="stable")]:
        if not len(free):
            break
        apart = np.abs(overlap[free] - overlap[own])
        nearest = int(apart.argmin())
        if apart[nearest] <= CLOSE:
            kept[[own, free[nearest]]] = True
            free = np.delete(free, nearest)
    return kept


def ahead(found: CloneScores) -> list[tuple[str, str, float]]:
    """Pairs of languages with enough test pairs, and the band's lead in each."""
    pairs, names = found.pairs, found.pairs.languages
    leads = []
    for a, b in combinations_with_replacement(range(len(names)), 2):
        own = pairs.is_test & pairs.between(a, b)
        clones = int(pairs.clone[own].sum())
        if min(clones, int(own.sum()) - clones) >= LEAST_OF_EACH:
            lead = areas(found, RAW, sample_of(found, own, draws=0)).above[0]
            leads.append((names[a], names[b], float(lead)))
    return leads


def _null(name: str, above: Floats) -> Part:
    # Where there is nothing to beat the gate is shut; a difference without end is no number.
    known = np.where(np.isfinite(above), above, np.nan)
    return single_null(name, difference=float(known[0]), replicates=known[1:])


def _variant(name: str, above: Floats) -> Part:
    return variant(name, value=float(above[0]), replicates=above[1:])


def _arms(found: CloneScores, mine: Areas, sample: Sample) -> list[Part]:
    """What is printed beside: areas, the layer that validation chose, F1 and its floor, asking."""
    clone, test = found.pairs.clone, found.pairs.is_test
    scores = found.bands[RAW][found.band[0]]
    valid = np.array([area(level[~test], clone[~test])[0] for level in found.single[RAW]])
    best = int(np.nanargmax(valid))
    threshold = best_threshold(scores[~test], clone[~test])
    parts = [
        arm("first layer of the band", float(found.levels[found.band[0]])),
        arm("last layer of the band", float(found.levels[found.band[1]])),
        _area("AUC of the band", mine.band),
        *(_area(f"AUC of {name}", own) for name, own in mine.beside.items()),
        arm("layer that validation chose", float(found.levels[best])),
        _area("its AUC", sample.of(found.single[RAW][best], clone)),
        arm("F1 of the band, threshold from validation", f1(scores[test], clone[test], threshold)),
        arm("F1 of calling every pair a clone", floor(clone[test])),
    ]
    asked = test & np.isfinite(found.asked)
    if asked.any():
        parts.append(_area("AUC of asking yes or no", sample.among(asked).of(found.asked, clone)))
    if leads := ahead(found):
        share = float(np.mean([lead > 0 for _, _, lead in leads]))
        parts.append(arm(f"share of {len(leads)} pairs of languages with the band ahead", share))
    return parts


def _area(name: str, values: Floats) -> Part:
    low, high = percentile_interval(values[1:])
    return arm(name, float(values[0]), low=low, high=high)
