"""Counts of one reading of the text as plain matrices, a row per group of repositories.

Everything that permutes, resamples or leaves out works on these: a label's counts are a weighted
sum of its groups' rows. float64 throughout, exact for counts below 2^53.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import language
from neuroglot.stats.activity import NeuronActivity, Variant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GroupedCounts:
    """Counts per group, neurons flattened to layer * n_neurons + neuron.

    owner int64 [group]: index into `labels`. active float64 [group, flat], tokens float64 [group],
    repositories int64 [group].
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

    @property
    def layer_of(self) -> Ints:
        """Layer of every flat neuron, int64 [flat]."""
        return np.repeat(np.arange(self.n_layers), self.n_neurons)

    def groups_per_label(self) -> Ints:
        """Number of groups of each label, int64 [label]."""
        return np.bincount(self.owner, minlength=self.n_labels).astype(np.int64)

    def tokens_per_label(self) -> Floats:
        """Counted tokens of each label, float64 [label]."""
        summed = np.bincount(self.owner, weights=self.tokens, minlength=self.n_labels)
        return summed.astype(np.float64)

    @property
    def unit(self) -> str:
        """What a group stands for: one repository, or several kept together."""
        return "repository" if (self.repositories <= 1).all() else "group of repositories"

    def without(self, label: str) -> "GroupedCounts":
        """The same counts as if the label had never been read."""
        gone = self.labels.index(label)
        kept = np.flatnonzero(self.owner != gone)
        owner = self.owner[kept]
        return replace(
            self.of_groups(kept),
            labels=tuple(other for other in self.labels if other != label),
            owner=owner - (owner > gone),
        )

    def of_groups(self, keep: Sequence[int] | Ints) -> "GroupedCounts":
        """Some groups only, by index; labels stay, even those that lose every group."""
        chosen = np.asarray(keep, dtype=np.int64)
        return replace(
            self,
            owner=self.owner[chosen],
            active=self.active[chosen],
            tokens=self.tokens[chosen],
            repositories=self.repositories[chosen],
        )


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
