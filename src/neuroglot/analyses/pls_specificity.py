"""Claim B-1: units specialised for one language exist, as many as are chosen, and the same again.

Takes the evidence of analyses.pls_evidence, the same over texts matched in length and surprise, and
how well scores predict what zeroing a unit does; gives rows of `claims` and `claim_parts`.
"""

from collections.abc import Iterable

import numpy as np

from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.pls_evidence import PLSEvidence
from neuroglot.analyses.specificity import HIGH_QUANTILE, MOST, centred, known_median
from neuroglot.analyses.uncertainty import percentile_interval, permutation_p
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    arm,
    failed_gates,
    gate,
    missing,
    unpassed,
)

RULE = claim_rule("B-1")
LEAST_TEXTS = 100
LEAST_AGREEMENT = 0.5
REAL = "units that are real (n*)"


def specialised_units(
    found: PLSEvidence, *, effects: float | None, matched: PLSEvidence | None
) -> tuple[list[Row], list[Row]]:
    """effects: Spearman correlation of scores with the exact effect of zeroing; None: not run.

    matched: the same over texts matched in length and surprise, which passes where its own median
    exceeds the margin; None: not run, and the claim cannot hold.
    """
    ratio = _over(found.n_star, found.sizes)
    again = centred(_over(found.again, found.sizes), ratio)
    value = float(known_median(ratio, axis=0))
    low, high = percentile_interval(known_median(again, axis=1))
    agreeing = [_agreement(found, at) for at in range(len(found.labels))]
    share = float(np.mean([part.passed is True for part in agreeing]))
    fewest = int(found.texts.min())
    predicting = "scores predict effects (rank correlation)"
    parts = [
        gate("parallel texts of the language with fewest", fewest, least=LEAST_TEXTS),
        Part("gate", predicting, bound=LEAST_AGREEMENT, passed=False, note="not run")
        if effects is None
        else gate(predicting, effects, least=LEAST_AGREEMENT),
        gate("buckets of tasks", found.buckets, least=RULE.minimum),
        _matched(matched),
        arm("share of languages whose halves agree beyond chance", share),
    ]
    n, unit = found.buckets, RULE.unit
    overall = _decision(value, low, high, share, parts)
    claims = [claim_row(RULE, scope="overall", decision=overall, n=n, unit=unit)]
    rows = part_rows(RULE, scope="overall", parts=parts, n=n, unit=unit)
    for at, label in enumerate(found.labels):
        own_low, own_high = percentile_interval(again[:, at])
        figures = Decision("cannot tell", "part of the whole", float(ratio[at]), own_low, own_high)
        decision = _own(figures, agreeing[at], parts)
        p = agreeing[at].p
        claims.append(claim_row(RULE, scope=label, decision=decision, n=n, unit=unit, p=p))
        own = [agreeing[at], arm(REAL, float(min(found.n_star[at], found.sizes[at])))]
        rows += part_rows(RULE, scope=label, parts=own, n=n, unit=unit)
    return claims, rows


def real_units(parts: Iterable[Row]) -> dict[str, int]:
    """How many of each language's units are real, from rows of `claim_parts`."""
    return {
        row["scope"]: int(row["value"])
        for row in parts
        if row["id"] == RULE.id and row["name"] == REAL
    }


def _decision(value: float, low: float, high: float, share: float, parts: list[Part]) -> Decision:
    blocked = failed_gates(parts)
    median = f"n* is {value:.3g} ({low:.3g} to {high:.3g}) times the units chosen"
    told = f"{median}; halves agree in {share:.0%} of the languages"
    if blocked:
        return Decision("cannot tell", f"gate: {blocked}", value, low, high)
    against = unpassed(parts)
    if low > RULE.margin and share >= MOST and not against:
        return Decision("holds", told, value, low, high)
    if high < RULE.margin or (low > RULE.margin and share < 1 - MOST):
        return Decision("does not hold", told, value, low, high)
    return Decision("cannot tell", against or told, value, low, high)


def _matched(found: PLSEvidence | None) -> Part:
    """Whether as many units are real where texts are alike in length and surprise everywhere."""
    name = "texts matched in length and surprise"
    if found is None:
        return missing("null", name, "not run")
    value = float(known_median(_over(found.n_star, found.sizes), axis=0))
    return Part("null", name, value, RULE.margin, bool(value > RULE.margin))


def _own(figures: Decision, agreement: Part, parts: list[Part]) -> Decision:
    value, low, high = figures.value, figures.low, figures.high
    told = f"n* is {value:.3g} ({low:.3g} to {high:.3g}) times the units chosen"
    blocked = failed_gates(parts)
    if blocked or not np.isfinite(value):
        reason = f"gate: {blocked}" if blocked else "no unit is chosen"
        return Decision("cannot tell", reason, value, low, high)
    against = unpassed([agreement, *parts])
    if low > RULE.margin and not against:
        return Decision("holds", told, value, low, high)
    if high < RULE.margin:
        return Decision("does not hold", told, value, low, high)
    return Decision("cannot tell", against or told, value, low, high)


def _agreement(found: PLSEvidence, at: int) -> Part:
    """Whether two halves of the tasks choose the same units more often than by chance."""
    value, drawn = float(found.halves[at]), found.null_halves[:, at]
    known = drawn[np.isfinite(drawn)]
    bound = float(np.quantile(known, HIGH_QUANTILE)) if len(known) else float("nan")
    p = permutation_p(value, drawn) if np.isfinite(value) else float("nan")
    return Part("null", "agreement of halves", value, bound, bool(value > bound), p=p)


def _over(n_star: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """n* [..., label], at most the units chosen, over these; nan where none is chosen."""
    out = np.full(n_star.shape, np.nan)
    np.divide(np.minimum(n_star, sizes), sizes, out=out, where=sizes > 0)
    return out
