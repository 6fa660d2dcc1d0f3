"""How many of a language's PLS units are real, and whether other tasks choose them again.

Takes stats.pls over parallel texts, in which a bucket holds the same tasks in every language.
Chance is a bucket's languages dealt anew, so that what is left of "language" is nothing but its
name. n* is the largest n for which units passing by chance, with a score of the n-th unit or more,
stay within 5% of n. Draws sums of buckets; needs no model.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.discovery import largest_real
from neuroglot.analyses.permutation import jaccard
from neuroglot.analyses.pls import PLSRule, chosen_units, scaled
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.stats.pls import PLS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Tick = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Tasks:
    """Sums of buckets of tasks: float64 [label, bucket, layer, unit], and texts [label, bucket].

    buckets: their numbers, ascending.
    """

    labels: tuple[str, ...]
    sums: Floats
    texts: Ints
    buckets: tuple[int, ...]

    @classmethod
    def of(cls, pls: PLS) -> "Tasks":
        """Buckets that every language has. Raises ConfigError where these are fewer than two."""
        held = [{g.bucket for g in pls.groups if g.label == label} for label in pls.labels]
        common = sorted(set.intersection(*held))
        if len(common) < 2:
            raise ConfigError(
                f"the languages have {len(common)} buckets of tasks in common: give the same tasks "
                "in every language, at least two"
            )
        place = {(g.label, g.bucket): number for number, g in enumerate(pls.groups)}
        rows = np.array([[place[label, bucket] for bucket in common] for label in pls.labels])
        return cls(pls.labels, pls.sum[rows], pls.count[rows], tuple(common))

    def scores(self, owner: Ints | None = None, weights: Floats | None = None) -> Floats:
        """Scaled scores [label, flat unit].

        owner: int64 [label, bucket], whose sums each label has in a bucket; None: its own. weights:
        float64 [bucket], how often each counts; None: once.
        """
        n_labels, n_buckets = self.texts.shape
        own = np.arange(n_labels)[:, None] if owner is None else owner
        whose = np.broadcast_to(own, self.texts.shape)
        times = np.ones(n_buckets) if weights is None else weights
        buckets = np.flatnonzero(times)
        shape = (n_labels, *self.sums.shape[2:])
        summed, texts = np.zeros(shape), np.zeros(n_labels)
        for bucket in buckets.tolist():
            summed += times[bucket] * self.sums[whose[:, bucket], bucket]
            texts += times[bucket] * self.texts[whose[:, bucket], bucket]
        return scaled(summed / texts.reshape(-1, *[1] * (len(shape) - 1)))


@dataclass(frozen=True, eq=False)
class PLSEvidence:
    """sizes: int64 [label], units chosen; n_star: how many are real; again: int64 [draw, label], n*
    in resampled tasks. halves: float64 [label], Jaccard of the units from two halves of the tasks;
    null_halves: float64 [draw, label], the same where languages are dealt anew. texts: int64
    [label]; buckets: how many there are.
    """

    labels: tuple[str, ...]
    sizes: Ints
    n_star: Ints
    again: Ints
    halves: Floats
    null_halves: Floats
    texts: Ints
    buckets: int


def pls_evidence(
    pls: PLS,
    rule: PLSRule,
    *,
    permutations: int,
    resamples: int,
    seed: int,
    tick: Tick = lambda done, total: None,
) -> PLSEvidence:
    """Everything that claim B-1 rests on, from the reduction that counts."""
    tasks = Tasks.of(pls)
    n_labels, n_buckets = tasks.texts.shape
    total = 2 * permutations + resamples
    observed = passing(tasks.scores(), rule)
    halves = _half_agreement(tasks, None, rule)
    decoys, noisy = ([np.zeros(len(each)) for each in observed] for _ in range(2))
    null_halves = np.empty((permutations, n_labels))
    owners = _dealt(n_labels, n_buckets, draws=permutations, seed=seed)
    drawn = _weights(n_buckets, draws=permutations, seed=seed, name="resampled and dealt anew")
    for draw, (owner, weights) in enumerate(zip(owners, drawn, strict=True)):
        _count(decoys, observed, passing(tasks.scores(owner), rule))
        _count(noisy, observed, passing(tasks.scores(owner, weights), rule))
        null_halves[draw] = _half_agreement(tasks, owner, rule)
        tick(2 * (draw + 1), total)
    again = np.empty((resamples, n_labels), dtype=np.int64)
    for draw, weights in enumerate(_weights(n_buckets, draws=resamples, seed=seed, name="tasks")):
        found = passing(tasks.scores(weights=weights), rule)
        again[draw] = [
            largest_real(_at(known, expected / permutations, own))
            for known, expected, own in zip(observed, noisy, found, strict=True)
        ]
        tick(2 * permutations + draw + 1, total)
    return PLSEvidence(
        labels=tasks.labels,
        sizes=np.array([len(own) for own in chosen_units(tasks.scores(), rule).chosen]),
        n_star=np.array([largest_real(each / permutations) for each in decoys], dtype=np.int64),
        again=again,
        halves=halves,
        null_halves=null_halves,
        texts=tasks.texts.sum(axis=1),
        buckets=n_buckets,
    )


def passing(scores: Floats, rule: PLSRule) -> list[Floats]:
    """Scores of all units that pass threshold and ratio, for each label, highest first."""
    everything = PLSRule(rule.quantile, rule.ratio, 1.0, "language", rule.universal_quantile)
    choice = chosen_units(scores, everything)
    return [scores[label, own] for label, own in enumerate(choice.chosen)]


def _count(into: list[Floats], observed: list[Floats], found: list[Floats]) -> None:
    """Add how many of the found units score as much as each observed one, or more."""
    for label, (known, own) in enumerate(zip(observed, found, strict=True)):
        into[label] += np.searchsorted(-own, -known, side="right")


def _at(known: Floats, expected: Floats, scores: Floats) -> Floats:
    """Expected decoys at other scores: those of the nearest known score that is not higher."""
    if not len(known):
        return np.full(len(scores), np.inf)
    place = np.searchsorted(-known, -scores, side="left")
    found: Floats = np.append(expected, np.inf)[place]
    return found


def _half_agreement(tasks: Tasks, owner: Ints | None, rule: PLSRule) -> Floats:
    """Jaccard of the units chosen by buckets of even and of odd place, float64 [label]."""
    odd = np.arange(tasks.texts.shape[1]) % 2
    first, second = (
        chosen_units(tasks.scores(owner, half.astype(np.float64)), rule).chosen
        for half in (odd, 1 - odd)
    )
    return np.array([jaccard(a, b) for a, b in zip(first, second, strict=True)])


def _dealt(n_labels: int, n_buckets: int, *, draws: int, seed: int) -> Iterator[Ints]:
    """Languages dealt anew in every bucket by itself: int64 [label, bucket] each."""
    rng = generator(seed, "languages dealt anew inside tasks")
    plain = np.tile(np.arange(n_labels)[:, None], (1, n_buckets))
    for _ in range(draws):
        yield rng.permuted(plain, axis=0)


def _weights(n_buckets: int, *, draws: int, seed: int, name: str) -> Iterator[Floats]:
    """Buckets drawn with replacement: float64 [bucket] each."""
    rng = generator(seed, name)
    for _ in range(draws):
        yield rng.multinomial(n_buckets, np.full(n_buckets, 1 / n_buckets)).astype(np.float64)
