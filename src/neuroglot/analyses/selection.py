"""The selection itself, on plain matrices: probabilities in, ranked candidates and set sizes out.

One selection is what permutations and bootstraps repeat thousands of times, so only what can be
selected is sorted. Both published selections take the first members of a label's candidates in
order of (entropy, layer, neuron); they differ in how many. Knows no labels' names and no groups.
Method: Tang et al., ACL 2024 (entropy of activation probabilities); equal counts as in
arXiv 2506.01074.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SelectionName = Literal["equal", "original"]

ENTROPY_DECIMALS = 12
"""Entropies are rounded here: what differs by rounding noise alone is a tie, on every machine."""


@dataclass(frozen=True)
class SelectionRule:
    """Which candidates are taken: `nu` per label (equal) or the share `top` of all (original)."""

    tau: float = 0.95
    selection: SelectionName = "equal"
    nu: int = 50
    top: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.tau <= 1:
            raise ConfigError(f"tau is {self.tau}: it is a quantile, give a number from 0 to 1")
        if self.selection not in get_args(SelectionName):
            raise ConfigError(f"unknown selection {self.selection!r}: known are equal, original")
        if self.nu < 1:
            raise ConfigError(f"nu is {self.nu}: give at least one neuron per language")
        if not 0 < self.top <= 1:
            raise ConfigError(f"top is {self.top}: it is a share of neurons, above 0 and up to 1")

    def scaled(self, scale: float) -> "SelectionRule":
        """The same rule for a multiple of nu (equal) or of top (original)."""
        nu = max(1, round(self.nu * scale)) if self.selection == "equal" else self.nu
        return replace(self, nu=nu, top=min(1.0, self.top * scale))

    def asked(self, n_flat: int) -> int:
        """Neurons asked for: per label (equal), or over all labels together (original)."""
        return self.nu if self.selection == "equal" else max(1, round(self.top * n_flat))


@dataclass(frozen=True, eq=False)
class Ranking:
    """Candidates of one selection.

    bound: a probability must be strictly greater. columns int64 [column]: the flat numbers of all
    neurons that are somebody's candidate, in order of (entropy, flat number); entropy float64
    [column]; passes bool [label, column].
    """

    bound: float
    columns: Ints
    entropy: Floats
    passes: Bools

    @property
    def n_candidates(self) -> Ints:
        """Candidates per label, int64 [label]."""
        found: Ints = self.passes.sum(axis=1, dtype=np.int64)
        return found

    def order(self, label: int) -> Ints:
        """Candidates of a label, flat numbers, most specific first."""
        chosen: Ints = self.columns[self.passes[label]]
        return chosen

    def entropies(self, label: int) -> Floats:
        """Their entropies, ascending."""
        chosen: Floats = self.entropy[self.passes[label]]
        return chosen


def probabilities(active: Floats, tokens: Floats) -> Floats:
    """Counts [..., flat] over tokens [...], whole numbers; a row without tokens is all zeros."""
    shares: Floats = active / np.maximum(tokens, 1)[..., None]
    return shares


def entropies(probability: Floats) -> Floats:
    """Entropy in nats over labels of each neuron's normalised probabilities.

    probability float64 [label, flat] gives float64 [flat], from 0 to ln(labels); nan for a neuron
    that never fires, whose share per label is 0/0.
    """
    total = probability.sum(axis=0)
    logs = np.log(np.maximum(probability, np.finfo(np.float64).tiny))
    logs *= probability
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.log(total) - logs.sum(axis=0) / total
    rounded: Floats = np.maximum(spread.round(ENTROPY_DECIMALS), 0.0)
    return rounded


def probability_bound(probability: Floats, tau: float) -> float:
    """The value at position round(tau x size), 1-based, of all probabilities sorted upwards."""
    position = min(max(round(tau * probability.size), 1), probability.size)
    return float(np.partition(probability, position - 1, axis=None)[position - 1])


def ranked(probability: Floats, tau: float) -> Ranking:
    """Candidates of every label, from probabilities [label, flat]."""
    bound = probability_bound(probability, tau)
    passes = probability > bound
    columns = np.flatnonzero(passes.any(axis=0))
    entropy = entropies(probability[:, columns])
    order = np.argsort(entropy, kind="stable")
    return Ranking(bound, columns[order], entropy[order], passes[:, columns[order]])


def set_sizes(ranking: Ranking, rule: SelectionRule, *, n_flat: int) -> Ints:
    """How many candidates each label's set takes, int64 [label]."""
    sizes: Ints = sizes_of(ranking, rule.selection, [rule.asked(n_flat)])[0]
    return sizes


def sizes_of(ranking: Ranking, selection: SelectionName, asked: Sequence[int]) -> Ints:
    """The same for several numbers of neurons asked for, int64 [number, label]."""
    if selection == "equal":
        sizes: Ints = np.minimum(np.array(asked)[:, None], ranking.n_candidates)
        return sizes
    return np.stack([ranking.passes[:, :lowest].sum(axis=1, dtype=np.int64) for lowest in asked])


def default_nu(n_flat: int, n_candidates: Ints) -> int:
    """The number per label that scales the published 400 of 352,256 with the model's size.

    At least 50, never more than half of the smallest candidate set, never less than one.
    """
    wanted = max(50, round(n_flat * 400 / 352_256))
    return max(1, min(wanted, int(n_candidates.min()) // 2))


def selected(ranking: Ranking, sizes: Sequence[int] | Ints) -> list[Ints]:
    """The sets themselves: flat numbers per label, most specific first."""
    return [ranking.order(label)[:size] for label, size in enumerate(sizes)]
