"""Claim B-8: training the concept band transfers summaries best.

Takes the score of every test item under every arm and seed, gives rows of `claims` and
`claim_parts`. Families of programs are resampled, seeds with them; each arm was tuned on dev items
that are not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import Row, claim_rule, decided_rows, over_scopes
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import Part, arm, gate, missing, positive_gate, single_null
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RULE = claim_rule("B-8")
BAND, SHUFFLED, BASE, SINGLE = "band", "shuffled", "base", "single"
RIVALS = ("all", "low", "high", SINGLE)
"""Arms of equal size that the band must beat, the best of them."""
LEAST_SEEDS = 5


@dataclass(frozen=True, eq=False)
class Transfer:
    """scores: float64 [seed, item] of each arm (0 to 100), `base` with one row. family: int64
    [item], the family of each item's program. source_free: whether the target's programs and
    language are absent from the first stage, by digest.
    """

    scores: Mapping[str, Floats]
    family: Ints
    source_free: bool

    def __post_init__(self) -> None:
        n = len(self.family)
        wrong = [name for name, each in self.scores.items() if each.ndim != 2 or each.shape[1] != n]
        if wrong:
            raise ValueError(f"scores of {wrong[0]} are not [seed, {n}]")

    @classmethod
    def of(cls, rows: Sequence[Row], *, source_free: bool = True) -> Self:
        """From rows of `summary_items`, of one size and of the base model; items in one order."""
        arms: dict[str, dict[int, list[float]]] = {}
        for row in rows:
            arms.setdefault(row["arm"], {}).setdefault(row["seed"], []).append(row["rouge_l"])
        first = (rows[0]["arm"], rows[0]["seed"])
        names = [row["family"] for row in rows if (row["arm"], row["seed"]) == first]
        family = np.unique(names, return_inverse=True)[1]
        scores = {arm: np.array(list(seeds.values())) for arm, seeds in arms.items()}
        return cls(scores, family, source_free)


def transfer_claims(
    found: Mapping[int, Transfer], *, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts`: of each size, by examples of the target, and of all."""
    claims: list[Row] = []
    parts: list[Row] = []
    for size, each in found.items():
        scope = f"{size:,} examples"
        claim, rows = _decided(each, scope=scope, resamples=resamples, seed=seed)
        claims, parts = [*claims, claim], [*parts, *rows]
    n = min(claim["n"] for claim in claims)
    return [over_scopes(RULE, claims, n=n, all_hold="every size"), *claims], parts


def _decided(found: Transfer, *, scope: str, resamples: int, seed: int) -> tuple[Row, list[Row]]:
    families = len(np.unique(found.family))
    drawn = _drawn(found, draws=resamples, seed=seed)
    rivals = [drawn[name] for name in RIVALS if name in drawn]
    absent = [name for name in (BAND, *RIVALS) if name not in drawn]
    differences = np.full(1 + resamples, np.nan)
    if BAND in drawn and rivals:
        # The best rival of each sample: which one is best is part of the figure.
        differences = drawn[BAND] - np.max(rivals, axis=0)
    parts = [*_gates(found, drawn), *_nulls(drawn)]
    parts += [missing("variant", name, "arm not run") for name in absent]
    parts += [
        arm(name, float(each[0]), low=low, high=high)
        for name, each in drawn.items()
        for low, high in [percentile_interval(each[1:])]
    ]
    return decided_rows(
        RULE,
        value=float(differences[0]),
        replicates=differences[1:],
        parts=parts,
        n=families,
        scope=scope,
    )


def _gates(found: Transfer, drawn: Mapping[str, Floats]) -> list[Part]:
    n_seeds = len(found.scores[BAND]) if BAND in found.scores else 0
    parts = [
        gate("seeds", n_seeds, least=LEAST_SEEDS),
        gate("the target is absent from the first stage", found.source_free, least=1),
    ]
    if BASE in drawn and SINGLE in drawn:
        gain = drawn[SINGLE] - drawn[BASE]
        name = "gain of a single stage over the base model"
        parts.append(positive_gate(name, value=gain[0], replicates=gain[1:]))
    return parts


def _nulls(drawn: Mapping[str, Floats]) -> list[Part]:
    name = "the first stage with foreign summaries"
    if SHUFFLED not in drawn or BAND not in drawn:
        return [missing("null", name, "not run")]
    difference = drawn[BAND] - drawn[SHUFFLED]
    return [single_null(name, difference=float(difference[0]), replicates=difference[1:])]


def _drawn(found: Transfer, *, draws: int, seed: int) -> dict[str, Floats]:
    """Mean score of each arm: float64 [1 + draw], the first over all as they are.

    Families are drawn with their items, and seeds; every arm gets the same draws.
    """
    weights = problem_weights(found.family, draws=draws, seed=seed)
    n_seeds = max(len(each) for each in found.scores.values())
    rng = generator(seed, "bootstrap of seeds")
    times = np.concatenate(
        [
            np.ones((1, n_seeds)),
            rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), draws).astype(np.float64),
        ]
    )
    means = {}
    for name, scores in found.scores.items():
        # An arm of one row, the base model, has no seeds to draw.
        of_seed = times[:, : len(scores)] if len(scores) == n_seeds else np.ones((draws + 1, 1))
        sums = np.einsum("ds,si,di->d", of_seed, np.asarray(scores, dtype=np.float64), weights)
        means[name] = sums / (of_seed.sum(axis=1) * weights.sum(axis=1))
    return means
