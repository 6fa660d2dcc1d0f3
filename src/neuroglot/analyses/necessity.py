"""Claim A-5: a language's neurons are needed by that language more than by others.

Decided on selectivity beyond matched controls, under mean ablation, and it has to hold again under
resample ablation; zeroing is printed beside. Three words are kept apart: a set `contributes` when
the prediction suffers, is `necessary` when whole lines are no longer written, and `sufficient` when
raising it in another language brings its words.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import ClaimRule, Row, claim_row, claim_rule, decided_rows
from neuroglot.analyses.damage import Damage
from neuroglot.analyses.selectivity import (
    Selectivity,
    plain_selectivity,
    selectivity,
    variance_shares,
)
from neuroglot.analyses.uncertainty import holm, percentile_interval, permutation_p
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    arm,
    decide,
    drawn_null,
    gate,
    missing,
    single_null,
    variant,
)

Floats = NDArray[np.float64]
RULE = claim_rule("A-5")
PRIMARY, AGAIN, PUBLISHED = "mean", "resample", "zero"
LEAST_DRAWS = 19
LEAST_INTERACTION = 0.10
UNITS = "repository"


def needed_neurons(found: Damage, *, beside: Iterable[Part] = ()) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-5.

    beside: arms to print (behaviour, sufficiency), which decide nothing here.
    """
    main = selectivity(found, PRIMARY)
    margin = margin_of(main)
    rule = replace(RULE, margin=margin)
    parts = [*_gates(found, main), *_nulls(found, main), *_variants(found)]
    overall, rows = decided_rows(
        rule,
        value=main.value,
        replicates=main.replicates.mean(axis=1),
        parts=[*parts, *_arms(found, main), *beside],
        n=sum(found.repositories.values()),
        p=main.p,
    )
    own = _own_decisions(found, main, rule)
    claims = [overall]
    claims += [
        claim_row(
            rule,
            scope=label,
            decision=each,
            n=found.repositories[label],
            unit=UNITS,
            p=p,
            p_holm=p_holm,
        )
        for label, (each, p, p_holm) in own.items()
    ]
    return claims, rows


def margin_of(one: Selectivity) -> float:
    """Half of the matched control's damage to its own language, at least 0.001 nats per byte."""
    return max(RULE.margin, 0.5 * float(one.control_own.mean()))


def _gates(found: Damage, main: Selectivity) -> list[Part]:
    low, high = percentile_interval(main.mean_damage)
    value = float(main.damage.mean())
    changes = bool(low > 0 or high < 0)
    return [
        Part("gate", "mean change over all cells", value, 0.0, changes, low=low, high=high),
        gate("matched draws", main.draws, least=LEAST_DRAWS),
        gate(
            f"{UNITS} count of the smallest language",
            min(found.repositories.values()),
            least=RULE.minimum_each,
        ),
    ]


def _nulls(found: Damage, main: Selectivity) -> list[Part]:
    matched = drawn_null("matched neurons, exact rank test over languages", p=main.p)
    name = "candidates of highest entropy"
    if not found.has(PRIMARY, "highest_entropy"):
        return [matched, missing("null", name, "not run in this profile")]
    value, replicates = plain_selectivity(found, PRIMARY, "neurons")
    other, others = plain_selectivity(found, PRIMARY, "highest_entropy")
    return [
        matched,
        single_null(name, difference=value - other, replicates=replicates - others),
    ]


def _variants(found: Damage) -> list[Part]:
    parts: list[Part] = []
    if found.has(AGAIN) and found.has(AGAIN, "matched"):
        again = selectivity(found, AGAIN)
        low, high = percentile_interval(again.replicates.mean(axis=1))
        margin = margin_of(again)
        passed = bool(low > margin and drawn_null("", p=again.p).passed)
        parts.append(
            Part(
                "variant", "resample ablation", again.value, margin, passed, "", low, high, again.p
            )
        )
    else:
        parts.append(missing("variant", "resample ablation", "not run"))
    name = "exclusive neurons only"
    if found.has(PRIMARY, "exclusive"):
        value, replicates = plain_selectivity(found, PRIMARY, "exclusive")
        parts.append(variant(name, value=value, replicates=replicates))
    else:
        parts.append(missing("variant", name, "not run in this profile"))
    return parts


def _arms(found: Damage, main: Selectivity) -> list[Part]:
    shares = variance_shares(main.damage)
    parts = [
        arm("variance between ablated sets", shares.rows),
        arm("variance between languages read", shares.columns),
        Part(
            "arm",
            "variance of the interaction",
            shares.interaction,
            LEAST_INTERACTION,
            note="" if shares.interaction >= LEAST_INTERACTION else "mostly margins",
        ),
        arm("matched neurons' damage to their own language", float(main.control_own.mean())),
    ]
    for operation, words in ((PUBLISHED, "zero ablation"),):
        if found.has(operation) and found.has(operation, "matched"):
            one = selectivity(found, operation)
            low, high = percentile_interval(one.replicates.mean(axis=1))
            parts.append(arm(words, one.value, low=low, high=high))
    return parts


def _own_decisions(
    found: Damage, main: Selectivity, rule: ClaimRule
) -> dict[str, tuple[Decision, float, float]]:
    """Each language by its own interval; p by the bootstrap, Holm over languages."""
    p_values = np.array(
        [permutation_p(0.0, -main.replicates[:, k]) for k in range(len(main.labels))]
    )
    corrected = holm(p_values)
    decisions = {}
    for k, label in enumerate(main.labels):
        decision = decide(
            value=float(main.selectivity[k]),
            replicates=main.replicates[:, k],
            margin=rule.margin,
            parts=[
                gate("matched draws", main.draws, least=LEAST_DRAWS),
                drawn_null("selective at all", p=float(p_values[k]), p_holm=float(corrected[k])),
            ],
            units=found.repositories[label],
            minimum=rule.minimum,
            unit=UNITS,
        )
        decisions[label] = (decision, float(p_values[k]), float(corrected[k]))
    return decisions
