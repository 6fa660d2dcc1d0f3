"""Where in depth a model becomes sure of its closers, by which kind of sub-layer: C-2, C-3, C-4.

Takes leads of the right closers at places of the stream, what patching does, and what parts write,
as arrays by prompt or pair; gives rows of `logit_difference` and `attribution`, and the claims.
Knows no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import (
    BracketAsked,
    averaged,
    closer_lead,
    closer_mean_lead,
)
from neuroglot.analyses.claims import Row, claim_row, claim_rule, decided_rows, part_rows
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import (
    Part,
    arm,
    decide,
    gate,
    missing,
    single_null,
    variant,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Site = tuple[str, int]

LEAST_LAYERS = 8
QUARTER, EARLY = 0.25, 0.2
"""A quarter of the depth, and the share of the final lead that is early there."""
SAME_SIGN = 3
"""Counts at which attention has to add more, all where there are fewer."""
LAST = "last"


@dataclass(frozen=True, eq=False)
class Leads:
    """The closers at places of the stream, [prompt, site, closer], by two scales; see measure."""

    sites: tuple[Site, ...]
    own: NDArray[np.floating]
    final: NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Moved:
    """Pairs of neighbouring counts under patches of the last position's stream.

    prompt: int64 [pair], number of the prompt that is run. clean, counterfactual: [pair], the logit
    of its closers less those of the other, in the prompt and in the other. patched: [layer, pair].
    """

    prompt: Ints
    clean: Floats
    counterfactual: Floats
    patched: Floats

    def shares(self, weights: Floats) -> Floats:
        """How much of the difference each layer's patch moves: [draw, layer]. weights: [draw,
        prompt].
        """
        own = weights[:, self.prompt]
        whole = own @ (self.clean - self.counterfactual)
        shares: Floats = (own @ (self.clean - self.patched).T) / whole[:, None]
        return shares


def depths(sites: Sequence[Site], n_layers: int) -> Floats:
    """Relative depth of each place, that of its layer: (layer + 0.5) / layers."""
    return np.array([(layer + 0.5) / n_layers for _, layer in sites])


def stays_above(curves: Floats, at: Floats, *, bound: float = 0.0) -> Floats:
    """The place from which a curve stays above a bound to its end: float64 [draw], nan for none.

    curves: [draw, place]; at: [place].
    """
    above = curves > bound
    to_the_end = np.flip(np.logical_and.accumulate(np.flip(above, axis=1), axis=1), axis=1)
    first = to_the_end.argmax(axis=1)
    return np.where(to_the_end.any(axis=1), at[first], nan)


def depth_claim(
    asked: BracketAsked,
    leads: Leads,
    moved: Moved,
    *,
    closing: Part,
    untrained: Leads | None,
    n_layers: int,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-2. closing: the gate of C-1."""
    rule = claim_rule("C-2")
    weights = asked.weights(draws=resamples, seed=seed)
    at, right = depths(leads.sites, n_layers), asked.right
    lead = averaged(weights, closer_lead(leads.final, right))
    sure = stays_above(lead, at)
    layers = np.array([(layer + 0.5) / n_layers for layer in range(n_layers)])
    cause = stays_above(moved.shares(weights), layers, bound=0.5 - 1e-9)
    value = np.minimum(sure, cause)
    by_own = stays_above(averaged(weights, closer_lead(leads.own, right)), at)
    mean_lead = averaged(weights, closer_mean_lead(leads.final, right))
    early = mean_lead[:, np.flatnonzero(at <= QUARTER)[-1:]].sum(axis=1) / mean_lead[:, -1]
    parts = [
        closing,
        gate("layers", n_layers, least=LEAST_LAYERS),
        _twin(lead, untrained, asked, weights),
        variant(
            "each depth by its own scale, beyond the margin",
            value=float(by_own[0]) - rule.margin,
            replicates=by_own[1:] - rule.margin,
        ),
        _early(early),
        _figure("depth of a lead that stays", sure),
        _figure("depth of half of the cause", cause),
    ]
    decision = decide(
        value=float(value[0]),
        replicates=value[1:],
        margin=rule.margin,
        parts=parts,
        units=asked.n_templates,
        minimum=rule.minimum,
        unit=rule.unit,
    )
    if decision.verdict == "does not hold" and percentile_interval(sure[1:])[0] > rule.margin:
        decision = replace(
            decision, verdict="cannot tell", reason=f"lens late, cause early: {decision.reason}"
        )
    n = asked.n_templates
    claim = claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)
    return [claim], part_rows(rule, scope="overall", parts=parts, n=n, unit=rule.unit)


def _twin(lead: Floats, untrained: Leads | None, asked: BracketAsked, weights: Floats) -> Part:
    """A twin that never leads has no depth: what is compared is the lead that it ends with."""
    name = "the untrained twin's last lead"
    if untrained is None:
        return missing("null", name, "not run in this profile")
    its = averaged(weights, closer_lead(untrained.final[:, -1], asked.right))
    beyond = lead[:, -1] - its
    return single_null(name, difference=float(beyond[0]), replicates=beyond[1:])


def _early(early: Floats) -> Part:
    low, high = percentile_interval(early[1:])
    name = f"share of the last lead at {QUARTER:g} of the depth, below {EARLY:g}"
    return Part("variant", name, float(early[0]), EARLY, bool(high < EARLY), low=low, high=high)


def _figure(name: str, drawn: Floats) -> Part:
    low, high = percentile_interval(drawn[1:])
    return arm(name, float(drawn[0]), low=low, high=high)


@dataclass(frozen=True, eq=False)
class Written:
    """What parts write at the last position: contribution [prompt, component, closer].

    components: (embedding, attention, mlp, bias) and the layer, -1 where there is none.
    """

    components: tuple[Site, ...]
    contribution: NDArray[np.floating]

    def of(self, name: str) -> Floats:
        """All components of one kind together: [prompt, closer]."""
        own = [place for place, (kind, _) in enumerate(self.components) if kind == name]
        summed: Floats = self.contribution[:, own].astype(np.float64).sum(axis=1)
        return summed


KINDS = ("embedding", "attention", "mlp", "bias")


def count_changes(written: Written, asked: BracketAsked, pairs: Ints) -> dict[str, Floats]:
    """What each kind of component adds to a pair's difference: float64 [pair] by kind.

    The difference is that of the right closers' logit less the counterfactual's, in the prompt and
    in the counterfactual. The kinds sum to the model's own.
    """
    one, other, right = pairs[:, 0], pairs[:, 1], asked.right
    found = {}
    for kind in KINDS:
        values = written.of(kind)
        lead = values[one, right[one]] - values[one, right[other]]
        found[kind] = lead - (values[other, right[one]] - values[other, right[other]])
    return found


def shares_claims(
    asked: BracketAsked,
    written: Written,
    pairs: Ints,
    *,
    renumbered: Mapping[str, Floats],
    renumbered_prompt: Ints,
    closing: Part,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-3 and C-4.

    renumbered: by kind, how much the lead over a neighbouring count moves with the number alone,
    [pair], without its sign; renumbered_prompt: int64 [pair].
    """
    weights = asked.weights(draws=resamples, seed=seed)
    changes = count_changes(written, asked, pairs)
    own = weights[:, pairs[:, 0]]
    whole = own @ sum(changes.values())
    share = {kind: (own @ each) / whole for kind, each in changes.items()}
    attention, mlp = share["attention"], share["mlp"]
    null = dict.fromkeys(KINDS, nan * whole)
    if len(renumbered_prompt):
        drawn = weights[:, renumbered_prompt]
        n_drawn, scale = drawn.sum(axis=1), whole / own.sum(axis=1)
        null = {kind: (drawn @ each) / n_drawn / scale for kind, each in renumbered.items()}
    figures = [_figure(f"share of {kind}", share[kind]) for kind in KINDS]
    n = asked.n_templates
    less = np.minimum(attention, mlp)
    less_null = np.minimum(null["attention"], null["mlp"])
    both_parts = [closing, _number_null(less, less_null), *figures]
    both, both_rows = decided_rows(
        claim_rule("C-3"), value=float(less[0]), replicates=less[1:], parts=both_parts, n=n
    )
    more = attention - mlp
    more_null = null["attention"] - null["mlp"]
    more_parts = [
        closing,
        _number_null(more, more_null),
        _signs(asked, changes, pairs),
        *_positive(written, asked, weights),
        *figures,
    ]
    above, above_rows = decided_rows(
        claim_rule("C-4"), value=float(more[0]), replicates=more[1:], parts=more_parts, n=n
    )
    return [both, above], [*both_rows, *above_rows]


def _number_null(mine: Floats, null: Floats) -> Part:
    name = "another number, the count the same"
    if not isfinite(null[0]):
        return missing("null", name, "no prompts with another number")
    beyond = mine - null
    return single_null(name, difference=float(beyond[0]), replicates=beyond[1:])


def _signs(asked: BracketAsked, changes: Mapping[str, Floats], pairs: Ints) -> Part:
    """At how many counts attention adds more than the MLPs do."""
    more = changes["attention"] - changes["mlp"]
    k = asked.k[pairs[:, 0]]
    n = sum(bool(more[k == each].sum() > 0) for each in asked.counts)
    wanted = min(SAME_SIGN, len(asked.counts))
    return Part("variant", "counts with the same sign", float(n), float(wanted), n >= wanted)


def _positive(written: Written, asked: BracketAsked, weights: Floats) -> list[Part]:
    """What helps alone: positive contributions to the lead over the mean wrong closers."""
    lead = closer_mean_lead(written.contribution, asked.right)
    found = []
    for kind in ("attention", "mlp"):
        own = [place for place, (each, _) in enumerate(written.components) if each == kind]
        found.append(
            _figure(
                f"positive parts of {kind}, logits",
                averaged(weights, np.maximum(lead[:, own], 0).sum(axis=1)),
            )
        )
    return found
