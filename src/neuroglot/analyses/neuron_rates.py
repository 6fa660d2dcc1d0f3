"""Activation probabilities of selected neurons on every label, with intervals over groups.

Rows of the tables `lape` (the sets) and `neuron_rates` (every neuron of `lape` on every label).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.bootstrap import drawn_groups
from neuroglot.analyses.claims import Row
from neuroglot.analyses.grouped import GroupedCounts
from neuroglot.analyses.lape import LanguageNeurons, neuron_numbers
from neuroglot.analyses.selection import Floats, Ints, probabilities

ONE_SPLIT = -1
"""The column `fold` where one split was selected on."""


@dataclass(frozen=True, eq=False)
class Rates:
    """flat int64 [neuron], ascending; value, low, high float64 [label, neuron]."""

    flat: Ints
    value: Floats
    low: Floats
    high: Floats


def activation_rates(
    neurons: LanguageNeurons, counts: GroupedCounts, *, draws: int, seed: int
) -> Rates:
    """Probabilities of all selected neurons, with 95% bootstrap intervals over groups."""
    sets = [neuron_numbers(neurons[label], n_neurons=counts.n_neurons) for label in counts.labels]
    flat = np.unique(np.concatenate(sets))
    weight = drawn_groups(counts, draws=draws, seed=seed).weight
    low, high = np.zeros((2, counts.n_labels, len(flat)))
    for label in range(counts.n_labels):
        own = np.flatnonzero(counts.owner == label)
        again = probabilities(
            weight[:, own] @ counts.active[np.ix_(own, flat)], weight[:, own] @ counts.tokens[own]
        )
        low[label] = np.quantile(again, 0.025, axis=0, method="lower")
        high[label] = np.quantile(again, 0.975, axis=0, method="higher")
    value = neurons.probability.reshape(counts.n_labels, -1)[:, flat]
    return Rates(flat, value, low, high)


def rate_rows(rates: Rates, counts: GroupedCounts) -> list[Row]:
    """Rows of `neuron_rates`."""
    groups = counts.groups_per_label()
    return [
        {
            "layer": int(flat) // counts.n_neurons,
            "neuron": int(flat) % counts.n_neurons,
            "language": label,
            "probability": float(rates.value[at, column]),
            "n": int(groups[at]),
            "unit": counts.unit,
            "low": float(rates.low[at, column]),
            "high": float(rates.high[at, column]),
        }
        for column, flat in enumerate(rates.flat)
        for at, label in enumerate(counts.labels)
    ]


def lape_rows(
    neurons: LanguageNeurons, rates: Rates, counts: GroupedCounts, *, n_star: Sequence[int]
) -> list[Row]:
    """Rows of `lape`: every set in its order, `real` up to n* [label]."""
    groups, alone = counts.groups_per_label(), neurons.exclusive
    rows: list[Row] = []
    for at, label in enumerate(counts.labels):
        flat = neuron_numbers(neurons[label], n_neurons=counts.n_neurons)
        columns = np.searchsorted(rates.flat, flat)
        members = zip(neurons[label], neurons.entropies_of(label), columns, strict=True)
        for rank, ((layer, neuron), entropy, column) in enumerate(members, start=1):
            rows.append(
                {
                    "language": label,
                    "layer": layer,
                    "neuron": neuron,
                    "entropy": float(entropy),
                    "probability": float(rates.value[at, column]),
                    "exclusive": (layer, neuron) in alone[label],
                    "rank": rank,
                    "real": rank <= n_star[at],
                    "selection": neurons.selection,
                    "fold": ONE_SPLIT,
                    "nu": neurons.nu,
                    "tau": neurons.tau,
                    "n": int(groups[at]),
                    "unit": counts.unit,
                    "low": float(rates.low[at, column]),
                    "high": float(rates.high[at, column]),
                }
            )
    return rows
