"""Counts of one reading of the text as plain matrices, a row per group of repositories.

Everything that permutes, resamples or leaves out works on these: a label's counts are a weighted
sum of its groups' rows. float64 throughout, exact for counts below 2^53.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import language
from neuroglot.stats.activity import NeuronActivity, Variant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOBODY = -1
"""The owner of a group that is left out."""


@dataclass(frozen=True, eq=False)
class GroupedCounts:
    """Counts per group, neurons flattened to layer * n_neurons + neuron.

    owner int64 [group]: index into `labels`, -1 for a group that is left out. active float64
    [group, flat], tokens float64 [group], repositories int64 [group].
    """

    labels: tuple[str, ...]
    owner: Ints
    active: Floats
    tokens: Floats
    repositories: Ints
    n_layers: int
    n_neurons: int

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.labels)

    @property
    def n_flat(self) -> int:
        """Neurons of the whole model."""
        return self.n_layers * self.n_neurons

    def groups_per_label(self) -> Ints:
        """Number of groups of each label, int64 [label]."""
        return np.bincount(self.owner[self.used], minlength=self.n_labels).astype(np.int64)

    def tokens_per_label(self) -> Floats:
        """Counted tokens of each label, float64 [label]."""
        return self._summed(self.tokens)

    def repositories_per_label(self) -> Floats:
        """Repositories of each label, float64 [label]."""
        return self._summed(self.repositories)

    def _summed(self, values: Floats | Ints) -> Floats:
        used = self.used
        return np.bincount(self.owner[used], values[used], self.n_labels).astype(np.float64)

    @property
    def unit(self) -> str:
        """What a group stands for: one repository, or several kept together."""
        return "repository" if (self.repositories <= 1).all() else "group of repositories"

    @property
    def used(self) -> Ints:
        """Groups that belong to a label, by index."""
        return np.flatnonzero(self.owner >= 0)

    def without(self, label: str) -> "GroupedCounts":
        """The same counts as if the label had never been read; its rows stay, owned by nobody."""
        gone = self.labels.index(label)
        owner = np.where(self.owner == gone, NOBODY, self.owner - (self.owner > gone))
        labels = tuple(other for other in self.labels if other != label)
        return replace(self, labels=labels, owner=owner)


def grouped_counts(activity: NeuronActivity, variant: Variant = "none") -> GroupedCounts:
    """The matrices of one reading of the text.

    Labels without code (prose) have neither comments nor keywords: in the readings `code` and
    `standardised` they keep their plain counts. Raises ConfigError without labels or neurons, and
    when a label has no counted token in this reading.
    """
    active, tokens = activity.counts(variant)
    if not activity.labels or not active.size:
        raise ConfigError("an activity without labels, groups or neurons: record some text first")
    owner = np.array([activity.labels.index(group.label) for group in activity.groups], np.int64)
    fired = active.reshape(len(active), -1).astype(np.float64)
    read = tokens.astype(np.float64)
    if variant in ("code", "standardised"):
        prose = [index for index, group in enumerate(activity.groups) if is_prose(group.label)]
        fired[prose] = activity.active[prose].reshape(len(prose), fired.shape[1])
        read[prose] = activity.tokens[prose]
    counts = GroupedCounts(
        labels=activity.labels,
        owner=owner,
        active=fired,
        tokens=read,
        repositories=np.array([group.repositories for group in activity.groups], np.int64),
        n_layers=activity.n_layers,
        n_neurons=activity.n_neurons,
    )
    _refuse_empty_labels(counts, variant)
    return counts


def is_prose(label: str) -> bool:
    """Whether a label is a natural language of the table: text without code tokens."""
    row = language(label)
    return row is not None and not row.lexer


def _refuse_empty_labels(counts: GroupedCounts, variant: str) -> None:
    empty = np.flatnonzero(counts.tokens_per_label() == 0)
    if len(empty):
        names = ", ".join(counts.labels[index] for index in empty)
        raise ConfigError(
            f"no counted token of {names} in the reading {variant!r}: "
            "give more text of it, or leave it out"
        )
