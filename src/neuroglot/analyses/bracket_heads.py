"""Heads that follow closed calls, and sound heads and neurons: claims C-5 and C-7.

Takes what units raise behind every prompt, as arrays; gives the claims and the head that was
chosen. Knows no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.analyses.bracket_units import (
    CLOSED,
    SOUND,
    UnitAnswers,
    UnitCounts,
    dealt_anew,
    strata_of,
    text_scores,
    tracking,
)
from neuroglot.analyses.claims import Row, claim_row, claim_rule, decided_rows, part_rows
from neuroglot.analyses.uncertainty import percentile_interval, permutation_p
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    arm,
    drawn_null,
    failed_gates,
    plural,
    unpassed,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLLOWS, FOLLOWS_LOOSELY = 0.9, 0.7
"""How surely a head has to follow, and the looser bound that is looked at beside."""
MOST_SOUND = 0.05
CHOOSING, JUDGING = ("train", "dev"), ("test",)
_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Followed:
    """How surely heads follow closed calls.

    choosing, judging: float64 [head], on the templates that choose and on those that judge. p: of
    the largest of all heads. best: the head that does best where heads are chosen.
    """

    choosing: Floats
    judging: Floats
    p: float
    best: int

    def loosely(self) -> Ints:
        """The heads that follow in the templates that choose, by the looser bound."""
        return np.flatnonzero(self.choosing >= FOLLOWS_LOOSELY)


def followed(asked: BracketAsked, preferred: Ints, *, permutations: int, seed: int) -> Followed:
    """preferred: int64 [prompt, head], the column of the closers that a head raises most."""
    first = np.isin(asked.split, CHOOSING)
    own = asked.only(*CHOOSING)
    choosing = _known(tracking(preferred[first], own)[0])
    judging = _known(tracking(preferred[~first], asked.only(*JUDGING))[0])
    strata = strata_of(own.template, own.length, own.k)
    closed = dealt_anew(
        own.closed, strata, draws=permutations, seed=seed, purpose="closed calls dealt anew"
    )
    largest = np.concatenate(
        [
            _known(tracking(preferred[first], own, closed=some)).max(axis=1)
            for some in np.array_split(closed, max(len(closed) // _AT_ONCE, 1))
        ]
    )
    return Followed(
        choosing, judging, permutation_p(choosing.max(), largest), int(choosing.argmax())
    )


def tracking_claim(
    asked: BracketAsked,
    preferred: Ints,
    found: Followed,
    *,
    names: Sequence[str],
    probes: Sequence[Part] = (),
    closing: Part,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-5. names: of the heads; probes: arms beside."""
    rule = claim_rule("C-5")
    judged = asked.only(*JUDGING)
    own = preferred[np.isin(asked.split, JUDGING)][:, [found.best]]
    n = judged.n_templates
    value, replicates = nan, np.zeros(0)
    if n and all(c in asked.counts for c in CLOSED):
        weights = problem_weights(judged.template, draws=resamples, seed=seed)
        drawn = tracking(own, judged, weights)[:, 0]
        value, replicates = float(drawn[0]), drawn[1:]
    low, high = percentile_interval(replicates)
    parts = [
        closing,
        drawn_null("closed calls dealt anew, the largest of all heads", p=found.p),
        arm(f"{names[found.best]} where it was chosen", float(found.choosing[found.best])),
        arm(f"heads that reach {FOLLOWS_LOOSELY:g} where chosen", float(len(found.loosely()))),
        arm(
            f"of them also reach {FOLLOWS_LOOSELY:g} on the other templates",
            float((found.judging[found.loosely()] >= FOLLOWS_LOOSELY).sum()),
        ),
        *probes,
    ]
    best = names[found.best]
    if n < rule.minimum:
        why = f"({plural(rule.unit, n)} to judge on) at least {rule.minimum} wanted"
        decision = Decision("cannot tell", why, value, low, high)
    elif failed := failed_gates(parts):
        decision = Decision("cannot tell", f"gate: {failed}", value, low, high)
    elif np.isnan(value):
        why = "runs of one to three closers are not all one token"
        decision = Decision("cannot tell", why, value, low, high)
    elif value >= FOLLOWS and not unpassed(parts):
        why = f"{best} follows in {value:.3g} ({low:.3g} to {high:.3g}) of other templates' prompts"
        decision = Decision("holds", why, value, low, high)
    elif high < FOLLOWS:
        why = f"the best head, {best}, follows in {value:.3g} ({low:.3g} to {high:.3g})"
        decision = Decision("does not hold", why, value, low, high)
    else:
        why = unpassed(parts) or f"{value:.3g} ({low:.3g} to {high:.3g}) does not settle it"
        decision = Decision("cannot tell", why, value, low, high)
    claim = claim_row(
        rule, scope="overall", decision=decision, n=n, unit=rule.unit, p=found.p, p_holm=found.p
    )
    return [claim], part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)


def sound_claim(
    asked: BracketAsked,
    answers: UnitAnswers,
    counts: UnitCounts,
    *,
    n_units: int,
    closing: Part,
    permutations: int,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-7.

    asked, answers, counts: of the prompts and units that are judged. n_units: all units of the
    model, those included that raise no closer at all and so pass nothing.
    """
    rule = claim_rule("C-7")
    n = len(counts.prompts)
    weights = problem_weights(np.arange(n), draws=resamples, seed=seed)
    drawn = np.array([_sound(counts, each) for each in weights])
    share, recall, precision = drawn.T[0] / n_units, drawn.T[1], drawn.T[2]
    low, high = percentile_interval(share[1:])
    few = Part(
        "variant",
        "share of all heads and neurons",
        float(share[0]),
        MOST_SOUND,
        bool(high <= MOST_SOUND),
        low=low,
        high=high,
    )
    p = _more_than_dealt(asked, answers, int(drawn[0, 0]), permutations=permutations, seed=seed)
    gap = recall - precision
    parts = [
        closing,
        drawn_null("missing counts dealt anew: as many components", p=p),
        few,
        arm("sound heads and neurons", float(drawn[0, 0])),
        arm("median recall", float(recall[0])),
        arm("median precision", float(precision[0])),
    ]
    # A sample in which nothing is sound says nothing about its precision: it counts for neither.
    claim, rows = decided_rows(
        rule,
        value=float(gap[0]),
        replicates=gap[1:][~np.isnan(gap[1:])],
        parts=parts,
        n=n,
        p=p,
        p_holm=p,
    )
    return [claim], rows


def _sound(counts: UnitCounts, weights: Floats) -> tuple[float, float, float]:
    """How many units are sound, and their median recall and precision; nan where none is."""
    chosen = counts.generality(weights) >= SOUND
    if not chosen.any():
        return 0.0, nan, nan
    scores = text_scores(counts.promotion(weights)[..., chosen])
    return (
        float(chosen.sum()),
        float(np.median(scores.recall)),
        float(np.median(scores.precision)),
    )


def _more_than_dealt(
    asked: BracketAsked, answers: UnitAnswers, sound: int, *, permutations: int, seed: int
) -> float:
    """As many sound units where missing counts are dealt anew inside templates: p."""
    right = asked.right
    dealt = dealt_anew(
        right, asked.template, draws=permutations, seed=seed, purpose="missing counts dealt anew"
    )
    n = [max(int((right == column).sum()), 1) for column in range(len(asked.counts))]
    found = []
    for own in dealt:
        hits = (answers.preferred == own[:, None]) & answers.gated
        passed = [
            hits[own == column].sum(axis=0) / n[column] >= 0.7 - 1e-12
            for column in range(len(asked.counts))
        ]
        found.append(int((np.sum(passed, axis=0) >= SOUND).sum()))
    return permutation_p(sound, found)


def _known(values: Floats) -> Floats:
    """A head that could not be asked follows nothing."""
    return np.nan_to_num(values, nan=0.0)
