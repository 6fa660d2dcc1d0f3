"""What happens without a component, or with another prompt's: patching rows, and claim C-6.

Takes leads of the right closers, clean and edited, as arrays by variant and prompt or pair; gives
rows of `patching` and the claim. Knows no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.bracket_answers import EVERY, BracketAsked, averaged
from neuroglot.analyses.claims import Row, claim_row, claim_rule, known, part_rows
from neuroglot.analyses.uncertainty import holm, percentile_interval
from neuroglot.analyses.verdicts import (
    Decision,
    Part,
    failed_gates,
    gate,
    missing,
    plural,
    single_null,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Place = tuple[str, int, int]
"""A component, its layer, and its head, -1 where it is none."""

NOISING, DENOISING = "noising", "denoising"
RAISED, LOWERED = "k+1", "k-1"


@dataclass(frozen=True, eq=False)
class PairEffects:
    """Pairs of a prompt and a counterfactual that differ in the count, under patches.

    pairs: int64 [pair, 2], both ways round. clean, counterfactual: [pair], the logit of the
    prompt's closers less the other's, in the prompt and in the other. patched: [component, pair].
    approximation: [component, pair], the change of the lead by gradients; None where not computed.
    """

    places: tuple[Place, ...]
    role: str
    pairs: Ints
    clean: Floats
    counterfactual: Floats
    patched: Floats
    approximation: Floats | None = None

    @property
    def noised(self) -> Floats:
        """What the patch takes of the lead: [component, pair]."""
        taken: Floats = self.clean - self.patched
        return taken

    @property
    def whole(self) -> Floats:
        """All that could be taken: [pair]."""
        whole: Floats = self.clean - self.counterfactual
        return whole


def share_rows(
    asked: BracketAsked, effects: PairEffects, *, resamples: int, seed: int
) -> list[Row]:
    """Rows of `patching`: shares of the difference, by count and direction, templates resampled.

    What noising a prompt of count k with one of k + 1 does is, read the other way round, what
    denoising does at k + 1 with k: one run is counted as both.
    """
    one, other = effects.pairs.T
    rows: list[Row] = []
    k, neighbour = asked.k[one], asked.k[other]
    for against, step in ((RAISED, 1), (LOWERED, -1)):
        for count in (*asked.counts, EVERY):
            of_prompt = (k == count) | (count == EVERY)
            of_source = (neighbour == count) | (count == EVERY)
            for direction, own in (
                (NOISING, of_prompt & (neighbour == k + step)),
                (DENOISING, of_source & (k == neighbour + step)),
            ):
                label = (count, against, direction)
                rows += _rows(asked, effects, own, label=label, resamples=resamples, seed=seed)
    return rows


def _rows(
    asked: BracketAsked,
    effects: PairEffects,
    own: NDArray[np.bool_],
    *,
    label: tuple[int, str, str],
    resamples: int,
    seed: int,
) -> list[Row]:
    """Rows of the pairs chosen. label: count, counterfactual and direction."""
    if not own.any():
        return []
    prompts = effects.pairs[own, 0]
    weights = problem_weights(asked.template[prompts], draws=resamples, seed=seed)
    whole = weights @ effects.whole[own]
    shares = (weights @ effects.noised[:, own].T) / whole[:, None]
    near = None
    if effects.approximation is not None and label[2] == NOISING:
        near = -effects.approximation[:, own].sum(axis=1) / effects.whole[own].sum()
    count, against, direction = label
    found = []
    for at, place in enumerate(effects.places):
        found.append(
            {
                **_drawn(place, effects.role, shares[:, at], asked.template[prompts]),
                "k": count,
                "counterfactual": against,
                "direction": direction,
                "approximation": None if near is None else known(float(near[at])),
            }
        )
    return found


def _drawn(place: Place, role: str, drawn: Floats, templates: Ints) -> Row:
    """What all rows of `patching` say. drawn: [1 + draw], the effect and that of resampled ones."""
    component, layer, head = place
    low, high = percentile_interval(drawn[1:])
    return {
        "component": component,
        "layer": layer,
        "head": head,
        "position_role": role,
        "effect": float(drawn[0]),
        "n": len(np.unique(templates)),
        "unit": "template",
        "low": known(low),
        "high": known(high),
    }


def overall_shares(asked: BracketAsked, effects: PairEffects, draws: Floats) -> Floats:
    """Shares of the difference over all pairs: [draw, component]. draws: [draw, prompt]."""
    weights = draws[:, effects.pairs[:, 0]]
    shares: Floats = (weights @ effects.noised.T) / (weights @ effects.whole)[:, None]
    return shares


@dataclass(frozen=True, eq=False)
class Removed:
    """Components under one operation (zero, mean, resample) at some positions.

    prompts: int64 [prompt], numbers of those that were run. change: [component, prompt], of the
    right closers' lead over those that are the best wrong ones in the clean model.
    """

    places: tuple[Place, ...]
    operation: str
    role: str
    prompts: Ints
    change: Floats


def removed_rows(asked: BracketAsked, removed: Removed, *, resamples: int, seed: int) -> list[Row]:
    """Rows of `patching`: changes of the lead in logits, templates resampled."""
    weights = problem_weights(asked.template[removed.prompts], draws=resamples, seed=seed)
    drawn = averaged(weights, removed.change.T)
    return [
        {
            **_drawn(place, removed.role, drawn[:, at], asked.template[removed.prompts]),
            "k": EVERY,
            "counterfactual": "none",
            "direction": removed.operation,
            "approximation": None,
        }
        for at, place in enumerate(removed.places)
    ]


@dataclass(frozen=True, eq=False)
class Swapped:
    """Heads that got what they have in a prompt with another count of closed calls.

    prompts: int64 [pair]. heads: int64 [head], places among all heads; layers: of these. total:
    [head, pair], change of the right closers' lead. direct: [head, pair], that of what the head
    itself writes. followers: bool [head], those that follow closed calls; the others stand beside.
    """

    prompts: Ints
    names: tuple[str, ...]
    layers: Ints
    followers: NDArray[np.bool_]
    total: Floats
    direct: Floats


def help_or_hurt_claim(
    asked: BracketAsked,
    swapped: Swapped,
    *,
    closing: Part,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-6: overall, and each head that follows."""
    rule = claim_rule("C-6")
    chosen = np.flatnonzero(swapped.followers)
    n = len(np.unique(asked.template[swapped.prompts])) if len(swapped.prompts) else 0
    parts = [closing, gate("heads that follow closed calls", len(chosen), least=1)]
    if not len(chosen):
        decision = Decision("cannot tell", f"gate: {failed_gates(parts)}", nan, nan, nan)
        claim = claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)
        return [claim], part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)
    weights = problem_weights(asked.template[swapped.prompts], draws=resamples, seed=seed)
    total, direct = (averaged(weights, each.T) for each in (swapped.total, swapped.direct))
    corrected = holm([_two_sided(total[1:, at]) for at in chosen])
    claims, heads, kinds = [], [], []
    for at, p in zip(chosen.tolist(), corrected.tolist(), strict=True):
        own = [
            closing,
            _same_sign(direct[:, at], total[:, at]),
            _beyond_others(swapped, total, at),
        ]
        low, high = percentile_interval(total[1:, at])
        kind = _kind(own, low, high, p)
        kinds.append(kind)
        claims.append(
            claim_row(
                rule,
                scope=swapped.names[at],
                decision=_of_head(
                    kind, _blocked(own, n, rule.minimum), (float(total[0, at]), low, high)
                ),
                n=n,
                unit=rule.unit,
                p=_two_sided(total[1:, at]),
                p_holm=p,
            )
        )
        heads += part_rows(rule, scope=swapped.names[at], parts=own, n=n, unit=rule.unit)
    decision = _overall(parts, kinds, [swapped.names[at] for at in chosen], n, rule.minimum)
    whole = claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)
    return [whole, *claims], [
        *part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit),
        *heads,
    ]


def _two_sided(drawn: Floats) -> float:
    below, above = np.count_nonzero(drawn <= 0), np.count_nonzero(drawn >= 0)
    return float(min(1.0, 2 * (1 + min(below, above)) / (1 + len(drawn))))


def _same_sign(direct: Floats, total: Floats) -> Part:
    """Whether what the head itself writes changes in the same direction."""
    signed = direct * np.sign(total[0])
    low, high = percentile_interval(signed[1:])
    name = "direct effect, counted in the direction of the whole one"
    return Part("null", name, float(signed[0]), 0.0, low > 0, low=low, high=high)


def _beyond_others(swapped: Swapped, total: Floats, at: int) -> Part:
    """The size of a head's effect less the mean size of those of its layer that do not follow."""
    name = "other heads of the same layer"
    beside = (swapped.layers == swapped.layers[at]) & ~swapped.followers
    if not beside.any():
        return missing("null", name, "every head of the layer follows")
    beyond = np.abs(total[:, at]) - np.abs(total[:, beside]).mean(axis=1)
    return single_null(name, difference=float(beyond[0]), replicates=beyond[1:])


def _kind(parts: Sequence[Part], low: float, high: float, p: float) -> str:
    """helps, hurts, or nothing that could be shown."""
    if p > 0.05 or not all(part.passed for part in parts):
        return ""
    return "helps" if high < 0 else "hurts" if low > 0 else ""


def _of_head(kind: str, blocked: str, ends: tuple[float, float, float]) -> Decision:
    """The decision on one head. ends: value, low, high."""
    if blocked:
        return Decision("cannot tell", blocked, *ends)
    if kind:
        return Decision("holds", f"it {kind}", *ends)
    return Decision("cannot tell", "neither help nor harm is shown", *ends)


def _overall(
    parts: Sequence[Part], kinds: Sequence[str], names: Sequence[str], n: int, minimum: int
) -> Decision:
    """Both kinds: it holds; one alone: it is named."""
    blocked = _blocked(parts, n, minimum)
    if blocked:
        return Decision("cannot tell", blocked, nan, nan, nan)
    of = {
        kind: [name for name, each in zip(names, kinds, strict=True) if each == kind]
        for kind in ("helps", "hurts")
    }
    told = "; ".join(f"{', '.join(own)} {kind}" for kind, own in of.items() if own)
    if all(of.values()):
        return Decision("holds", told, nan, nan, nan)
    why = f"one kind alone: {told}" if told else "neither help nor harm is shown"
    return Decision("cannot tell", why, nan, nan, nan)


def _blocked(parts: Sequence[Part], n: int, minimum: int) -> str:
    if n < minimum:
        return f"({plural('template', n)}) at least {minimum} wanted"
    failed = failed_gates(parts)
    return f"gate: {failed}" if failed else ""


@dataclass(frozen=True)
class RoleEvidence:
    """What is known of one unit. nan for what was not measured; (low, high) are intervals."""

    generality: int
    generality_ungated: int
    counting: float
    tracking: float
    preferred_share: float
    direct: tuple[float, float, float] = (nan, nan, nan)
    ablation: tuple[float, float, float] = (nan, nan, nan)


COUNTS = 0.7
"""Correlation with the missing count from which a unit counts."""
FOLLOWS = 0.7
CONSTANT = 0.95
"""Share of prompts with the same preference from which it is one."""
TELLING = 0.05
"""Share of the mean lead that a misleading head takes at least."""


def roles_of(found: RoleEvidence, *, lead: float) -> str:
    """What a unit does, words joined by commas. lead: the model's mean absolute lead, in logits.

    promoting: gets two counts right or more, a closer among its first 100 tokens. counting: what it
    raises follows the missing count. tracking: it follows the closed calls. constant: it always
    prefers the same closers and is right where these are. misleading: it writes against the right
    closers, and without it their lead grows.
    """
    told = []
    if found.generality >= 2:
        told.append("promoting")
    if abs(found.counting) >= COUNTS:
        told.append("counting")
    if found.tracking >= FOLLOWS:
        told.append("tracking")
    if found.preferred_share >= CONSTANT and found.generality_ungated == 1:
        told.append("constant")
    direct, _, direct_high = found.direct
    ablation, ablation_low, _ = found.ablation
    least = TELLING * lead
    if direct_high < 0 and ablation_low > 0 and -direct >= least and ablation >= least:
        told.append("misleading")
    return ", ".join(told)


def kept_and_left(
    lead: Mapping[str, Floats], clean: Floats, counterfactual: Floats
) -> dict[str, Floats]:
    """Shares of the difference that a set keeps alone and leaves when it is gone.

    lead: `kept` and `left`, [size, pair]: leads with all heads outside the set, or inside it, taken
    from the counterfactual. Gives each as [size].
    """
    whole = (clean - counterfactual).sum()
    return {name: (each - counterfactual).sum(axis=1) / whole for name, each in lead.items()}


def agreement(exact: Floats, approximation: Floats) -> float:
    """Pearson's correlation over components; nan where one of them does not vary."""
    if len(exact) < 3 or np.ptp(exact) == 0 or np.ptp(approximation) == 0:
        return nan
    return float(np.corrcoef(exact, approximation)[0, 1])
