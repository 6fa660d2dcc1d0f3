"""The cluster bootstrap: groups drawn with replacement inside their label, selection repeated."""

import numpy as np

from neuroglot.analyses.discovery import DecoyCounter, n_star_again
from neuroglot.analyses.draws import Draws, Resample, Tick, collected, no_tick, rankings
from neuroglot.analyses.grouped import NOBODY, GroupedCounts
from neuroglot.analyses.permutation import permuted_labels
from neuroglot.analyses.selection import Floats, Ints, Ranking, SelectionRule
from neuroglot.base.seeds import generator


def drawn_groups(counts: GroupedCounts, *, draws: int, seed: int) -> Resample:
    """How often each group is drawn: as many groups per label as it has, with replacement.

    The same seed and the same groups give the same draws, whatever was counted in them: that is
    what pairs two arms.
    """
    rng = generator(seed, "bootstrap of groups")
    weight = np.zeros((draws, len(counts.owner)))
    for label in range(counts.n_labels):
        own = np.flatnonzero(counts.owner == label)
        if len(own):
            weight[:, own] = rng.multinomial(len(own), np.full(len(own), 1 / len(own)), draws)
    return Resample(counts.owner[None], weight)


def problem_weights(problems: Ints, *, draws: int, seed: int) -> Floats:
    """How often each item is drawn with its problem: float64 [1 + draw, item], first all once."""
    _, own = np.unique(problems, return_inverse=True)
    n = int(own.max()) + 1
    rng = generator(seed, "bootstrap of problems")
    times = rng.multinomial(n, np.full(n, 1 / n), draws)
    found: Floats = np.concatenate([np.ones((1, n)), times])[:, own].astype(np.float64)
    return found


def resampled(
    counts: GroupedCounts, rule: SelectionRule, *, draws: int, seed: int, tick: Tick = no_tick
) -> Draws:
    """The sets of `draws` bootstrap samples."""
    sample = drawn_groups(counts, draws=draws, seed=seed)
    found = rankings(counts, sample, tau=rule.tau, tick=tick)
    return collected(found, rule, counts=counts, total=draws)


def resampled_n_star(
    counts: GroupedCounts,
    rule: SelectionRule,
    *,
    observed: Ranking,
    draws: int,
    permutations: int,
    seed: int,
    tick: Tick = no_tick,
) -> Ints:
    """n* in bootstrap samples, int64 [draw, label].

    A sample with repetitions is noisier than what it was drawn from, and noise makes neurons look
    specific. Its decoys are therefore counted in relabelled data that was resampled the same way;
    against decoys of the full data n* would lie above its own estimate.
    """
    counter = DecoyCounter(observed)
    relabelled = permuted_labels(counts, draws=permutations, seed=seed)
    noisy = Resample(relabelled.owner, _drawn_inside(relabelled.owner, seed=seed))
    for ranking in rankings(counts, noisy, tau=rule.tau, tick=tick):
        counter.add(ranking)
    decoys = counter.mean()
    sample = drawn_groups(counts, draws=draws, seed=seed)
    found = rankings(counts, sample, tau=rule.tau, tick=tick)
    return np.array([n_star_again(decoys, ranking) for ranking in found], dtype=np.int64)


def _drawn_inside(owner: Ints, *, seed: int) -> Floats:
    """Multiplicities of groups drawn with replacement inside each row's labels, [draw, group]."""
    rng = generator(seed, "bootstrap of relabelled groups")
    weight = np.zeros(owner.shape)
    for draw, labels in enumerate(owner):
        for label in np.unique(labels[labels != NOBODY]):
            own = np.flatnonzero(labels == label)
            weight[draw, own] = rng.multinomial(len(own), np.full(len(own), 1 / len(own)))
    return weight
