"""Claim A-1: each language has specific neurons, as many as are selected, and the same ones again.

For a language it holds when n* reaches the set's size and the sets of two halves of its
repositories agree better than under permuted labels, in the counts as they are, on code tokens only
and on standardised counts.
"""

from collections.abc import Iterator

import numpy as np

from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.evidence import Evidence
from neuroglot.analyses.readings import HALVED, Readings
from neuroglot.analyses.selection import Floats, Ints
from neuroglot.analyses.uncertainty import holm, percentile_interval, permutation_p
from neuroglot.analyses.verdicts import (
    Decision,
    Kind,
    Part,
    Verdict,
    arm,
    failed_gates,
    gate,
    missing,
    needed,
    unpassed,
)

RULE = claim_rule("A-1")
LEAST_TOKENS = 100_000
LEAST_REPOSITORIES = 6
LEAST_LEARNED = 0.5
MOST, FEW = 3 / 4, 1 / 4
HIGH_QUANTILE = 0.95
READING_WORDS = {
    "none": "counts as they are",
    "code": "code tokens only",
    "standardised": "standardised token classes",
}


def specific_neurons(
    found: Readings, *, n_star_again: Ints, learned: Floats
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-1.

    n_star_again int64 [draw, label]: n* in bootstrap samples of the text as it is. learned float64
    [label]: agreement (Jaccard) of the sets from half of the groups with those from all.
    """
    main = found.main
    ratio = real_ratio(main.n_star, main)
    again = centred(real_ratio(n_star_again, main), ratio)
    p_values = np.array([half_p(main, at) for at in range(main.counts.n_labels)])
    corrected = holm(p_values)
    decisions: list[Decision] = []
    shut: set[str] = set()
    claims: list[Row] = []
    parts: list[Row] = []
    for at, label in enumerate(main.counts.labels):
        n, unit = int(main.counts.groups_per_label()[at]), main.counts.unit
        judged = [*_gates(main, at, learned=float(learned[at])), *_conditions(found, at)]
        decision = _language_decision(float(ratio[at]), again[:, at], judged, units=n)
        decisions.append(decision)
        shut |= {part.name for part in judged if part.kind == "gate" and part.passed is False}
        claims.append(
            claim_row(
                RULE,
                scope=label,
                decision=decision,
                n=n,
                unit=unit,
                p=float(p_values[at]),
                p_holm=float(corrected[at]),
            )
        )
        parts += part_rows(RULE, scope=label, parts=judged, n=n, unit=unit)
    overall, beside = _overall(ratio, again, decisions, shut=sorted(shut))
    n, unit = len(main.counts.used), main.counts.unit
    first = claim_row(RULE, scope="overall", decision=overall, n=n, unit=unit)
    return [first, *claims], [
        *part_rows(RULE, scope="overall", parts=beside, n=n, unit=unit),
        *parts,
    ]


def real_ratio(n_star: Ints, one: Evidence) -> Floats:
    """n* [..., label] over the size of the observed sets; nan for an empty set."""
    out = np.full(n_star.shape, np.nan)
    np.divide(n_star, one.sizes, out=out, where=one.sizes > 0)
    return out


def centred(replicates: Floats, value: Floats) -> Floats:
    """Bootstrap draws [draw, label] shifted so that their median is the value, at least 0.

    A sample with repetitions holds fewer distinct groups than the data, which moves n* itself; only
    its spread is used.
    """
    if not len(replicates):
        return replicates
    shifted: Floats = np.maximum(replicates - known_median(replicates, axis=0) + value, 0.0)
    return shifted


def half_p(one: Evidence, label: int) -> float:
    """Permutation p of the split-half agreement; nan without two halves."""
    if not np.isfinite(one.halves[label]):
        return float("nan")
    return permutation_p(float(one.halves[label]), one.null.halves[:, label])


def _gates(main: Evidence, at: int, *, learned: float) -> Iterator[Part]:
    counts = main.counts
    yield gate("tokens", counts.tokens_per_label()[at], least=LEAST_TOKENS)
    yield gate("repositories", counts.repositories_per_label()[at], least=LEAST_REPOSITORIES)
    yield gate("agreement of half of the text with all of it", learned, least=LEAST_LEARNED)


def _conditions(found: Readings, at: int) -> Iterator[Part]:
    """n* and split-half agreement of one language, in each reading."""
    for name in HALVED:
        words = READING_WORDS[name]
        kind: Kind = "null" if name == "none" else "variant"
        if name not in found.present:
            yield missing(kind, f"real neurons, {words}", found.absent[name])
            continue
        one = found.present[name]
        ratio = float(real_ratio(one.n_star, one)[at])
        yield Part(kind, f"real neurons over nu, {words}", ratio, 1.0, bool(ratio >= 1))
        agreement, drawn = float(one.halves[at]), one.null.halves[:, at]
        known = drawn[np.isfinite(drawn)]
        bound = float(np.quantile(known, HIGH_QUANTILE)) if len(known) else float("nan")
        yield Part(
            kind,
            f"agreement of halves, {words}",
            agreement,
            bound,
            bool(agreement > bound),
            p=half_p(one, at),
        )


def _language_decision(ratio: float, again: Floats, judged: list[Part], *, units: int) -> Decision:
    low, high = percentile_interval(again)
    spread = f"n* is {ratio:.3g} ({low:.3g} to {high:.3g}) times the set's size"
    shut, against = failed_gates(judged), unpassed(judged)
    if shut:
        return Decision("cannot tell", f"gate: {shut}", ratio, low, high)
    if not against:
        return Decision("holds", f"{spread}, in every reading", ratio, low, high)
    if high < RULE.margin:
        return Decision("does not hold", spread, ratio, low, high)
    wanted = needed(ratio, again, margin=RULE.margin, units=units) if ratio < RULE.margin else None
    return Decision("cannot tell", against, ratio, low, high, wanted)


def _overall(
    ratio: Floats, again: Floats, decisions: list[Decision], *, shut: list[str]
) -> tuple[Decision, list[Part]]:
    """Over languages: one whose gates failed could still be either."""
    n_labels = len(decisions)
    n_hold = sum(one.verdict == "holds" for one in decisions)
    n_open = sum(one.reason.startswith("gate:") for one in decisions)
    value = float(known_median(ratio, axis=0))
    low, high = percentile_interval(known_median(again, axis=1))
    reason = f"it holds for {n_hold} of {n_labels} languages"
    if n_open:
        reason += f"; gates leave {n_open} undecided: {', '.join(shut)}"
    if n_hold >= MOST * n_labels:
        verdict: Verdict = "holds"
    elif n_hold + n_open < FEW * n_labels:
        verdict = "does not hold"
    else:
        verdict = "cannot tell"
    part = arm("share of languages for which it holds", n_hold / n_labels)
    return Decision(verdict, reason, value, low, high), [part]


def known_median(values: Floats, *, axis: int) -> Floats:
    """Median of what is not nan; nan where nothing is known."""
    known = ~np.isnan(values).all(axis=axis)
    filled = np.where(np.expand_dims(known, axis), values, 0.0)
    return np.where(known, np.nanmedian(filled, axis=axis), np.nan)
