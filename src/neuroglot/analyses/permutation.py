"""The null of language claims: labels permuted over whole groups, the whole selection repeated.

One pass over the relabellings gives all that any claim asks of them: the sets, the decoys for n*,
and, when asked, how well the sets of two halves of the relabelled groups agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.discovery import DecoyCounter, Decoys
from neuroglot.analyses.draws import (
    Draws,
    Resample,
    Tick,
    blocks,
    collected,
    label_sums,
    no_tick,
    rankings,
)
from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.selection import (
    Floats,
    Ints,
    Ranking,
    SelectionRule,
    probabilities,
    ranked,
    selected,
    set_sizes,
)
from neuroglot.base.seeds import generator


@dataclass(frozen=True, eq=False)
class PermutedNull:
    """What permuted labels give.

    halves float64 [draw, label]: split-half Jaccard, empty [0, label] when it was not asked for.
    """

    draws: Draws
    decoys: Decoys
    halves: Floats


def permuted_labels(counts: GroupedCounts, *, draws: int, seed: int) -> Resample:
    """`draws` relabellings; every label keeps its number of groups."""
    rng = generator(seed, "permuted labels")
    owners, used = np.tile(counts.owner, (draws, 1)), counts.used
    owners[:, used] = rng.permuted(owners[:, used], axis=1)
    return Resample(owners, np.ones(owners.shape))


def permuted_null(
    counts: GroupedCounts,
    rule: SelectionRule,
    *,
    observed: Ranking,
    draws: int,
    seed: int,
    halves: bool = True,
    tick: Tick = no_tick,
) -> PermutedNull:
    """The null from `draws` relabellings; `observed` sets the entropies at which decoys count."""
    resample = permuted_labels(counts, draws=draws, seed=seed)
    counter = DecoyCounter(observed)
    agreement = np.full((draws if halves else 0, counts.n_labels), np.nan)

    def passing() -> Iterator[Ranking]:
        if not halves:
            for ranking in rankings(counts, resample, tau=rule.tau, tick=tick):
                counter.add(ranking)
                yield ranking
            return
        triples = halved_rankings(counts, resample, tau=rule.tau, tick=tick)
        for index, (whole, first, second) in enumerate(triples):
            counter.add(whole)
            agreement[index] = half_agreement(first, second, rule, n_flat=counts.n_flat)
            yield whole

    kept = collected(passing(), rule, counts=counts, total=draws)
    return PermutedNull(kept, counter.mean(), agreement)


def halves_of(counts: GroupedCounts, owner: Ints) -> NDArray[np.int8]:
    """Which half (0 or 1) every group belongs to, int8 [draw, group], for owners [draw, group].

    Inside a label the groups, largest first, are dealt out as 0 1 1 0 0 1 1 0 ..., so that both
    halves hold about as many tokens.
    """
    largest_first = np.argsort(-counts.tokens, kind="stable")
    half = np.zeros(owner.shape, np.int8)
    for label in range(counts.n_labels):
        own = owner[:, largest_first] == label
        place = np.cumsum(own, axis=1) - 1
        half[:, largest_first] += (own * (((place + 1) // 2) % 2)).astype(np.int8)
    return half


def halved_rankings(
    counts: GroupedCounts, resample: Resample, *, tau: float, tick: Tick = no_tick
) -> Iterator[tuple[Ranking, Ranking, Ranking]]:
    """(whole, first half, second half) of every draw."""
    half = halves_of(counts, resample.owner)
    for block in blocks(len(resample), counts=counts):
        part = resample.part(block)
        in_first = replace(part, weight=part.weight * (half[block] == 0))
        in_second = replace(part, weight=part.weight * (half[block] == 1))
        active_a, tokens_a = label_sums(counts, in_first)
        active_b, tokens_b = label_sums(counts, in_second)
        whole = probabilities(active_a + active_b, tokens_a + tokens_b)
        first, second = probabilities(active_a, tokens_a), probabilities(active_b, tokens_b)
        for draw in range(len(whole)):
            yield ranked(whole[draw], tau), ranked(first[draw], tau), ranked(second[draw], tau)
        tick(len(part))


def half_agreement(first: Ranking, second: Ranking, rule: SelectionRule, *, n_flat: int) -> Floats:
    """Jaccard of both halves' sets, float64 [label]; nan where both are empty."""
    a = selected(first, set_sizes(first, rule, n_flat=n_flat))
    b = selected(second, set_sizes(second, rule, n_flat=n_flat))
    return np.array([jaccard(one, other) for one, other in zip(a, b, strict=True)])


def jaccard(a: NDArray[np.integer], b: NDArray[np.integer]) -> float:
    """Shared members over all members of two sets without repetitions; nan when both are empty."""
    both = len(np.intersect1d(a, b, assume_unique=True))
    either = len(a) + len(b) - both
    return both / either if either else float("nan")
