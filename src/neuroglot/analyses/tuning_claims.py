"""Claim B-6: training a language's units forgets less than other trainings with the same gain.

Takes Paths of one target or more; two verdicts for each, and for all of them: against random units
of the same modules (which decides *neuron-guided*), against LoRA of as many numbers (which decides
*better than LoRA*).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_rule, decided_rows, over_scopes
from neuroglot.analyses.forgetting import Paths
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import Part, arm, gate, missing, positive_gate, single_null

Floats = NDArray[np.float64]

UNITS, RANDOM, OTHER, MODULES = "units", "random", "other", "modules"
LORA, LORA_16, FULL = "lora", "lora16", "full"
ARMS = (UNITS, RANDOM, OTHER, MODULES, LORA, LORA_16, FULL)
AGAINST = {"neuron-guided": RANDOM, "better than LoRA": LORA}
"""What each verdict is decided against."""
LEAST_FAMILIES, LEAST_TARGETS, CONSISTENT = 10, 5, 0.8
RULE = claim_rule("B-6")


def forgets_less(found: Sequence[Paths], *, real: int = 1) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts`; arms that were not run decide nothing.

    found: of each target. real: how many units of the target with fewest are real.
    """
    claims: list[Row] = []
    parts: list[Row] = []
    for name, control in AGAINST.items():
        rows, more = _decided(found, name, control, gate("units that are real", real, least=1))
        claims, parts = [*claims, *rows], [*parts, *more]
    overall = [claim for claim in claims if claim["scope"] in AGAINST]
    n = min(len(each.seeds) for each in found)
    return [over_scopes(RULE, overall, n=n, all_hold="both"), *claims], parts


def _decided(
    found: Sequence[Paths], name: str, control: str, real: Part
) -> tuple[list[Row], list[Row]]:
    """The verdict over all targets, then that of each where there are several."""
    claims, parts = [], []
    scopes: Mapping[str, Sequence[Paths]] = {name: found}
    if len(found) > 1:
        scopes = {name: found, **{f"{each.target}, {name}": [each] for each in found}}
    for scope, own in scopes.items():
        beside = [real, *_parts(own, control)]
        if scope == name:
            beside.append(_consistent(own, control))
        value, replicates = _figure(own, control)
        claim, rows = decided_rows(
            RULE,
            value=value,
            replicates=replicates,
            parts=beside,
            n=min(len(each.seeds) for each in own),
            scope=scope,
        )
        claims.append(claim)
        parts += rows
    return claims, parts


def _figure(own: Sequence[Paths], control: str) -> tuple[float, Floats]:
    """How much more the control forgets than the units do, mean over targets, and replicates."""
    if not all({UNITS, control} <= set(each.arms) for each in own):
        return float("nan"), np.full(1, np.nan)
    drawn = np.mean([each.excess(control, UNITS) for each in own], axis=0)
    return float(drawn[0]), drawn[1:]


def _parts(own: Sequence[Paths], control: str) -> list[Part]:
    parts = [_gained(own, arm_name) for arm_name in (UNITS, control)]
    fewest = min(each.n_families for each in own)
    parts.append(gate("task families that are read", fewest, least=LEAST_FAMILIES))
    if control == RANDOM:
        parts.append(_other_units(own))
    for each in own:
        parts += [
            arm(f"numbers trained, {each.target}, {one}", each.trainable[one]) for one in each.arms
        ]
        shown = [one for one in each.arms if one not in (UNITS, control)]
        parts += [_beside(each, one) for one in shown]
    return parts


def _gained(own: Sequence[Paths], arm_name: str) -> Part:
    label = f"gain in the target, {arm_name}"
    if not all(arm_name in each.arms for each in own):
        return missing("gate", label, "not trained")
    drawn = np.mean([each.reached_gain(arm_name) for each in own], axis=0)
    return positive_gate(label, value=drawn[0], replicates=drawn[1:])


def _other_units(own: Sequence[Paths]) -> Part:
    label = "other languages' units, the same difference"
    if not all({UNITS, OTHER} <= set(each.arms) for each in own):
        return missing("null", label, "not run in this profile")
    value, replicates = _figure(own, OTHER)
    return single_null(label, difference=value, replicates=replicates)


def _beside(each: Paths, arm_name: str) -> Part:
    drawn = each.excess(arm_name, UNITS)
    low, high = percentile_interval(drawn[1:])
    return arm(f"{arm_name}, {each.target}, forgets more by", float(drawn[0]), low=low, high=high)


def _consistent(own: Sequence[Paths], control: str) -> Part:
    """Whether it is so in most targets, in the mean over the seeds of each."""
    label = "the same sign in 4 of 5 targets"
    if len(own) < LEAST_TARGETS:
        return missing("variant", label, f"{len(own)} of {LEAST_TARGETS} targets")
    share = float(np.mean([_figure([each], control)[0] > 0 for each in own]))
    return Part("variant", label, share, CONSISTENT, share >= CONSISTENT)
