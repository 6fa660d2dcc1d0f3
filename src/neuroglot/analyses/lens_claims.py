"""Claims A-6 and A-7: do English and keywords appear in the middle of the depth, and which of them?

Takes masses that the lens gives to categories and to random sets of their size and frequency, item
by item, gives verdicts. What the context or the answer holds does not count; whole problems are
resampled, and directions count alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import ClaimRule, Row, claim_row, claim_rule, decided_rows
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.uncertainty import holm, permutation_p
from neuroglot.analyses.verdicts import Decision, Part, arm, drawn_null, gate, nulls_beside
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
ENGLISH_AND_KEYWORDS, ENGLISH_ONLY, THIRD = (
    "english and keywords",
    "english only",
    "third languages",
)
LEAST_GOLD = 0.30
TINY = 1e-12
"""Added to masses before their logarithm: a set may have none at all in a small sample."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Masses of one model, context and gold left out; a row is an item of a direction.

    layers: how many the model has. levels: of the second axis, -1 the embedding. direction,
    problem: int [row]. mass: category -> float64 [row, level]. random: category -> float64 [row,
    level, draw], sets of equal size and frequency. gold: float64 [row], share of the answer's
    tokens that are the likeliest at the end. identical: bool [row], the answer reads like the
    source. faithful: bool [level], the level is nearer the model's own prediction than frequencies
    of words are.
    """

    layers: int
    levels: tuple[int, ...]
    direction: NDArray[np.int64]
    problem: NDArray[np.int64]
    mass: Mapping[str, Floats]
    random: Mapping[str, Floats]
    gold: Floats
    identical: NDArray[np.bool_]
    faithful: NDArray[np.bool_]


def second_half(
    found: Curves, beside: Mapping[str, Curves], *, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-6.

    beside: the same of the untrained twin and of a source that was exchanged, under the names of
    the rule's nulls; one that is missing keeps the claim from holding.
    """
    rule = claim_rule("A-6")
    weights = problem_weights(found.problem, draws=resamples, seed=seed)
    value, replicates, drawn = _rise(found, weights)
    parts = [*_gates(found), drawn_null("random sets", p=permutation_p(value, drawn))]
    others = {name: _rise(other, weights)[:2] for name, other in beside.items()}
    parts += nulls_beside(rule.nulls[1:], value, replicates, others)
    n = len(np.unique(found.problem))
    claim, rows = decided_rows(rule, value=value, replicates=replicates, parts=parts, n=n)
    return [claim], rows


def nearest(
    found: Curves, beside: Mapping[str, Curves], *, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-7: English only, and keywords of third languages.

    The level is chosen on half of the problems, the figure is of the other half.
    """
    rule = claim_rule("A-7")
    chosen = generator(seed, "half of the problems").permutation(np.unique(found.problem))
    first = np.isin(found.problem, chosen[: len(chosen) // 2])
    names = (ENGLISH_ONLY, THIRD)
    weights = problem_weights(found.problem, draws=resamples, seed=seed) * ~first
    judged = {name: _at_peak(found, beside, name, first=first, weights=weights) for name in names}
    corrected = holm(np.array([p for _, _, p, _, _ in judged.values()]))
    claims, rows = [], []
    n = len(chosen) - len(chosen) // 2
    for name, p_holm in zip(names, corrected.tolist(), strict=True):
        value, replicates, p, parts, level = judged[name]
        parts = [drawn_null("random sets", p=p, p_holm=p_holm), *parts, arm("level", float(level))]
        parts = [*_gates(found), *parts]
        claim, own = decided_rows(
            rule,
            value=value,
            replicates=replicates,
            parts=parts,
            n=n,
            scope=name,
            p=p,
            p_holm=p_holm,
        )
        claims.append(claim)
        rows += own
    return [_overall(rule, claims, n), *claims], rows


def _overall(rule: ClaimRule, claims: list[Row], n: int) -> Row:
    """Both, one of the two, or none."""
    verdicts = {claim["verdict"] for claim in claims}
    holding = [claim["scope"] for claim in claims if claim["verdict"] == "holds"]
    if len(holding) == len(claims):
        decision = Decision("holds", "English, keywords included", nan, nan, nan)
    elif holding:
        decision = Decision("holds", f"{holding[0]} alone", nan, nan, nan)
    elif verdicts == {"does not hold"}:
        decision = Decision("does not hold", "neither of the two", nan, nan, nan)
    else:
        decision = Decision("cannot tell", "see the two", nan, nan, nan)
    return claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)


def log_ratios(found: Curves, category: str, weights: Floats) -> tuple[Floats, Floats]:
    """Log of a category's mass over the mean of its random sets: as it is, and of each set.

    weights: [draw, row]. float64 [draw, level] and, under the first weights, [set, level].
    """
    mass = _macro(found, found.mass[category], weights)
    sets = found.random[category]
    mean = _macro(found, sets.mean(axis=-1), weights)
    own = np.stack([_macro(found, sets[..., k], weights[:1])[0] for k in range(sets.shape[-1])])
    ratios: Floats = np.log(mass + TINY) - np.log(mean + TINY)
    drawn: Floats = np.log(own + TINY) - np.log(mean[:1] + TINY)
    return ratios, drawn


def _macro(found: Curves, values: Floats, weights: Floats) -> Floats:
    """Means over items, then over directions: [row, level] to [draw, level]."""
    means = []
    for direction in np.unique(found.direction):
        own = found.direction == direction
        mine = weights[:, own]
        total = mine.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            means.append((mine @ values[own]) / np.where(total, total, np.nan))
    return np.asarray(np.nanmean(means, axis=0), dtype=np.float64)


def _rise(found: Curves, weights: Floats) -> tuple[float, Floats, Floats]:
    """The second half's mean log ratio less the first's: value, replicates, random sets."""
    ratios, drawn = log_ratios(found, ENGLISH_AND_KEYWORDS, weights)
    layer = np.array(found.levels)
    half = found.layers / 2
    late = (layer >= half) & (layer <= found.layers - 2) & found.faithful
    early = (layer >= 0) & (layer < half) & found.faithful
    if not late.any() or not early.any():
        return nan, np.full(len(weights) - 1, nan), np.full(len(drawn), nan)
    rises = ratios[:, late].mean(axis=1) - ratios[:, early].mean(axis=1)
    chance = drawn[:, late].mean(axis=1) - drawn[:, early].mean(axis=1)
    return float(rises[0]), rises[1:], chance


def _at_peak(
    found: Curves,
    beside: Mapping[str, Curves],
    category: str,
    *,
    first: NDArray[np.bool_],
    weights: Floats,
) -> tuple[float, Floats, float, list[Part], int]:
    """Value, replicates, p, parts and level of one category.

    first: bool [row], what the level is chosen on. weights: [draw, row], of the rest.
    """
    chosen, _ = log_ratios(found, category, first[None].astype(np.float64))
    below = (np.array(found.levels) < found.layers - 1) & (np.array(found.levels) >= 0)
    allowed = below & found.faithful
    if not allowed.any():
        return nan, np.full(len(weights) - 1, nan), 1.0, [], -1
    peak = int(np.argmax(np.where(allowed, chosen[0], -np.inf)))
    ratios, drawn = log_ratios(found, category, weights)
    value, replicates = float(ratios[0, peak]), ratios[1:, peak]
    others = {}
    for name, other in beside.items():
        again, _ = log_ratios(other, category, weights)
        others[name] = float(again[0, peak]), again[1:, peak]
    parts = nulls_beside(claim_rule("A-7").nulls[1:], value, replicates, others)
    return value, replicates, permutation_p(value, drawn[:, peak]), parts, found.levels[peak]


def _gates(found: Curves) -> list[Part]:
    differing = ~found.identical
    gold = float(found.gold[differing].mean()) if differing.any() else 0.0
    name = "true tokens that are the likeliest, where source and target differ"
    return [
        gate(name, gold, least=LEAST_GOLD),
        gate("layers", found.layers, least=LEAST_LAYERS),
    ]
