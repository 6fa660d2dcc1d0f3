"""Which sets are ablated, how, and on which languages each is scored: the plan of an ablation.

The label's own set is scored on every language, and so is draw 0 of each control; further draws
are scored on the label itself, which is all that the rank test needs. A dose is scored on the
label itself beside its matched control of the same size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.controls import least_specific, matched_sets, random_sets, strengths
from neuroglot.analyses.grouped import NOBODY, GroupedCounts
from neuroglot.analyses.lape import LanguageNeurons, language_neurons
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet
from neuroglot.measure.variants import Operation, Variant
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments

PRIMARY: Operation = "mean"
OPERATIONS: tuple[Operation, ...] = ("mean", "resample", "zero")
DOSES = (0.25, 0.5, 2.0, 4.0)
FOLDS = 5
WHOLE = -1
"""The fold of a text that has a part of its own to score on."""


@dataclass(frozen=True, eq=False)
class Sets:
    """The sets of one fold, and what their controls are matched on.

    real: label -> neurons of its set that are real (n*), which cuts the set.
    """

    neurons: LanguageNeurons
    counts: GroupedCounts
    real: Mapping[str, int]
    means: NDArray[np.float64]
    strength: NDArray[np.float64]
    fold: int
    seed: int

    def of(self, label: str, dose: float = 1.0) -> NeuronSet:
        """A label's set: its real neurons, or a multiple of that many."""
        size = max(round(self.real[label] * dose), 1) if self.real[label] else 0
        chosen = self.neurons[label]
        if size > len(chosen):
            rule = replace(self.neurons.rule, nu=size)
            chosen = language_neurons(self.counts, rule)[label]
        return NeuronSet(chosen.layers[:size], chosen.indices[:size])

    def exclusive(self, label: str) -> NeuronSet:
        """Those of a label's set that are in no other label's."""
        others = [self.of(other) for other in self.neurons.labels if other != label]
        return NeuronSet.of(
            unit for unit in self.of(label) if not any(unit in other for other in others)
        )


def sets_of_fold(
    counts: GroupedCounts,
    activity: NeuronActivity,
    moments: NeuronMoments,
    whole: LanguageNeurons,
    *,
    real: Mapping[str, int],
    fold: int,
    seed: int,
) -> Sets:
    """Sets selected on all groups but those of the fold (bucket mod 5); -1: on all of them."""
    if fold != WHOLE:
        buckets = np.array([group.bucket for group in activity.groups])
        counts = replace(counts, owner=np.where(buckets % FOLDS == fold, NOBODY, counts.owner))
    neurons = whole if fold == WHOLE else language_neurons(counts, whole.rule)
    return Sets(neurons, counts, real, moments.mean(), strengths(moments), fold, seed)


def ablation_variants(sets: Sets, *, draws: int, full: bool) -> list[Variant]:
    """All that is to be scored. full: also the arms and doses beside the primary comparison."""
    variants: list[Variant] = []
    for label in sets.neurons.labels:
        for operation in OPERATIONS:
            variants += compared(sets, label, operation, draws)
        if full:
            variants += _arms(sets, label, draws=draws)
            variants += _doses(sets, label)
    return variants


def compared(sets: Sets, label: str, operation: Operation, draws: int) -> Iterator[Variant]:
    """A label's set beside its matched controls, under one operation."""
    units = sets.of(label)
    matched = matched_sets(sets.neurons, sets.strength, label, units, draws=draws, seed=sets.seed)
    yield from _on_all(sets, label, operation, "neurons", [units])
    yield from _on_all(sets, label, operation, "matched", [found.units for found in matched])


def raised_variants(sets: Sets) -> list[Variant]:
    """Each label's set raised to its mean on that label, in every other label's text.

    Beside it the clean model (dose 0, no units) and the matched control raised the same way.
    """
    variants = []
    for k, label in enumerate(sets.neurons.labels):
        units = sets.of(label)
        (matched,) = matched_sets(
            sets.neurons, sets.strength, label, units, draws=1, seed=sets.seed
        )
        others = tuple(other for other in sets.neurons.labels if other != label)
        nobody = NeuronSet.of([])
        for arm, chosen, dose in (
            ("neurons", nobody, 0.0),
            ("neurons", units, 1.0),
            ("matched", matched.units, 1.0),
        ):
            variants.append(
                Variant(
                    label,
                    "raise",
                    arm,
                    0,
                    dose,
                    chosen,
                    others,
                    sets.means[k, chosen.layers, chosen.indices],
                    sets.fold,
                )
            )
    return variants


def _arms(sets: Sets, label: str, *, draws: int) -> Iterator[Variant]:
    units = sets.of(label)
    n_neurons = sets.neurons.entropy.shape[1]
    random = random_sets(units, n_neurons=n_neurons, label=label, draws=draws, seed=sets.seed)
    yield from _on_all(sets, label, PRIMARY, "random_layer", random)
    yield from _on_all(sets, label, PRIMARY, "exclusive", [sets.exclusive(label)])
    least = least_specific(sets.neurons, label, size=len(units))
    yield from _on_all(sets, label, PRIMARY, "highest_entropy", [least])


def _doses(sets: Sets, label: str) -> Iterator[Variant]:
    """Other sizes of the set; one that leaves no control of its size is not run."""
    for dose in DOSES:
        units = sets.of(label, dose)
        try:
            (matched,) = matched_sets(
                sets.neurons, sets.strength, label, units, draws=1, seed=sets.seed
            )
        except ConfigError:
            continue
        for arm, chosen in (("neurons", units), ("matched", matched.units)):
            own = _variant(sets, label, PRIMARY, chosen)
            yield replace(own, arm=arm, dose=dose, evaluated=(label,))


def _on_all(
    sets: Sets, label: str, operation: Operation, arm: str, chosen: Sequence[NeuronSet]
) -> Iterator[Variant]:
    """Draw 0 on every label, the others on the label itself."""
    for draw, units in enumerate(chosen):
        variant = replace(_variant(sets, label, operation, units), arm=arm, draw=draw)
        yield variant if draw == 0 else replace(variant, evaluated=(label,))


def _variant(sets: Sets, label: str, operation: Operation, units: NeuronSet) -> Variant:
    """The label's set (arm `neurons`) on every language; the caller renames what is a control."""
    values = None
    if operation == "zero":
        values = np.zeros(len(units))
    elif operation == "mean":
        # Every language has the same weight in the mean, however much of it was read.
        values = sets.means.mean(axis=0)[units.layers, units.indices]
    return Variant(
        ablated=label,
        operation=operation,
        arm="neurons",
        draw=0,
        dose=1.0,
        units=units,
        evaluated=sets.neurons.labels,
        values=values,
        fold=sets.fold,
    )
