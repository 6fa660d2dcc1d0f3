"""The one table of claims, and the rows that a decided claim becomes.

The rules stand in a module for each paper; the modules that compute a claim take statistic, margin,
unit, nulls, gates and variants from here.
"""

from collections.abc import Iterable, Sequence
from math import isfinite, nan
from typing import Any

from numpy.typing import ArrayLike

from neuroglot.analyses import paper_a_claims, paper_b_claims, paper_c_claims
from neuroglot.analyses.claim_rule import ClaimRule
from neuroglot.analyses.verdicts import Decision, Part, decide

Row = dict[str, Any]


RULES: tuple[ClaimRule, ...] = (*paper_a_claims.RULES, *paper_b_claims.RULES, *paper_c_claims.RULES)
_BY_ID = {rule.id: rule for rule in RULES}


def claim_rule(claim_id: str) -> ClaimRule:
    """The row of a claim."""
    return _BY_ID[claim_id]


def claim_row(
    rule: ClaimRule,
    *,
    scope: str,
    decision: Decision,
    n: int,
    unit: str,
    p: float | None = None,
    p_holm: float | None = None,
) -> Row:
    """One row of the table `claims`; scope is `overall` or a label."""
    return {
        "id": rule.id,
        "scope": scope,
        "statement": rule.statement,
        "source": rule.source,
        "published": rule.published,
        "value": known(decision.value),
        "margin": rule.margin,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "rule": rule.rule,
        "needed": decision.needed,
        "n": n,
        "unit": unit,
        "low": known(decision.low),
        "high": known(decision.high),
        "p": known(p),
        "p_holm": known(p_holm),
    }


def decided_rows(
    rule: ClaimRule,
    *,
    value: float,
    replicates: ArrayLike,
    parts: Sequence[Part],
    n: int,
    scope: str = "overall",
    p: float | None = None,
    p_holm: float | None = None,
) -> tuple[Row, list[Row]]:
    """The row of `claims` and those of `claim_parts` of one figure, in the units of the rule."""
    decision = decide(
        value=value,
        replicates=replicates,
        margin=rule.margin,
        parts=parts,
        units=n,
        minimum=rule.minimum,
        unit=rule.unit,
    )
    claim = claim_row(rule, scope=scope, decision=decision, n=n, unit=rule.unit, p=p, p_holm=p_holm)
    return claim, part_rows(rule, scope=scope, parts=parts, n=n, unit=rule.unit)


def over_scopes(rule: ClaimRule, claims: Sequence[Row], *, n: int, all_hold: str) -> Row:
    """The overall row of a claim that is decided in several scopes: all, some by name, or none.

    all_hold: what is said where every one holds.
    """
    verdicts = {claim["verdict"] for claim in claims}
    holding = [claim["scope"] for claim in claims if claim["verdict"] == "holds"]
    if len(holding) == len(claims):
        decision = Decision("holds", all_hold, nan, nan, nan)
    elif holding:
        decision = Decision("holds", f"{', '.join(holding)} alone", nan, nan, nan)
    elif verdicts == {"does not hold"}:
        decision = Decision("does not hold", "none of them", nan, nan, nan)
    else:
        reasons = {claim["reason"] for claim in claims}
        each = "; ".join(f"{claim['scope']}: {claim['verdict']}" for claim in claims)
        reason = reasons.pop() if len(reasons) == 1 else each
        decision = Decision("cannot tell", reason, nan, nan, nan)
    return claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)


def part_rows(
    rule: ClaimRule, *, scope: str, parts: Iterable[Part], n: int, unit: str
) -> list[Row]:
    """Rows of the table `claim_parts`."""
    return [
        {
            "id": rule.id,
            "scope": scope,
            "kind": part.kind,
            "name": part.name,
            "value": known(part.value),
            "bound": known(part.bound),
            "passed": part.passed,
            "n": n,
            "unit": unit,
            "low": known(part.low),
            "high": known(part.high),
            "p": known(part.p),
            "p_holm": known(part.p_holm),
        }
        for part in parts
    ]


def known(value: float | None) -> float | None:
    """A finite number as it is; nan and infinity as None, which a table can hold."""
    return None if value is None or not isfinite(value) else float(value)
