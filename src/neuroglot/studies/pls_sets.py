"""Which units chosen by PLS are removed, beside which, and on which half of the tasks.

Takes what a run recorded; gives variants for one half of the tasks, in which everything is chosen
by the other half: each language's units, MLP units by PLS and neurons by LAPE in equal number, and
the units universal to all languages, each beside matched sets.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.controls import matched_sets, strengths
from neuroglot.analyses.grouped import NOBODY, grouped_counts
from neuroglot.analyses.lape import LanguageNeurons, language_neurons
from neuroglot.analyses.pls import UNIVERSAL, Choice, PLSNeurons, PLSRule, chosen_units
from neuroglot.analyses.pls_controls import largest_units, matched_units, nearest_units
from neuroglot.analyses.pls_evidence import Tasks
from neuroglot.analyses.selection import SelectionRule
from neuroglot.analyses.unit_claims import LARGEST
from neuroglot.base.units import NeuronSet, Units
from neuroglot.measure.variants import Operation, Variant
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS, PROJECTIONS, REDUCTIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HALVES = 2
PRIMARY: Operation = "mean"
OPERATIONS: tuple[Operation, ...] = ("mean", "resample", "zero")
OWN, MLP, EQUAL, LAPE = "pls", "pls_mlp", "pls_equal", "lape"
"""Selections: a language's units; its MLP units; as many of its units as it has neurons by LAPE."""


def half_of(bucket: int) -> int:
    """The half of the tasks that a bucket belongs to: 0 or 1."""
    return bucket % HALVES


@dataclass(frozen=True, eq=False)
class HalfSets:
    """Sets for one half of the tasks, chosen by the other.

    real: how many of each language's units are real, which cuts its set. fold: the half they are
    removed on.
    """

    pls: PLS
    activity: NeuronActivity
    moments: NeuronMoments
    rule: PLSRule
    real: Mapping[str, int]
    fold: int
    draws: int
    seed: int

    @cached_property
    def scores(self) -> Floats:
        """Scaled scores on the other half, [label, flat unit]."""
        tasks = Tasks.of(self.pls)
        left = [float(half_of(bucket) != self.fold) for bucket in tasks.buckets]
        return tasks.scores(weights=np.array(left))

    @cached_property
    def choice(self) -> Choice:
        """What the rules choose on the other half, among all units."""
        return chosen_units(self.scores, self.rule)

    @cached_property
    def own(self) -> dict[str, Ints]:
        """Each language's real units, best first."""
        return {
            label: units[: self.real.get(label, 0)]
            for label, units in zip(self.pls.labels, self.choice.chosen, strict=True)
        }

    @cached_property
    def mlp(self) -> dict[str, Ints]:
        """Each language's units among those that gate the MLP (that feed it, without a gate)."""
        site = PROJECTIONS.index("gate" if self.pls.widths[PROJECTIONS.index("gate")] else "up")
        inside = np.flatnonzero(self.cells % len(PROJECTIONS) == site)
        chosen = chosen_units(self.scores[:, inside], self.rule).chosen
        return {label: inside[units] for label, units in zip(self.pls.labels, chosen, strict=True)}

    @cached_property
    def lape(self) -> LanguageNeurons:
        """Neurons by LAPE, as many as any language has MLP units."""
        counts = grouped_counts(self.activity)
        left = [half_of(group.bucket) == self.fold for group in self.activity.groups]
        counts = replace(counts, owner=np.where(left, NOBODY, counts.owner))
        most = max(1, *(len(units) for units in self.mlp.values()))
        return language_neurons(counts, SelectionRule(nu=most))

    def size(self, label: str) -> int:
        """In how many units PLS and LAPE are compared."""
        return min(len(self.own[label]), len(self.mlp[label]), len(self.lape[label]))

    @cached_property
    def cells(self) -> Ints:
        """Layer and projection of each flat unit, as one number."""
        layers = np.arange(self.pls.sum.shape[1])[:, None]
        return (layers * len(PROJECTIONS) + self.pls.projection_of()).ravel()

    @cached_property
    def values(self) -> Floats:
        """Mean activation of each flat unit, every language with the same weight."""
        found: Floats = self.pls.means("activation").mean(axis=0).ravel()
        return found

    @cached_property
    def magnitude(self) -> Floats:
        """Mean absolute activation, [label, flat unit]."""
        return self.pls.means("magnitude").reshape(len(self.pls.labels), -1)

    def units(self, flat: Ints) -> Units:
        """Flat units with their places."""
        found = PLSNeurons(
            self.pls.labels,
            self.choice,
            self.pls.projection_of(),
            self.pls.index_of(),
            self.rule,
            REDUCTIONS[0],
        )
        return found.units(flat)


def half_variants(sets: HalfSets, *, operations: Sequence[Operation]) -> list[Variant]:
    """All that is done to the model on this half. operations: for each language's own units."""
    found: list[Variant] = []
    for label in sets.pls.labels:
        for operation in operations:
            found += own_units(sets, label, operation)
        size = sets.size(label)
        found += _beside_matched(sets, label, PRIMARY, sets.mlp[label][:size], MLP)
        found += _beside_matched(sets, label, PRIMARY, sets.own[label][:size], EQUAL)
        found += _by_lape(sets, label, size)
    return [*found, *_universal(sets)]


def own_units(sets: HalfSets, label: str, operation: Operation) -> Iterator[Variant]:
    """A language's own units beside their matched sets."""
    return _beside_matched(sets, label, operation, sets.own[label], OWN)


def _beside_matched(
    sets: HalfSets, label: str, operation: Operation, chosen: Ints, selection: str
) -> Iterator[Variant]:
    """A language's set and draw 0 of its control on every language, other draws on its own."""
    strength = sets.magnitude[sets.pls.labels.index(label)]
    matched = matched_units(
        chosen, strength, sets.cells, draws=sets.draws, seed=sets.seed, name=label
    )
    for arm, each in (("neurons", [chosen]), ("matched", matched)):
        for draw, flat in enumerate(each):
            yield Variant(
                ablated=label,
                operation=operation,
                arm=arm,
                draw=draw,
                dose=1.0,
                units=sets.units(flat),
                evaluated=(label,) if draw else sets.pls.labels,
                values=_put(operation, sets.values[flat]),
                fold=sets.fold,
                selection=selection,
            )


def _by_lape(sets: HalfSets, label: str, size: int) -> Iterator[Variant]:
    """As many neurons by LAPE, beside theirs."""
    whole = sets.lape[label]
    chosen = NeuronSet(whole.layers[:size], whole.indices[:size])
    matched = matched_sets(
        sets.lape, strengths(sets.moments), label, chosen, draws=sets.draws, seed=sets.seed
    )
    means = sets.moments.mean().mean(axis=0)
    for arm, each in (("neurons", [chosen]), ("matched", [found.units for found in matched])):
        for draw, units in enumerate(each):
            yield Variant(
                ablated=label,
                operation=PRIMARY,
                arm=arm,
                draw=draw,
                dose=1.0,
                units=units,
                evaluated=(label,) if draw else sets.pls.labels,
                values=means[units.layers, units.indices],
                fold=sets.fold,
                selection=LAPE,
            )


def _universal(sets: HalfSets) -> Iterator[Variant]:
    """The universal units, sets of like score, and the largest units: all on every language."""
    chosen = sets.choice.universal
    alike = nearest_units(
        chosen,
        np.log(np.maximum(sets.scores.min(axis=0), np.finfo(np.float64).tiny)),
        sets.cells,
        draws=sets.draws,
        seed=sets.seed,
        name=UNIVERSAL,
    )
    largest = largest_units(len(chosen), sets.magnitude.mean(axis=0), without=chosen)
    for arm, each in (("neurons", [chosen]), ("matched", alike), (LARGEST, [largest])):
        for draw, flat in enumerate(each):
            yield Variant(
                ablated=UNIVERSAL,
                operation=PRIMARY,
                arm=arm,
                draw=draw,
                dose=1.0,
                units=sets.units(flat),
                evaluated=sets.pls.labels,
                values=sets.values[flat],
                fold=sets.fold,
                selection=OWN,
            )


def _put(operation: Operation, means: Floats) -> Floats | None:
    """What an operation puts in place of the units' values."""
    if operation == "resample":
        return None
    return np.zeros(len(means)) if operation == "zero" else means
