"""What claims about removed sets share: gates, other readings, figures beside, each language alone.

Takes Damage and the selectivity of the languages' own sets; gives parts and decisions in the units
of a claim's rule (A-5 for neurons by LAPE, B-2 for units by PLS). Knows no claim.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from neuroglot.analyses.claim_rule import ClaimRule
from neuroglot.analyses.claims import Row, claim_row, decided_rows
from neuroglot.analyses.damage import Damage
from neuroglot.analyses.selectivity import Selectivity, selectivity, variance_shares
from neuroglot.analyses.uncertainty import holm, percentile_interval, permutation_p
from neuroglot.analyses.verdicts import Part, arm, decide, drawn_null, gate, missing

PRIMARY, AGAIN, PUBLISHED = "mean", "resample", "zero"
LEAST_DRAWS = 19
LEAST_INTERACTION = 0.10


def margin_of(one: Selectivity, *, least: float) -> float:
    """Half of the matched control's damage to its own language, at least `least`."""
    return max(least, 0.5 * float(one.control_own.mean()))


def damage_gates(found: Damage, main: Selectivity, rule: ClaimRule) -> list[Part]:
    """Whether anything changes, with enough draws and enough units in every language."""
    low, high = percentile_interval(main.mean_damage)
    value = float(main.damage.mean())
    changes = bool(low > 0 or high < 0)
    return [
        Part("gate", "mean change over all cells", value, 0.0, changes, low=low, high=high),
        gate("matched draws", main.draws, least=LEAST_DRAWS),
        gate(
            f"{rule.unit} count of the smallest language",
            min(found.repositories.values()),
            least=rule.minimum_each,
        ),
    ]


def resampled(found: Damage, *, least: float) -> Part:
    """Whether it is so again where units get what they did in other texts."""
    if not (found.has(AGAIN) and found.has(AGAIN, "matched")):
        return missing("variant", "resample ablation", "not run")
    again = selectivity(found, AGAIN)
    low, high = percentile_interval(again.replicates.mean(axis=1))
    margin = margin_of(again, least=least)
    passed = bool(low > margin and drawn_null("", p=again.p).passed)
    return Part("variant", "resample ablation", again.value, margin, passed, "", low, high, again.p)


def beside(found: Damage, main: Selectivity) -> list[Part]:
    """How the matrix varies, what the controls do, and the published operation."""
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
        arm("matched sets' damage to their own language", float(main.control_own.mean())),
    ]
    if found.has(PUBLISHED) and found.has(PUBLISHED, "matched"):
        one = selectivity(found, PUBLISHED)
        low, high = percentile_interval(one.replicates.mean(axis=1))
        parts.append(arm("zero ablation", one.value, low=low, high=high))
    return parts


def decided(
    found: Damage,
    main: Selectivity,
    rule: ClaimRule,
    *,
    parts: Iterable[Part],
    shown: Iterable[Part] = (),
    of_each: Sequence[Part] = (),
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims`, overall and of each language, and of `claim_parts`.

    parts: what the claim rests on beside its gates. shown: arms to print. of_each: what each
    language's verdict rests on as well.
    """
    overall, rows = decided_rows(
        rule,
        value=main.value,
        replicates=main.replicates.mean(axis=1),
        parts=[*damage_gates(found, main, rule), *parts, *beside(found, main), *shown],
        n=sum(found.repositories.values()),
        p=main.p,
    )
    return [overall, *each_language(found, main, rule, parts=of_each)], rows


def each_language(
    found: Damage, main: Selectivity, rule: ClaimRule, *, parts: Sequence[Part] = ()
) -> list[Row]:
    """Rows of `claims`: each language by its own interval; p by the bootstrap, Holm over languages.

    parts: what else a language's verdict rests on.
    """
    p_values = np.array(
        [permutation_p(0.0, -main.replicates[:, k]) for k in range(len(main.labels))]
    )
    corrected = holm(p_values)
    rows = []
    for k, label in enumerate(main.labels):
        p, p_holm = float(p_values[k]), float(corrected[k])
        decision = decide(
            value=float(main.selectivity[k]),
            replicates=main.replicates[:, k],
            margin=rule.margin,
            parts=[
                gate("matched draws", main.draws, least=LEAST_DRAWS),
                drawn_null("selective at all", p=p, p_holm=p_holm),
                *parts,
            ],
            units=found.repositories[label],
            minimum=rule.minimum,
            unit=rule.unit,
        )
        rows.append(
            claim_row(
                rule,
                scope=label,
                decision=decision,
                n=found.repositories[label],
                unit=rule.unit,
                p=p,
                p_holm=p_holm,
            )
        )
    return rows
