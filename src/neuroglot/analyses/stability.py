"""How far the sets depend on choices: bound, number, amount of text, reading, languages in study.

Rows of the table `stability`. Every alternative is compared with the main selection: Jaccard, the
share of the main set that survives, and the rank correlation of entropies over its candidates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.concentration import known_mean
from neuroglot.analyses.draws import MAIN, SCALES, Resample, identity, label_sums
from neuroglot.analyses.evidence import Evidence, observed_halves
from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.permutation import jaccard
from neuroglot.analyses.readings import WITHOUT, Readings
from neuroglot.analyses.selection import (
    Floats,
    Ints,
    Ranking,
    SelectionRule,
    entropies,
    probabilities,
    ranked,
    selected,
    set_sizes,
)
from neuroglot.analyses.uncertainty import spearman
from neuroglot.base.seeds import generator

SHARES = (1 / 8, 1 / 4, 1 / 2)
SHARE_DRAWS = 20
VARIANTS = ("headers", "code", "late", "standardised")
LOW_QUANTILE = 0.05


@dataclass(frozen=True, eq=False)
class View:
    """One selection with the probabilities [label, flat] behind it."""

    labels: tuple[str, ...]
    probability: Floats
    ranking: Ranking
    sets: list[Ints]


@dataclass(frozen=True, eq=False)
class Agreement:
    """Of one selection with the main one, float64 [label] each."""

    jaccard: Floats
    survives: Floats
    entropy_rho: Floats
    last_entropy: Floats


def view(counts: GroupedCounts, rule: SelectionRule, resample: Resample | None = None) -> View:
    """The selection in the counts as they are, or in the only draw of a resample."""
    active, tokens = label_sums(counts, identity(counts) if resample is None else resample)
    probability = probabilities(active[0], tokens[0])
    ranking = ranked(probability, rule.tau)
    sizes = set_sizes(ranking, rule, n_flat=counts.n_flat)
    return View(counts.labels, probability, ranking, selected(ranking, sizes))


def agreement(main: View, other: View) -> Agreement:
    """How the labels of `other` agree with the same labels of `main`."""
    rows = []
    for at, label in enumerate(other.labels):
        home = main.labels.index(label)
        mine, theirs = main.sets[home], other.sets[at]
        candidates = main.ranking.order(home)
        kept = np.isin(mine, theirs).sum()
        last = other.ranking.entropies(at)[len(theirs) - 1] if len(theirs) else np.nan
        rows.append(
            (
                jaccard(mine, theirs),
                kept / len(mine) if len(mine) else np.nan,
                spearman(main.ranking.entropies(home), entropies(other.probability[:, candidates])),
                last,
            )
        )
    return Agreement(*np.array(rows, dtype=np.float64).T)


def part_of_groups(counts: GroupedCounts, share: float, *, draws: int, seed: int) -> Resample:
    """Whole groups at random, the given share of every label's groups (rounded, at least one).

    With one seed, a smaller share of a draw is a part of the larger share.
    """
    rng = generator(seed, "shares of the groups")
    weight = np.zeros((draws, len(counts.owner)))
    for draw in range(draws):
        order = rng.permutation(counts.used)
        for label in range(counts.n_labels):
            own = order[counts.owner[order] == label]
            weight[draw, own[: max(1, round(share * len(own)))]] = 1
    return Resample(counts.owner[None], weight)


def learning_curve(
    counts: GroupedCounts, rule: SelectionRule, *, share: float, seed: int
) -> Agreement:
    """Mean agreement of a share of the groups with all of them, over 20 draws of groups."""
    main = view(counts, rule)
    columns: list[list[Floats]] = [[], [], [], []]
    parts = part_of_groups(counts, share, draws=SHARE_DRAWS, seed=seed)
    for draw in range(SHARE_DRAWS):  # one at a time: a view holds a whole probability matrix
        found = agreement(main, view(counts, rule, parts.part(slice(draw, draw + 1))))
        values = (found.jaccard, found.survives, found.entropy_rho, found.last_entropy)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    return Agreement(*(known_mean(np.array(column), axis=0) for column in columns))


def stability_rows(found: Readings, curve: Mapping[float, Agreement]) -> list[Row]:
    """Rows of `stability`; `curve` holds `learning_curve` by share of the groups.

    The column permuted_last_entropy is the 5% quantile under permuted labels: a last member below
    it is more specific than chance makes it. What a row does not measure is None.
    """
    main = view(found.main.counts, found.main.rule)
    rows = list(_grid_rows(found, main))
    for share, agreed in sorted(curve.items()):
        rows += _rows(found.main, agreed, share=share)
    names = [*VARIANTS, *(WITHOUT + label for label in found.left_out)]
    for name in (name for name in names if name in found.present):
        one = found.present[name]
        agreed = agreement(main, view(one.counts, one.rule))
        rows += _rows(one, agreed, variant=name, halves=one.halves, scale=MAIN)
    return rows


def _grid_rows(found: Readings, main: View) -> Iterator[Row]:
    """Bound x number, of which one cell is the main selection."""
    for one in found.by_tau.values():
        seen: set[int] = set()
        for at, scale in enumerate(SCALES):
            rule = one.rule.scaled(scale)
            asked = rule.asked(one.counts.n_flat)
            if asked not in seen:
                seen.add(asked)
                agreed = agreement(main, view(one.counts, rule))
                halves = observed_halves(one.counts, rule)
                yield from _rows(one, agreed, rule=rule, halves=halves, scale=at)


def _rows(
    one: Evidence,
    agreed: Agreement,
    *,
    rule: SelectionRule | None = None,
    share: float = 1.0,
    variant: str = "none",
    halves: Floats | None = None,
    scale: int | None = None,
) -> Iterator[Row]:
    """A row per label; without `scale` nothing was permuted for this alternative."""
    counts, used = one.counts, rule or one.rule
    groups = counts.groups_per_label()
    for at, label in enumerate(counts.labels):
        permuted = np.zeros(0) if scale is None else one.null.draws.last_entropy[:, scale, at]
        finite = permuted[np.isfinite(permuted)]
        yield {
            "language": label,
            "tau": used.tau,
            "nu": used.asked(counts.n_flat),
            "tokens_share": share,
            "variant": variant,
            "jaccard_halves": None if halves is None else known(halves[at]),
            "jaccard_full": known(agreed.jaccard[at]),
            "survives": known(agreed.survives[at]),
            "entropy_rho": known(agreed.entropy_rho[at]),
            "last_entropy": known(agreed.last_entropy[at]),
            "permuted_last_entropy": (
                known(float(np.quantile(finite, LOW_QUANTILE))) if len(finite) else None
            ),
            "n_star": None if scale is None else int(one.n_star[at]),
            "n": max(1, round(share * int(groups[at]))),
            "unit": counts.unit,
            "low": None,
            "high": None,
        }
