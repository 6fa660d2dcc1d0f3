"""Claim A-5: a language's neurons are needed by that language more than by others.

Decided on selectivity beyond matched controls, under mean ablation, and it has to hold again under
resample ablation; zeroing is printed beside. Three words are kept apart: a set `contributes` when
the prediction suffers, is `necessary` when whole lines are no longer written, and `sufficient` when
raising it in another language brings its words.
"""

from collections.abc import Iterable
from dataclasses import replace

from neuroglot.analyses.claims import Row, claim_rule
from neuroglot.analyses.damage import Damage
from neuroglot.analyses.removed_sets import (
    PRIMARY,
    decided,
    margin_of,
    resampled,
)
from neuroglot.analyses.selectivity import plain_selectivity, selectivity
from neuroglot.analyses.verdicts import Part, drawn_null, missing, single_null, variant

RULE = claim_rule("A-5")


def needed_neurons(found: Damage, *, shown: Iterable[Part] = ()) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-5.

    shown: arms to print (behaviour, sufficiency), which decide nothing here.
    """
    main = selectivity(found, PRIMARY)
    rule = replace(RULE, margin=margin_of(main, least=RULE.margin))
    parts = [*_nulls(found, main.p), resampled(found, least=RULE.margin), _exclusive(found)]
    return decided(found, main, rule, parts=parts, shown=shown)


def _nulls(found: Damage, p: float) -> list[Part]:
    matched = drawn_null("matched neurons, exact rank test over languages", p=p)
    name = "candidates of highest entropy"
    if not found.has(PRIMARY, "highest_entropy"):
        return [matched, missing("null", name, "not run in this profile")]
    value, replicates = plain_selectivity(found, PRIMARY, "neurons")
    other, others = plain_selectivity(found, PRIMARY, "highest_entropy")
    return [
        matched,
        single_null(name, difference=value - other, replicates=replicates - others),
    ]


def _exclusive(found: Damage) -> Part:
    name = "exclusive neurons only"
    if not found.has(PRIMARY, "exclusive"):
        return missing("variant", name, "not run in this profile")
    value, replicates = plain_selectivity(found, PRIMARY, "exclusive")
    return variant(name, value=value, replicates=replicates)
