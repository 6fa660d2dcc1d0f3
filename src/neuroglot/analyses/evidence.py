"""All that the claims and tables ask of one reading of the text: observed, permuted, resampled.

One Evidence per reading (as it is, code only, late positions, standardised, headers kept, a
language left out, the untrained twin); the same seed pairs their draws.
"""

from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.bootstrap import resampled
from neuroglot.analyses.discovery import n_star
from neuroglot.analyses.draws import MAIN, Draws, Tick, collected, identity, label_sums, no_tick
from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.permutation import (
    PermutedNull,
    half_agreement,
    halved_rankings,
    permuted_null,
)
from neuroglot.analyses.selection import (
    Floats,
    Ints,
    Ranking,
    SelectionRule,
    probabilities,
    ranked,
)

LARGE_SELECTION = 3_000_000
"""Labels x neurons above which a selection is slow enough that 200 draws have to do."""
LARGE_DRAWS = 200


@dataclass(frozen=True)
class Effort:
    """How many draws of each kind."""

    permutations: int
    resamples: int

    def bounded(self, counts: GroupedCounts) -> "Effort":
        """At most 200 of each for models of billions of parameters: by size, not by clock."""
        if counts.n_labels * counts.n_flat <= LARGE_SELECTION:
            return self
        return Effort(min(self.permutations, LARGE_DRAWS), min(self.resamples, LARGE_DRAWS))


@dataclass(frozen=True, eq=False)
class Evidence:
    """One reading of the text.

    ranking: its candidates. observed: its sets, one draw. n_star int64 [label]. halves float64
    [label]: split-half Jaccard of its sets. resampled: its bootstrap, None where no interval was
    asked for.
    """

    counts: GroupedCounts
    rule: SelectionRule
    ranking: Ranking
    observed: Draws
    null: PermutedNull
    n_star: Ints
    halves: Floats
    resampled: Draws | None

    @property
    def sizes(self) -> Ints:
        """Members of the sets, int64 [label]."""
        found: Ints = self.observed.sizes[0, MAIN]
        return found


def observed_ranking(counts: GroupedCounts, tau: float) -> Ranking:
    """The ranking of the counts as they are."""
    active, tokens = label_sums(counts, identity(counts))
    return ranked(probabilities(active[0], tokens[0]), tau)


def observed_halves(counts: GroupedCounts, rule: SelectionRule) -> Floats:
    """Split-half Jaccard over groups, float64 [label]; nan for a label of fewer than two groups."""
    _, first, second = next(halved_rankings(counts, identity(counts), tau=rule.tau))
    agreement = half_agreement(first, second, rule, n_flat=counts.n_flat)
    return np.where(counts.groups_per_label() > 1, agreement, np.nan)


def evidence(
    counts: GroupedCounts,
    rule: SelectionRule,
    *,
    effort: Effort,
    seed: int,
    halves: bool = False,
    intervals: bool = True,
    tick: Tick = no_tick,
) -> Evidence:
    """Observed sets, permuted null, and (with `intervals`) bootstrap of one reading.

    `halves` also splits every relabelling in two, at three times the cost.
    """
    ranking = observed_ranking(counts, rule.tau)
    null = permuted_null(
        counts,
        rule,
        observed=ranking,
        draws=effort.permutations,
        seed=seed,
        halves=halves,
        tick=tick,
    )
    boot = (
        resampled(counts, rule, draws=effort.resamples, seed=seed, tick=tick) if intervals else None
    )
    return Evidence(
        counts=counts,
        rule=rule,
        ranking=ranking,
        observed=collected([ranking], rule, counts=counts, total=1),
        null=null,
        n_star=n_star(null.decoys),
        halves=observed_halves(counts, rule),
        resampled=boot,
    )
