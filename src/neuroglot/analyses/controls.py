"""Neurons to compare a language's neurons with: matched, random, or as busy but not specific.

Takes LAPE's result and the moments recorded beside it, gives sets of the same size. Knows no model
and no text. Specific neurons fire often in their language, so removing any busy neuron may hurt
it: a control has to be as busy in that language, at the same depth, and write as strongly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.lape import LanguageNeurons
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.stats.moments import NeuronMoments

NEAREST, FEWEST = 10, 3
"""A matched neuron is drawn among the nearest quarter of those alike: so many at most, at least."""
QUINTILES = (0.2, 0.4, 0.6, 0.8)

Unit = tuple[int, int]


@dataclass(frozen=True, eq=False)
class MatchedSet:
    """A matched set, unit for unit in the order of the set it stands for.

    in_quintile: share of its units that write within the same quintile of strength; the others
    found no free neuron there, and take the nearest of their layer. probability_gap: mean distance
    in activation probability.
    """

    units: NeuronSet
    in_quintile: float
    probability_gap: float


def strengths(moments: NeuronMoments) -> NDArray[np.float64]:
    """How strongly each neuron writes on each label: float64 [label, layer, neuron].

    Mean of |neuron_out| times the length of the neuron's output row.
    """
    return moments.mean_magnitude() * moments.output_norm


def matched_sets(
    neurons: LanguageNeurons,
    strength: NDArray[np.float64],
    label: str,
    units: NeuronSet,
    *,
    draws: int,
    seed: int = 0,
) -> list[MatchedSet]:
    """Matched controls for a label's set, one for each draw.

    For each unit: a neuron of the same layer that is a candidate of the label, outside its set,
    writes within the same quintile of strength, and is among the nearest in activation
    probability. strength: as from `strengths`. Raises ConfigError where a layer has too few
    neurons outside the set.
    """
    k = neurons.labels.index(label)
    probability, strong = neurons.probability[k], strength[k]
    candidate = probability > neurons.bound
    edges = np.quantile(strong[candidate], QUINTILES) if candidate.any() else np.zeros(4)
    quintile = np.searchsorted(edges, strong)
    inside = np.zeros(probability.shape, dtype=bool)
    inside[units.layers, units.indices] = True
    inside[neurons[label].layers, neurons[label].indices] = True
    return [
        _matched(
            units,
            probability,
            quintile,
            candidate & ~inside,
            ~inside,
            draw=generator(seed, "matched", label, number),
        )
        for number in range(draws)
    ]


def _matched(
    units: NeuronSet,
    probability: NDArray[np.float64],
    quintile: NDArray[np.int64],
    free: NDArray[np.bool_],
    outside: NDArray[np.bool_],
    *,
    draw: np.random.Generator,
) -> MatchedSet:
    free, outside = free.copy(), outside.copy()
    found: dict[Unit, Unit] = {}
    n_alike, gaps = 0, []
    members = list(units)
    for place in draw.permutation(len(members)).tolist():
        layer, neuron = members[place]
        alike = free[layer] & (quintile[layer] == quintile[layer, neuron])
        n_alike += int(alike.any())
        pool = next((each for each in (alike, free[layer], outside[layer]) if each.any()), None)
        if pool is None:
            raise ConfigError(f"layer {layer} has no neuron left to match with: ablate fewer")
        near = np.flatnonzero(pool)
        gap = np.abs(probability[layer, near] - probability[layer, neuron])
        n_near = min(NEAREST, max(FEWEST, len(near) // 4))
        nearest = near[np.argsort(gap, kind="stable")[:n_near]]
        chosen = int(nearest[draw.integers(len(nearest))])
        free[layer, chosen] = outside[layer, chosen] = False
        found[members[place]] = (layer, chosen)
        gaps.append(abs(probability[layer, chosen] - probability[layer, neuron]))
    return MatchedSet(
        NeuronSet.of(found[unit] for unit in members),
        n_alike / max(len(members), 1),
        float(np.mean(gaps)) if gaps else 0.0,
    )


def random_sets(
    units: NeuronSet, *, n_neurons: int, label: str, draws: int, seed: int = 0
) -> list[NeuronSet]:
    """As many neurons of each layer, drawn from all others of that layer."""
    sets = []
    for number in range(draws):
        draw = generator(seed, "random_layer", label, number)
        pairs: list[Unit] = []
        for layer in dict.fromkeys(units.layers.tolist()):
            members = units.in_layer(layer)
            others = np.setdiff1d(np.arange(n_neurons), members)
            if len(others) < len(members):
                raise ConfigError(
                    f"layer {layer} has {n_neurons} neurons and the set {len(members)} of them: no "
                    "control of that size is left; ablate fewer"
                )
            chosen = draw.choice(others, size=len(members), replace=False)
            pairs += [(layer, int(neuron)) for neuron in sorted(chosen.tolist())]
        sets.append(NeuronSet.of(pairs))
    return sets


def least_specific(neurons: LanguageNeurons, label: str, *, size: int) -> NeuronSet:
    """The label's candidates of highest entropy: as busy in it, and in every other language."""
    k = neurons.labels.index(label)
    candidate = (neurons.probability[k] > neurons.bound) & np.isfinite(neurons.entropy)
    layers, indices = np.nonzero(candidate)
    order = np.lexsort((indices, layers, -neurons.entropy[layers, indices]))
    mine = neurons[label]
    ranked: Sequence[Unit] = [
        unit
        for unit in zip(layers[order].tolist(), indices[order].tolist(), strict=True)
        if unit not in mine
    ]
    return NeuronSet.of(ranked[:size])
