"""Claim B-5b: middle layers are concept layers, where the same task is found in another language.

Takes how often each task's match is found at each level, gives the band of levels that is chosen on
one half of the tasks and judged on the other, and rows of `claims` and `claim_parts`. The levels
are the embedding (-1) and every layer; the band is the longest run within a standard error of the
best level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    arm,
    drawn_null,
    failed_gates,
    gate,
    nulls_beside,
    single_null,
    unpassed,
)
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Band = tuple[int, int]
"""First and last place of a run, both in it."""
RULE = claim_rule("B-5b")
INSIDE = 0.8
"""The share of resampled tasks in which the band must lie in the middle half."""
TWIN, BAG = "the untrained twin", "counts of tokens"


@dataclass(frozen=True, eq=False)
class Found:
    """quality: float64 [level, task], the share of a task's texts that find their match, mean over
    languages; others: the same of nulls that exist once, by name (a bag of tokens has one level for
    all). levels: -1 for the embedding, then layers. syntax: float64 [level, task], accuracy of a
    probe of syntax above its control, None where none was trained.
    """

    quality: Floats
    levels: Sequence[int]
    others: Mapping[str, Floats]
    syntax: Floats | None = None

    @property
    def depth(self) -> Floats:
        """Relative depth of each level; the embedding lies below 0."""
        layers = max(self.levels) + 1
        return (np.array(self.levels) + 0.5) / layers


def longest_run(quality: Floats, error: float) -> Band:
    """The longest run of levels whose quality is within `error` of the best one's.

    Of runs of equal length the one that holds the best level, else the first.
    """
    near = quality >= quality.max() - error
    best = int(quality.argmax())
    runs: list[Band] = []
    for place in np.flatnonzero(near).tolist():
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return max(runs, key=lambda run: (run[1] - run[0], run[0] <= best <= run[1], -run[0]))


def chosen_band(quality: Floats, weights: Floats) -> Band:
    """The band of weighted tasks: quality [level, task], weights [task]."""
    n = weights.sum()
    mean = quality @ weights / n
    best = int(mean.argmax())
    spread = float(weights @ (quality[best] - mean[best]) ** 2 / n)
    return longest_run(mean, float(np.sqrt(spread / n)))


def band_rows(
    quality: Floats, levels: Sequence[int], *, corpus: str, site: str, resamples: int, seed: int
) -> list[Row]:
    """Rows of the table `concept_band`: how many resamples of the tasks have a layer in the band.

    quality: float64 [level, task].
    """
    n_tasks = quality.shape[1]
    first, last = chosen_band(quality, np.ones(n_tasks))
    share = np.zeros(len(quality))
    for weights in _weights(n_tasks, draws=resamples, seed=seed):
        start, end = chosen_band(quality, weights)
        share[start : end + 1] += 1 / resamples
    return [
        {
            "corpus": corpus,
            "site": site,
            "start": levels[first],
            "end": levels[last],
            "rule": "within one standard error of the best",
            "layer": level,
            "share": float(of_draws),
            "n": n_tasks,
            "unit": RULE.unit,
        }
        for level, of_draws in zip(levels, share, strict=True)
    ]


def above_both_sides(quality: Floats, band: Band) -> float:
    """Mean quality [level] of the band less the higher mean of those below and those above it.

    nan where the band reaches the first or the last level.
    """
    first, last = band
    if first == 0 or last == len(quality) - 1:
        return nan
    inside = quality[first : last + 1].mean()
    return float(inside - max(quality[:first].mean(), quality[last + 1 :].mean()))


def concept_layers_claim(found: Found, *, resamples: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for B-5b."""
    quality = found.quality
    n_levels, n_tasks = quality.shape
    halves = _halves(n_tasks, seed=seed)
    # Bands stay as they were chosen; what is resampled is the half on which each is judged.
    bands = [chosen_band(quality, 1.0 - half) for half in halves]
    drawn = _weights(n_tasks, draws=resamples, seed=seed)
    value = _theta(quality, bands, halves, np.ones(n_tasks))
    again = np.array([_theta(quality, bands, halves, own) for own in drawn])
    whole = chosen_band(quality, np.ones(n_tasks))
    inside = float(
        np.mean([_in_the_middle(found.depth, chosen_band(quality, own)) for own in drawn])
    )
    parts = [
        gate("tasks", n_tasks, least=RULE.minimum),
        gate("layers", n_levels - 1, least=LEAST_LAYERS),
        *nulls_beside(
            [TWIN],
            value,
            again,
            {
                name: _null(other, bands, halves, drawn)
                for name, other in found.others.items()
                if name == TWIN
            },
        ),
        drawn_null("shifted layers", p=_shifted_p(quality, bands, halves, value)),
        _above_bag(found, bands, halves, drawn),
        _syntax(found, bands, halves, drawn),
        Part("variant", "band in the middle half, resampled", inside, INSIDE, inside >= INSIDE),
        arm("first layer of the band", float(found.levels[whole[0]])),
        arm("last layer of the band", float(found.levels[whole[1]])),
    ]
    decision = _decision(value, again, parts, reaches=[b for b in bands if _reaches(b, n_levels)])
    claims = [claim_row(RULE, scope="overall", decision=decision, n=n_tasks, unit=RULE.unit)]
    return claims, part_rows(RULE, scope="overall", parts=parts, n=n_tasks, unit=RULE.unit)


def _decision(value: float, again: Floats, parts: list[Part], *, reaches: list[Band]) -> Decision:
    low, high = percentile_interval(again)
    blocked, against = failed_gates(parts), unpassed(parts)
    if blocked:
        return Decision("cannot tell", f"gate: {blocked}", value, low, high)
    if reaches:
        told = "the band reaches the embedding or the last layer: there is no middle"
        return Decision("does not hold", told, nan, nan, nan)
    told = f"retrieval in the band is {value:.3f} ({low:.3f} to {high:.3f}) above both sides"
    if low > RULE.margin and not against:
        return Decision("holds", told, value, low, high)
    if high < RULE.margin:
        return Decision("does not hold", told, value, low, high)
    return Decision("cannot tell", against or told, value, low, high)


def _theta(quality: Floats, bands: Sequence[Band], halves: Sequence[Floats], own: Floats) -> float:
    """Both halves, each judged by the band of the other, averaged."""
    each = []
    for band, half in zip(bands, halves, strict=True):
        weights = half * own
        if not weights.sum():
            return nan
        each.append(above_both_sides(quality @ weights / weights.sum(), band))
    return float(np.mean(each))


def _null(
    other: Floats, bands: Sequence[Band], halves: Sequence[Floats], drawn: Sequence[Floats]
) -> tuple[float, Floats]:
    value = _theta(other, bands, halves, np.ones(other.shape[1]))
    return value, np.array([_theta(other, bands, halves, own) for own in drawn])


def _shifted_p(
    quality: Floats, bands: Sequence[Band], halves: Sequence[Floats], value: float
) -> float:
    """How often circular shifts of the levels do as well, each half shifted by itself.

    All pairs of shifts are looked at, the observed one among them.
    """
    if not isfinite(value):
        return nan
    judged = [
        [
            above_both_sides(np.roll(quality @ half / half.sum(), shift), band)
            for shift in range(len(quality))
        ]
        for band, half in zip(bands, halves, strict=True)
    ]
    both = np.add.outer(*map(np.array, judged)) / 2
    return float(np.mean(both >= value - 1e-12))


def _above_bag(
    found: Found, bands: Sequence[Band], halves: Sequence[Floats], drawn: Sequence[Floats]
) -> Part:
    """Retrieval in the band against that of vectors that only count tokens."""
    if BAG not in found.others:
        return Part("null", BAG, note="not run in this profile")
    bag = found.others[BAG].reshape(-1, found.quality.shape[1]).mean(axis=0)
    value = _inside(found.quality - bag, bands, halves, np.ones(len(bag)))
    again = [_inside(found.quality - bag, bands, halves, own) for own in drawn]
    return single_null(BAG, difference=value, replicates=again)


def _syntax(
    found: Found, bands: Sequence[Band], halves: Sequence[Floats], drawn: Sequence[Floats]
) -> Part:
    """Accuracy of syntax must be lower inside the band than outside it."""
    name = "syntax is lower inside the band"
    if found.syntax is None:
        return Part("variant", name, note="no probe was trained")
    value = _outside_less_inside(found.syntax, bands, halves, np.ones(found.syntax.shape[1]))
    again = [_outside_less_inside(found.syntax, bands, halves, own) for own in drawn]
    low, high = percentile_interval(again)
    return Part("variant", name, value, 0.0, bool(low > 0), low=low, high=high)


def _inside(quality: Floats, bands: Sequence[Band], halves: Sequence[Floats], own: Floats) -> float:
    each = [
        float((quality[first : last + 1].mean(axis=0) @ (half * own)) / max((half * own).sum(), 1))
        for (first, last), half in zip(bands, halves, strict=True)
    ]
    return float(np.mean(each))


def _outside_less_inside(
    quality: Floats, bands: Sequence[Band], halves: Sequence[Floats], own: Floats
) -> float:
    each = []
    for (first, last), half in zip(bands, halves, strict=True):
        inside = np.zeros(len(quality), dtype=bool)
        inside[first : last + 1] = True
        weights = half * own
        mean = quality @ weights / max(weights.sum(), 1)
        each.append(mean[~inside].mean() - mean[inside].mean() if (~inside).any() else nan)
    return float(np.mean(each))


def _reaches(band: Band, n_levels: int) -> bool:
    return band[0] == 0 or band[1] == n_levels - 1


def _in_the_middle(depth: Floats, band: Band) -> bool:
    return bool(depth[band[0]] >= 1 / 4 and depth[band[1]] <= 3 / 4)


def _halves(n_tasks: int, *, seed: int) -> list[Floats]:
    """Two halves of the tasks as weights [task]: each is judged by the band of the other."""
    order = generator(seed, "halves of tasks").permutation(n_tasks)
    first = np.zeros(n_tasks)
    first[order[: n_tasks // 2]] = 1
    return [first, 1 - first]


def _weights(n_tasks: int, *, draws: int, seed: int) -> list[Floats]:
    rng = generator(seed, "bootstrap of tasks")
    share = np.full(n_tasks, 1 / n_tasks)
    return [rng.multinomial(n_tasks, share).astype(np.float64) for _ in range(draws)]
