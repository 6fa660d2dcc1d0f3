"""Claims A-2 and A-3, decided: their gates, nulls and variants from the readings of the text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from neuroglot.analyses.claim_rule import ClaimRule
from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.concentration import (
    NU_GRID,
    Effect,
    Statistic,
    bottom_share,
    effect,
    exclusive_at_top,
    exclusive_at_top_without_prose,
    known_mean,
    n_exclusive,
    programming,
)
from neuroglot.analyses.evidence import Evidence
from neuroglot.analyses.placement import LEAST_LAYERS, bottom, cuts, depths
from neuroglot.analyses.readings import WITHOUT, Readings
from neuroglot.analyses.uncertainty import holm, percentile_interval
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

LEAST_REAL = 300
LEAST_EXCLUSIVE = 100
CONCENTRATED = 1 / 4
OVERALL = "overall"
UNTRAINED = "untrained twin"

READING_WORDS = {
    "headers": "licence headers kept",
    "code": "code tokens only",
    "late": "positions from 256 on",
    "standardised": "standardised token classes",
}


@dataclass(frozen=True, eq=False)
class Question:
    """A claim's figure and everything that it is compared with.

    variants: other readings, judged by their interval; signs: readings in which the sign must stay;
    absent: named parts that could not be computed, as they stand in the table; beside: figures
    printed next to it, by scope; least_raw: what the raw statistic has to exceed, if anything.
    """

    rule: ClaimRule
    main: Evidence
    figure: Effect
    gates: tuple[Part, ...]
    variants: Mapping[str, Effect]
    twin: Effect | None = None
    signs: Mapping[str, Effect] = field(default_factory=dict)
    absent: tuple[Part, ...] = ()
    beside: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    least_raw: float | None = None


def bottom_layers(found: Readings) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-2."""
    main = found.main
    twin = found.present.get("untrained")
    variants = {
        words: effect(found.present[name], bottom_share)
        for name, words in READING_WORDS.items()
        if name in found.present
    }
    absent = [
        missing("variant", words, found.absent[name])
        for name, words in READING_WORDS.items()
        if name in found.absent
    ]
    if "untrained" in found.absent:
        absent.append(missing("null", UNTRAINED, found.absent["untrained"]))
    n_real = int(cuts(main.observed, main.n_star).sum())
    return answered(
        Question(
            rule=claim_rule("A-2"),
            main=main,
            figure=effect(main, bottom_share),
            gates=(gate("real neurons over all sets", n_real, least=LEAST_REAL), _layers(main)),
            variants=variants | _nu_variants(main, bottom_share),
            twin=effect(twin, bottom_share, real=main.n_star) if twin else None,
            absent=tuple(absent),
            beside=_depth_arms(main),
            least_raw=CONCENTRATED,
        )
    )


def top_layers(found: Readings) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for A-3."""
    main = found.main
    variants = _nu_variants(main, exclusive_at_top)
    is_code = programming(main.counts.labels)
    if is_code.any() and not is_code.all():
        variants["English out of the union"] = effect(main, exclusive_at_top_without_prose)
    signs = {
        WITHOUT + label: effect(one, exclusive_at_top) for label, one in found.left_out.items()
    }
    n_alone = n_exclusive(main)
    return answered(
        Question(
            rule=claim_rule("A-3"),
            main=main,
            figure=effect(main, exclusive_at_top),
            gates=(gate("exclusive neurons", n_alone, least=LEAST_EXCLUSIVE), _layers(main)),
            variants=variants,
            signs=signs,
        )
    )


def answered(question: Question) -> tuple[list[Row], list[Row]]:
    """The verdict over all languages, then each language's, with Holm over languages."""
    rule, counts = question.rule, question.main.counts
    p_values = question.figure.p
    corrected = np.concatenate([p_values[:1], holm(p_values[1:])])
    claims: list[Row] = []
    parts: list[Row] = []
    for scope in (OVERALL, *counts.labels):
        at = question.figure.column(scope)
        judged = [*_parts(question, scope, p=p_values[at], p_holm=corrected[at])]
        units = _units(question.main, scope)
        decision = _decision(question, scope, parts=judged, units=units)
        claims.append(
            claim_row(
                rule,
                scope=scope,
                decision=decision,
                n=units,
                unit=counts.unit,
                p=float(p_values[at]),
                p_holm=float(corrected[at]),
            )
        )
        parts += part_rows(rule, scope=scope, parts=judged, n=units, unit=counts.unit)
    return claims, parts


def _decision(question: Question, scope: str, *, parts: list[Part], units: int) -> Decision:
    figure = question.figure
    at = figure.column(scope)
    decision = decide(
        value=float(figure.value[at]),
        replicates=figure.replicates[:, at],
        margin=question.rule.margin,
        parts=parts,
        units=units,
        minimum=question.rule.minimum,
        unit=question.main.counts.unit,
    )
    if decision.verdict != "holds" or question.least_raw is None:
        return decision
    low, high = percentile_interval(figure.raw_replicates[:, at])
    if low > question.least_raw:
        return decision
    reason = (
        f"more than chance, not concentrated: the share itself is {figure.raw[at]:.3g} "
        f"({low:.3g} to {high:.3g}), not above {question.least_raw:.3g}"
    )
    return replace(decision, verdict="does not hold", reason=reason)


def _parts(question: Question, scope: str, *, p: float, p_holm: float) -> Iterator[Part]:
    """Gates, nulls, variants and arms of one scope."""
    figure, counts = question.figure, question.main.counts
    at = figure.column(scope)
    yield from question.gates
    if scope == OVERALL:
        least = question.rule.minimum_each
        fewest = int(counts.groups_per_label().min())
        yield gate(f"{counts.unit} count of the smallest language", fewest, least=least)
    yield drawn_null("labels permuted", p=p, p_holm=p_holm)
    if question.twin is not None:
        yield single_null(
            UNTRAINED,
            difference=float(figure.value[at] - question.twin.value[at]),
            replicates=figure.replicates[:, at] - question.twin.replicates[:, at],
        )
    for name, other in question.variants.items():
        yield variant(name, value=float(other.value[at]), replicates=other.replicates[:, at])
    for name, other in question.signs.items():
        if scope in (OVERALL, *other.labels):
            yield variant(name, value=float(other.value[other.column(scope)]), keeps_sign=True)
    yield from question.absent
    low, high = percentile_interval(figure.raw_replicates[:, at])
    yield arm("without the permuted mean taken off", figure.raw[at], low=low, high=high)
    yield arm("mean under permuted labels", figure.centre[at])
    yield from question.beside.get(scope, ())


def _nu_variants(main: Evidence, statistic: Statistic) -> dict[str, Effect]:
    return {f"nu x {scale:g}": effect(main, statistic, scale=scale) for scale in NU_GRID}


def _layers(main: Evidence) -> Part:
    return gate("layers", main.counts.n_layers, least=LEAST_LAYERS)


def _units(main: Evidence, scope: str) -> int:
    groups = main.counts.groups_per_label()
    return int(groups.sum() if scope == OVERALL else groups[main.counts.labels.index(scope)])


def _depth_arms(main: Evidence) -> dict[str, tuple[Part, ...]]:
    """What stands beside A-2: the candidates' share at the bottom, and the sets' mean depth."""
    counts = main.counts
    region = bottom(counts.n_layers)
    taken = cuts(main.observed, main.n_star)[0]
    shares, means = np.full(counts.n_labels, np.nan), np.full(counts.n_labels, np.nan)
    for label in range(counts.n_labels):
        candidates, members = main.ranking.order(label), main.observed.ids[0, label, : taken[label]]
        if len(candidates):
            shares[label] = region[candidates // counts.n_neurons].mean()
        if len(members):
            relative = depths(members, n_layers=counts.n_layers, n_neurons=counts.n_neurons)
            means[label] = relative.mean()
    by_scope = {scope: (shares[at], means[at]) for at, scope in enumerate(counts.labels)} | {
        OVERALL: (float(known_mean(shares, axis=0)), float(known_mean(means, axis=0)))
    }
    return {
        scope: (arm("share of the candidates in the bottom", one), arm("mean depth", other))
        for scope, (one, other) in by_scope.items()
    }
