"""Which heads and neurons know the count, and how far each can be trusted.

Takes what each unit raises behind every prompt, as arrays; gives accuracy by count, how many counts
it passes, precision and recall, and how closely it follows the closed calls. Templates stay apart,
so everything can be resampled. Knows no model.

Source: arXiv 2507.00322, algorithms 1 and 2.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PASSES = 0.70
"""Accuracy at which a unit passes a count."""
SOUND = 2
"""Counts that a sound unit passes."""
GATE = 100
"""The best closer's rank in the whole vocabulary, at most, where the gate is asked for."""
PROMOTES = 0.5
"""Share of a unit's largest logit from which it promotes an id."""
CLOSED = (1, 2, 3)
"""Counts of closed calls that a head has to follow."""


@dataclass(frozen=True, eq=False)
class UnitAnswers:
    """What units raise, [prompt, unit].

    preferred: the column of the closers that a unit raises most. right: whether these are right.
    gated: whether the best closer passes the gate. promoted: [prompt, unit, closer].
    """

    preferred: Ints
    right: Bools
    gated: Bools
    promoted: Bools


def unit_answers(
    asked: BracketAsked,
    logits: NDArray[np.floating],
    most: NDArray[np.floating],
    rank: Ints,
) -> UnitAnswers:
    """logits: [prompt, unit, closer]; most, rank: [prompt, unit]; see `measure/bracket_units`.

    A tie counts as right. A unit that raises nothing, its largest logit not above 0, is right about
    nothing and promotes nothing: all closers would be tied in one that is switched off.
    """
    own = np.take_along_axis(logits, asked.right[:, None, None], axis=2)[..., 0]
    promoted = (logits >= PROMOTES * most[..., None]) & (most > 0)[..., None]
    return UnitAnswers(
        preferred=logits.argmax(axis=2).astype(np.int64),
        right=(own >= logits.max(axis=2)) & (most > 0),
        gated=rank <= GATE,
        promoted=promoted,
    )


@dataclass(frozen=True, eq=False)
class UnitCounts:
    """The same summed over the prompts of each template and count, int64.

    prompts: [template, count]. gated, free: [template, count, unit], right with and without the
    gate. promoted: [template, count, closer, unit].
    """

    prompts: Ints
    gated: Ints
    free: Ints
    promoted: Ints

    @cached_property
    def whole(self) -> Floats:
        """Every template once."""
        return np.ones(len(self.prompts))

    def accuracy(self, weights: Floats | None = None, *, gate: bool = True) -> Floats:
        """Share of the prompts of each count: float64 [count, unit]. weights: [template]."""
        own = self.whole if weights is None else weights
        hits = np.tensordot(own, self.gated if gate else self.free, axes=1)
        found: Floats = hits / np.maximum(own @ self.prompts, 1e-300)[:, None]
        return found

    def generality(self, weights: Floats | None = None, *, gate: bool = True) -> Ints:
        """How many counts each unit passes: int64 [unit]."""
        passed: Ints = (self.accuracy(weights, gate=gate) >= PASSES - 1e-12).sum(axis=0)
        return passed

    def promotion(self, weights: Floats | None = None) -> Floats:
        """How often each run of closers is promoted at each count: [count, closer, unit]."""
        own = self.whole if weights is None else weights
        hits = np.tensordot(own, self.promoted, axes=1)
        found: Floats = hits / np.maximum(own @ self.prompts, 1e-300)[:, None, None]
        return found


def unit_counts(asked: BracketAsked, answers: UnitAnswers) -> UnitCounts:
    """Sums over the prompts of each template of `asked` that has any."""
    names = np.unique(asked.template)
    n, counts = answers.right.shape[1], asked.counts
    prompts = np.zeros((len(names), len(counts)), dtype=np.int64)
    gated, free = (np.zeros((len(names), len(counts), n), dtype=np.int64) for _ in range(2))
    promoted = np.zeros((len(names), len(counts), len(counts), n), dtype=np.int64)
    for row, template in enumerate(names):
        for column, k in enumerate(counts):
            own = (asked.template == template) & (asked.k == k)
            prompts[row, column] = own.sum()
            free[row, column] = answers.right[own].sum(axis=0)
            gated[row, column] = (answers.right[own] & answers.gated[own]).sum(axis=0)
            promoted[row, column] = answers.promoted[own].sum(axis=0).T
    return UnitCounts(prompts, gated, free, promoted)


@dataclass(frozen=True, eq=False)
class Scores:
    """Means over the counts, float64 [unit]."""

    precision: Floats
    recall: Floats
    f1: Floats


def text_scores(promotion: Floats) -> Scores:
    """Precision and recall by the text: each run of closers is looked for in all prompts.

    promotion: [count, closer, unit]. Prompts of the right count weigh as much as all others.
    """
    n = len(promotion)
    own = promotion[np.arange(n), np.arange(n)]
    others = (promotion.sum(axis=0) - own) / max(n - 1, 1)
    return _scores(own, others)


def code_scores(promotion: Floats) -> Scores:
    """The same by the released code: on every prompt its own right closers are looked for.

    A head that is always right has a precision of one half: this is the most that it can have
    without failing at other counts.
    """
    n = len(promotion)
    own = promotion[np.arange(n), np.arange(n)]
    others = (own.sum(axis=0)[None] - own) / max(n - 1, 1)
    return _scores(own, others)


def _scores(hits: Floats, misses: Floats) -> Scores:
    """hits: share of the right prompts that is found; misses: share of the wrong ones."""
    found = hits + misses
    precision = np.divide(hits, found, out=np.zeros_like(hits), where=found > 0)
    both = precision + hits
    f1 = np.divide(2 * precision * hits, both, out=np.zeros_like(hits), where=both > 0)
    return Scores(precision.mean(axis=0), hits.mean(axis=0), f1.mean(axis=0))


def steering_order(counts: UnitCounts) -> Ints:
    """Units that pass a count, those that pass most first, then by F1: places, int64.

    Without the gate, as the published ranking was made.
    """
    general, f1 = counts.generality(gate=False), text_scores(counts.promotion()).f1
    order = np.lexsort((np.arange(len(f1)), -f1, -general))
    found: Ints = order[general[order] > 0]
    return found


def tracking(
    preferred: Ints,
    asked: BracketAsked,
    weights: Floats | None = None,
    *,
    closed: Ints | None = None,
) -> Floats:
    """How surely each unit prefers as many closers as calls are closed: float64 [draw, unit].

    The least over 1 to 3 closed calls of the share of prompts, among those that miss another count.
    preferred: [prompt, unit]; weights: [draw, prompt]; closed: [draw, prompt] in place of the true
    counts. nan where a count does not occur.
    """
    drawn = np.ones((1, len(preferred))) if weights is None else weights
    counts = np.array(asked.counts)
    chosen = asked.closed[None] if closed is None else closed
    least: Floats | None = None
    for c in CLOSED:
        if c not in asked.counts:
            continue
        own = drawn * ((chosen == c) & (asked.k != c))
        hits = own @ (counts[preferred] == c)
        total = own.sum(axis=1)[:, None]
        share = np.divide(hits, total, out=np.full(hits.shape, np.nan), where=total > 0)
        least = share if least is None else np.minimum(least, share)
    assert least is not None
    return least


def dealt_anew(values: Ints, strata: Ints, *, draws: int, seed: int, purpose: str) -> Ints:
    """Values permuted inside strata: int64 [draw, prompt]."""
    draw = generator(seed, purpose)
    found = np.tile(values, (draws, 1))
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        found[:, own] = draw.permuted(found[:, own], axis=1)
    return found


def strata_of(*columns: NDArray[np.generic]) -> Ints:
    """A number for each combination of values: int64 [prompt]."""
    table = np.stack([np.unique(each, return_inverse=True)[1] for each in columns], axis=1)
    found: Ints = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return found


def counting(logits: NDArray[np.floating], asked: BracketAsked) -> Floats:
    """How closely what a unit raises follows the missing count: correlation, float64 [unit].

    Of the slope of its logits over the runs of closers, inside templates, lengths and counts of
    closed calls, where position tells nothing. logits: [prompt, unit, closer]. nan for a unit that
    never changes.
    """
    runs = np.array(asked.counts, dtype=np.float64)
    slope = logits.astype(np.float64) @ (runs - runs.mean())
    strata = strata_of(asked.template, asked.length, asked.closed)
    count = _inside(asked.k[:, None].astype(np.float64), strata)
    inside = _inside(slope, strata)
    size = np.sqrt((inside**2).sum(axis=0) * (count**2).sum())
    product = (inside * count).sum(axis=0)
    found: Floats = np.divide(product, size, out=np.full(len(size), np.nan), where=size > 1e-12)
    return found


def _inside(values: Floats, strata: Ints) -> Floats:
    """Values less the mean of their stratum."""
    n = np.bincount(strata)
    sums = np.zeros((len(n), values.shape[1]))
    np.add.at(sums, strata, values)
    inside: Floats = values - (sums / n[:, None])[strata]
    return inside
