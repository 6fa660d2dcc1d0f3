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
from neuroglot.analyses.claims import Row, claim_rule, decided_rows, over_scopes
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.translations import macro_means
from neuroglot.analyses.uncertainty import holm, permutation_p
from neuroglot.analyses.verdicts import Part, arm, drawn_null, gate, nulls_beside
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
    """Masses of one model, context and gold left out.

    A row is the items of one problem in one direction that read like their source, or those that do
    not. layers: how many the model has. levels: of the second axis, -1 the embedding. direction,
    problem: int [row]. count: int [row], items. mass, expected: category -> float64 [row, level],
    means over the row's items; `expected` is the mean over all random sets of equal size and
    frequency. first: bool [row], whether the problem is of the half that A-7's level is chosen on.
    random: category -> float64 [half, direction, level, set], means over the items of such sets in
    the chosen half (0) and in the other (1). gold: float64 [row], share of the answers' tokens that
    are the likeliest at the end. identical: bool [row], answers read like their sources. faithful:
    bool [level], the level is nearer the model's own prediction than frequencies of ids are.
    """

    layers: int
    levels: tuple[int, ...]
    direction: NDArray[np.int64]
    problem: NDArray[np.int64]
    count: NDArray[np.int64]
    mass: Mapping[str, Floats]
    expected: Mapping[str, Floats]
    first: NDArray[np.bool_]
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
    least = min(int(each.sum()) for each in _halves(found))
    parts = [
        *_gates(found),
        gate("layers of either half nearer the prediction than frequencies are", least, least=1),
        drawn_null("random sets", p=permutation_p(value, drawn)),
    ]
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
    names = (ENGLISH_ONLY, THIRD)
    weights = problem_weights(found.problem, draws=resamples, seed=seed) * ~found.first
    judged = {name: _at_peak(found, beside, name, weights=weights) for name in names}
    corrected = holm(np.array([p for _, _, p, _, _ in judged.values()]))
    claims, rows = [], []
    n = len(np.unique(found.problem[~found.first]))
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
    return [over_scopes(rule, claims, n=n, all_hold="English, keywords included"), *claims], rows


def half_of_problems(problem: NDArray[np.integer], *, seed: int) -> NDArray[np.bool_]:
    """Whether each row's problem is of the half that A-7's level is chosen on."""
    order = generator(seed, "half of the problems").permutation(np.unique(problem))
    return np.isin(problem, order[: len(order) // 2])


def log_ratios(found: Curves, category: str, weights: Floats) -> Floats:
    """Log of a category's mass over what random sets expect: float64 [draw, level].

    weights: [draw, row], how often each row's problem is drawn.
    """
    often = weights * found.count
    mass = macro_means(found.mass[category], found.direction, often)
    expected = macro_means(found.expected[category], found.direction, often)
    ratios: Floats = np.log(mass + TINY) - np.log(expected + TINY)
    return ratios


def drawn_ratios(found: Curves, category: str, *, halves: tuple[int, ...]) -> Floats:
    """The same of each random set, over all items of these halves: float64 [set, level]."""
    inside = np.isin(np.where(found.first, 0, 1), halves)
    n = np.array(
        [
            [
                found.count[(found.direction == d) & (found.first == (half == 0))].sum()
                for d in np.unique(found.direction)
            ]
            for half in halves
        ],
        dtype=np.float64,
    )[..., None, None]
    sets = np.nan_to_num(found.random[category][list(halves)])
    total = n.sum(axis=0)
    some = total[:, 0, 0] > 0
    if not some.any():
        return np.full((sets.shape[-1], sets.shape[-2]), nan)
    means = ((sets * n).sum(axis=0)[some] / total[some]).mean(axis=0)
    often = np.where(inside, found.count, 0).astype(np.float64)[None]
    expected = macro_means(found.expected[category], found.direction, often)
    drawn: Floats = (np.log(means + TINY) - np.log(expected[0] + TINY)[:, None]).T
    return drawn


def _rise(found: Curves, weights: Floats) -> tuple[float, Floats, Floats]:
    """The second half's mean log ratio less the first's: value, replicates, random sets."""
    ratios = log_ratios(found, ENGLISH_AND_KEYWORDS, weights)
    drawn = drawn_ratios(found, ENGLISH_AND_KEYWORDS, halves=(0, 1))
    early, late = _halves(found)
    if not late.any() or not early.any():
        return nan, np.full(len(weights) - 1, nan), np.full(len(drawn), nan)
    rises = ratios[:, late].mean(axis=1) - ratios[:, early].mean(axis=1)
    chance = drawn[:, late].mean(axis=1) - drawn[:, early].mean(axis=1)
    return float(rises[0]), rises[1:], chance


def _halves(found: Curves) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Faithful levels of the first half of the layers, and of the second but the last."""
    layer = np.array(found.levels)
    half = found.layers / 2
    late = (layer >= half) & (layer <= found.layers - 2) & found.faithful
    return (layer >= 0) & (layer < half) & found.faithful, late


def _at_peak(
    found: Curves,
    beside: Mapping[str, Curves],
    category: str,
    *,
    weights: Floats,
) -> tuple[float, Floats, float, list[Part], int]:
    """Value, replicates, p, parts and level of one category.

    weights: [draw, row], of the half on which the level is not chosen.
    """
    chosen = log_ratios(found, category, found.first[None].astype(np.float64))
    below = (np.array(found.levels) < found.layers - 1) & (np.array(found.levels) >= 0)
    allowed = below & found.faithful
    if not allowed.any():
        return nan, np.full(len(weights) - 1, nan), 1.0, [], -1
    peak = int(np.argmax(np.where(allowed, chosen[0], -np.inf)))
    ratios = log_ratios(found, category, weights)
    drawn = drawn_ratios(found, category, halves=(1,))
    value, replicates = float(ratios[0, peak]), ratios[1:, peak]
    others = {}
    for name, other in beside.items():
        again = log_ratios(other, category, weights)
        others[name] = float(again[0, peak]), again[1:, peak]
    parts = nulls_beside(claim_rule("A-7").nulls[1:], value, replicates, others)
    return value, replicates, permutation_p(value, drawn[:, peak]), parts, found.levels[peak]


def _gates(found: Curves) -> list[Part]:
    n = found.count * ~found.identical
    gold = float(n @ found.gold / n.sum()) if n.any() else 0.0
    name = "true tokens that are the likeliest, where source and target differ"
    return [
        gate(name, gold, least=LEAST_GOLD),
        gate("layers", found.layers, least=LEAST_LAYERS),
    ]
