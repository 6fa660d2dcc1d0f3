"""Claim A-8: are the same languages near the concept space whatever the pair, or is it list size?

Takes what the lens gives to each keyword id in each direction, gives a verdict. A language counts
only where it is neither source nor target; its mass is divided by the size of its list, so that a
long list is no advantage. Keywords are dealt to the languages anew, sizes kept, for chance.
"""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.placement import LEAST_LAYERS, in_the_middle
from neuroglot.analyses.uncertainty import permutation_p, spearman
from neuroglot.analyses.verdicts import Decision, arm, drawn_null, failed_gates, gate
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
LEAST_IDS = 10
"""Languages with fewer keyword tokens are left out."""

LEAST_SIZE_RHO = 0.3
"""Where mass follows the size of the lists, and does so less than this once sizes are matched."""


@dataclass(frozen=True, eq=False)
class KeywordMass:
    """What each direction gives to each keyword.

    layers: how many the model has; levels: of the second axis, -1 the embedding. mass: float64
    [direction, level, id], context left out. member: bool [id, language]. ends: bool [direction,
    language], source or target. faithful: bool [level].
    """

    languages: tuple[str, ...]
    layers: int
    levels: tuple[int, ...]
    mass: Floats
    member: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    faithful: NDArray[np.bool_]

    @property
    def middle(self) -> NDArray[np.bool_]:
        """Faithful levels of the middle half of the depth."""
        return in_the_middle(self.levels, self.layers) & self.faithful


def whatever_the_pair(
    found: KeywordMass, *, permutations: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-8."""
    rule = claim_rule("A-8")
    kept = (found.member.sum(axis=0) >= LEAST_IDS) & ~found.ends.all(axis=0)
    member, ends = found.member[:, kept], found.ends[:, kept]
    n = int(kept.sum())
    parts = [
        gate(f"languages with {LEAST_IDS} keyword tokens", n, least=rule.minimum),
        gate("directions", len(found.mass), least=2),
        gate("layers", found.layers, least=LEAST_LAYERS),
        gate(
            "middle layers nearer the prediction than frequencies are", found.middle.sum(), least=1
        ),
    ]
    blocked = failed_gates(parts)
    if blocked:
        decision = Decision("cannot tell", f"gate: {blocked}", nan, nan, nan)
        claim = claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)
        return [claim], part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)
    mass = found.mass[:, found.middle].mean(axis=1)
    value = concordance(near(mass, member, ends))
    rng = generator(seed, "keywords dealt anew")
    drawn = [
        concordance(near(mass, member[rng.permutation(len(member))], ends))
        for _ in range(permutations)
    ]
    p = permutation_p(value, np.array(drawn))
    sizes = member.sum(axis=0).astype(np.float64)
    raw = spearman(_over_directions(mass @ member, ends), sizes)
    matched = spearman(_over_directions(near(mass, member, ends), ends), sizes)
    parts += [
        drawn_null("keywords dealt anew", p=p),
        arm("correlation of mass with the size of the list", raw),
        arm("the same, sizes matched", matched),
    ]
    decision = _decided(value, p, raw, matched, margin=rule.margin)
    claim = claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit, p=p)
    return [claim], part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)


def _decided(value: float, p: float, raw: float, matched: float, *, margin: float) -> Decision:
    """Agreement first; then whether it is more than the size of the lists."""
    agreement = f"concordance {value:.2f} of directions (p {p:.3g})"
    sizes = f"mass follows list size at {raw:.2f}, at {matched:.2f} once sizes are matched"
    if value < margin:
        return Decision("does not hold", f"{agreement} is below {margin:g}", value, nan, nan)
    if p > 0.05:
        return Decision("cannot tell", f"{agreement} is not beyond chance", value, nan, nan)
    if raw > LEAST_SIZE_RHO > matched:
        return Decision("does not hold", f"list size: {sizes}", value, nan, nan)
    if matched < LEAST_SIZE_RHO:
        reason = f"{agreement}, but not for large keyword sets: {sizes}"
        return Decision("does not hold", reason, value, nan, nan)
    return Decision("holds", f"{agreement}; {sizes}", value, nan, nan)


def near(mass: Floats, member: NDArray[np.bool_], ends: NDArray[np.bool_]) -> Floats:
    """Mass for each keyword of a language, shared out: float64 [direction, language].

    An id that several languages have counts in parts; NaN where the language is source or target.
    """
    holders = member.sum(axis=1, keepdims=True)
    shares = member / np.maximum(holders, 1)
    found: Floats = np.where(ends, np.nan, mass @ shares / member.sum(axis=0))
    return found


def concordance(values: Floats) -> float:
    """Kendall's W of the orders of languages over directions, each over the languages it has.

    By the mean of Spearman's correlation over pairs of directions, among the languages that both
    have: W = ((m - 1) r + 1) / m, which for complete orders is Kendall's own. values: float64
    [direction, language], NaN for a language that a direction has not.
    """
    m = len(values)
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    below = (filled[:, None] < filled[:, :, None]) + 0.5 * (filled[:, None] == filled[:, :, None])
    # ranks[a, i, b]: the place of language i in direction a among those that b has too.
    ranks = (below * known[:, None]) @ known.T.astype(np.float64)
    both = known[:, :, None] & known.T[None]
    n = both.sum(axis=1).astype(np.float64)
    apart = np.where(both, ranks - ranks.transpose(2, 1, 0), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = 1 - 6 * (apart**2).sum(axis=1) / (n * (n**2 - 1))
    pairs = np.where(n > 1, rho, 0.0)[np.triu_indices(m, 1)]
    return ((m - 1) * float(pairs.mean()) + 1) / m


def _over_directions(values: Floats, ends: NDArray[np.bool_]) -> Floats:
    """Each language's mean over the directions in which it is a third one."""
    found: Floats = np.nanmean(np.where(ends, np.nan, values), axis=0)
    return found
