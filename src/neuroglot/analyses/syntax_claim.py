"""Claim B-5a: lower layers hold what belongs to a language, its identity and its syntax.

Takes what probes said of each task's tokens, gives rows of `claims` and `claim_parts`. Two curves
over the layers must fall from the bottom to the middle: how often an identifier's language is told,
and the balanced accuracy of a token's kind less that of the control task. The embedding is no
layer: it has read nothing but the token, and stands in the table beside.
"""

from dataclasses import replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_row, claim_rule, decided_rows
from neuroglot.analyses.placement import LEAST_LAYERS, bottom, in_the_middle, top
from neuroglot.analyses.probe_counts import (
    CONTROL,
    HIDDEN,
    TOKEN,
    UNTRAINED,
    UNTRAINED_CONTROL,
    ProbeCounts,
)
from neuroglot.analyses.verdicts import Decision, Part, arm, gate, missing, single_null
from neuroglot.text.probed_tokens import AST, LANGUAGE, SHARED_BY

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
RULE = claim_rule("B-5a")
THE_CONTROL, THE_TOKEN, THE_TWIN = RULE.nulls


def lower_layers_claim(
    found: ProbeCounts, *, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows for both together (scope `overall`), and for each by itself (`ast`, `language`).

    In every draw the overall figure is the smaller one: where it holds, both do.
    """
    weights = found.weights(draws=resamples, seed=seed)
    n = min(found.n_tasks(AST), found.n_tasks(LANGUAGE))
    gates = [
        gate("tasks", n, least=RULE.minimum),
        gate("layers", len(found.levels) - 1, least=LEAST_LAYERS),
        gate("languages", len(found.targets[LANGUAGE].classes), least=SHARED_BY),
    ]
    claims, rows, falls = [], [], []
    both = list(gates)
    for scope in (AST, LANGUAGE):
        fall, nulls, arms = _half(found, scope, weights)
        claim, parts = _decided(scope, fall, [*gates, *nulls, *arms], n=n)
        claims.append(claim)
        rows += parts
        falls.append(fall)
        both += [replace(part, name=f"{part.name} ({scope})") for part in nulls]
    claim, parts = _decided("overall", np.min(falls, axis=0), both, n=n)
    return [claim, *claims], [*parts, *rows]


def without_probes(reason: str) -> tuple[list[Row], list[Row]]:
    """The same rows where no probe could be trained."""
    decision = Decision("cannot tell", reason, nan, nan, nan)
    return [claim_row(RULE, scope="overall", decision=decision, n=0, unit=RULE.unit)], []


def _decided(scope: str, fall: Floats, parts: list[Part], *, n: int) -> tuple[Row, list[Row]]:
    return decided_rows(
        RULE, value=float(fall[0]), replicates=fall[1:], parts=parts, n=n, scope=scope
    )


def _half(
    found: ProbeCounts, target: str, weights: Floats
) -> tuple[Floats, list[Part], list[Part]]:
    """How far a curve falls, float64 [1 + draw], its nulls and its arms.

    What falls no further than labels dealt at random do is the probe's own doing. The token's
    identity is the same at every layer: it is beaten where the bottom tells more.
    """
    layers = len(found.levels) - 1
    low, middle = bottom(layers), in_the_middle(range(layers), layers)
    scored = found.balanced_accuracy if target == AST else found.accuracy

    def score(feature: str) -> Floats:
        return scored(target, feature, weights)[:, 1:]

    def curve(feature: str, control: str) -> Floats:
        return score(feature) - score(control) if target == AST else score(feature)

    def fall(values: Floats) -> Floats:
        return _mean(values, low) - _mean(values, middle)

    hidden = curve(HIDDEN, CONTROL)
    nulls = [
        _null(THE_CONTROL, fall(score(HIDDEN)) - fall(score(CONTROL))),
        _null(THE_TOKEN, _mean(score(HIDDEN) - score(TOKEN), low)),
        _null(THE_TWIN, fall(hidden) - fall(curve(UNTRAINED, UNTRAINED_CONTROL)))
        if UNTRAINED in found.features
        else missing("null", THE_TWIN, "not run in this profile"),
    ]
    regions = (("bottom", low), ("middle", middle), ("top", top(layers)))
    arms = [arm(f"mean over the {name}", float(_mean(hidden, own)[0])) for name, own in regions]
    return fall(hidden), nulls, arms


def _null(name: str, above: Floats) -> Part:
    return single_null(name, difference=float(above[0]), replicates=above[1:])


def _mean(values: Floats, layers: Bools) -> Floats:
    """Mean over some layers, [draw]; nan where there is none."""
    if not layers.any():
        return np.full(len(values), nan)
    found: Floats = values[:, layers].mean(axis=1)
    return found
