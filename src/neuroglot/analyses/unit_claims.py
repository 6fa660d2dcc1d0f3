"""Claims B-2 to B-4: what removing units chosen by PLS does to the prediction of solutions.

Takes Damage over tasks that the units were not chosen on: of the languages' own units (B-2), of MLP
units by PLS and by LAPE in equal number (B-3), and of those universal to all languages (B-4).
Decided under mean ablation; zeroing, which the paper does, is printed beside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_rule, decided_rows
from neuroglot.analyses.damage import Damage, Variation
from neuroglot.analyses.passing import PASSES
from neuroglot.analyses.pls import UNIVERSAL
from neuroglot.analyses.removed_sets import (
    LEAST_DRAWS,
    PRIMARY,
    decided,
    margin_of,
    resampled,
)
from neuroglot.analyses.selectivity import column_contrast, selectivity
from neuroglot.analyses.verdicts import (
    Part,
    arm,
    drawn_null,
    gate,
    missing,
    single_null,
    variant,
)

Floats = NDArray[np.float64]
LARGEST = "highest_magnitude"


def hurt_most(
    found: Damage, *, passes: Part | None, shown: Iterable[Part] = ()
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for B-2.

    passes: whether programs that pass say the same; None: none were run. shown: arms to print.
    """
    main = selectivity(found, PRIMARY)
    rule = claim_rule("B-2")
    rule = replace(rule, margin=margin_of(main, least=rule.margin))
    also = [
        resampled(found, least=0.0),
        missing("variant", PASSES, "not run") if passes is None else passes,
    ]
    value, replicates = column_contrast(found, PRIMARY)
    nulls = [
        drawn_null("matched units, exact rank test over languages", p=main.p),
        single_null(
            "other languages' units on the same language", difference=value, replicates=replicates
        ),
    ]
    return decided(found, main, rule, parts=[*nulls, *also], shown=shown, of_each=also)


def better_than_lape(
    pls: Damage, lape: Damage, everywhere: Damage, *, sizes: Mapping[str, int]
) -> tuple[list[Row], list[Row]]:
    """Rows for B-3.

    pls, lape: of MLP units by the one and the other; everywhere: of as many by PLS from all
    projections. sizes: how many units each language's sets have.
    """
    mine, theirs, wide = (selectivity(each, PRIMARY) for each in (pls, lape, everywhere))
    rule = claim_rule("B-3")
    rule = replace(rule, margin=max(rule.margin, 0.25 * float(theirs.control_own.mean())))
    less = theirs.replicates.mean(axis=1)
    fewest = min(sizes.values())
    parts = [
        gate("matched draws", min(mine.draws, theirs.draws), least=LEAST_DRAWS),
        gate("units of the language with fewest", fewest, least=1),
        drawn_null("matched MLP units, exact rank test over languages", p=mine.p),
        variant(
            "PLS over all projections",
            value=wide.value - theirs.value,
            replicates=wide.replicates.mean(axis=1) - less,
        ),
        arm("selectivity of MLP units by PLS", mine.value),
        arm("selectivity of neurons by LAPE", theirs.value),
    ]
    overall, rows = decided_rows(
        rule,
        value=mine.value - theirs.value,
        replicates=mine.replicates.mean(axis=1) - less,
        parts=parts,
        n=sum(pls.repositories.values()),
        p=mine.p,
    )
    return [overall], rows


def universal_units(
    found: Damage, *, bytes_per_token: Mapping[str, float], size: int
) -> tuple[list[Row], list[Row]]:
    """Rows for B-4.

    bytes_per_token: of the scored text of each language. size: how many universal units there are.
    """
    rule = claim_rule("B-4")
    draws = _matched_draws(found)
    true, drawn = _in_tokens(found, "neurons", 0, bytes_per_token)
    others = [_in_tokens(found, "matched", draw, bytes_per_token) for draw in draws]
    matched = np.stack([own for own, _ in others])
    least = true - matched.mean(axis=0)
    again = drawn - np.mean([own for _, own in others], axis=0)
    big, big_drawn = _in_tokens(found, LARGEST, 0, bytes_per_token)
    p = _rank_p(np.concatenate([true[None], matched]))
    parts = [
        gate("matched draws", len(draws), least=LEAST_DRAWS),
        gate("universal units", size, least=1),
        drawn_null("units matched by layer, projection and score", p=p),
        single_null(
            "as many units with the highest mean activation",
            difference=float((true - big).min()),
            replicates=(drawn - big_drawn).min(axis=1),
        ),
        arm("language that is hurt least, damage", float(true.min())),
        arm("matched units, damage to that language", float(matched[:, true.argmin()].mean())),
    ]
    overall, rows = decided_rows(
        rule,
        value=float(least.min()),
        replicates=again.min(axis=1),
        parts=parts,
        n=sum(found.repositories.values()),
        p=p,
    )
    return [overall], rows


def _matched_draws(found: Damage) -> list[int]:
    """Draws that were scored on every language."""
    each = [set(found.draws(UNIVERSAL, PRIMARY, "matched", label)) for label in found.labels]
    return sorted(set.intersection(*each))


def _in_tokens(
    found: Damage, name: str, draw: int, bytes_per_token: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """Damage of one set to each language, nats per token: [label] and [replicate, label]."""
    cells = [
        found.change(Variation(UNIVERSAL, PRIMARY, name, draw), label) for label in found.labels
    ]
    sizes = np.array([bytes_per_token[label] for label in found.labels])
    values = np.array([cell.value for cell in cells])
    return values * sizes, np.stack([cell.replicates for cell in cells], axis=1) * sizes


def _rank_p(damage: Floats) -> float:
    """How often a set does at least as much harm where it does least, the first set being true.

    damage: [set, label]; each set against the mean over all of them, so that under chance all are
    alike.
    """
    least = (damage - damage.mean(axis=0)).min(axis=1)
    return float(np.mean(least >= least[0] - 1e-12))
