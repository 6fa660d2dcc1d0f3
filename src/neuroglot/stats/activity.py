"""How often each MLP neuron fires: counts per group of repositories, in four readings of the text.

    active           every counted position
    active_code      positions that are neither comment nor string
    active_late      positions from 256 on
    active_std       positions weighted so that every label has the same mix of token classes

A neuron is active at a position when its activation act(gate), in models without a gate act(up),
is above zero (Tang et al., ACL 2024, for SiLU; the same sign rule for the GELU kin).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.stats.statistic import Statistic, counted

Counts = NDArray[np.int64]
Variant = Literal["none", "code", "late", "standardised"]
_SUFFIX: dict[str, str] = {"none": "", "code": "_code", "late": "_late", "standardised": "_std"}
VARIANTS: tuple[Variant, ...] = ("none", "code", "late", "standardised")


@dataclass(frozen=True, eq=False, kw_only=True)
class NeuronActivity(Statistic):
    """Counts of active positions, int64 [group, layer, neuron], and of positions, int64 [group].

    `active_std` and `tokens_std` hold integer weights instead of ones (1024 for a position of
    average weight).
    """

    active: Counts = counted("group layer neuron")
    tokens: Counts = counted("group")
    active_code: Counts = counted("group layer neuron")
    tokens_code: Counts = counted("group")
    active_late: Counts = counted("group layer neuron")
    tokens_late: Counts = counted("group")
    active_std: Counts = counted("group layer neuron")
    tokens_std: Counts = counted("group")

    @classmethod
    def from_counts(
        cls,
        *,
        languages: Sequence[str],
        active: NDArray[Any],
        tokens: NDArray[Any],
        groups: Sequence[Group] | None = None,
    ) -> Self:
        """From counts made elsewhere.

        active [language, layer, neuron] and tokens [language] make one group of each language;
        with `groups`, both have one entry per group. The variants repeat the plain counts.
        Raises ConfigError when shapes do not fit, or a count is negative or above its tokens.
        """
        made = (
            tuple(groups)
            if groups is not None
            else tuple(Group(language, 0, 1, 1) for language in languages)
        )
        fired = np.ascontiguousarray(active, dtype=np.int64)
        read = np.ascontiguousarray(tokens, dtype=np.int64)
        if fired.ndim != 3 or fired.shape[0] != len(made) or read.shape != (len(made),):
            raise ConfigError(
                f"active has shape {fired.shape} and tokens {read.shape}: wanted "
                f"({len(made)}, layers, neurons) and ({len(made)},)"
            )
        if fired.size and (fired.min() < 0 or (fired.max(axis=(1, 2)) > read).any()):
            raise ConfigError("a count is negative or larger than the number of its tokens")
        pairs = {f"active{suffix}": fired for suffix in _SUFFIX.values()}
        pairs |= {f"tokens{suffix}": read for suffix in _SUFFIX.values()}
        return cls(labels=tuple(languages), groups=made, provenance={}, **pairs)

    @property
    def n_layers(self) -> int:
        """Number of layers."""
        return int(self.active.shape[1])

    @property
    def n_neurons(self) -> int:
        """Number of neurons in each layer."""
        return int(self.active.shape[2])

    def counts(self, variant: Variant = "none") -> tuple[Counts, Counts]:
        """(active [group, layer, neuron], tokens [group]) in one reading of the text."""
        suffix = _SUFFIX[variant]
        return getattr(self, f"active{suffix}"), getattr(self, f"tokens{suffix}")

    def by_language(self, variant: Variant = "none") -> tuple[Counts, Counts]:
        """Sums over groups: active int64 [label, layer, neuron], tokens int64 [label]."""
        active, tokens = self.counts(variant)
        owner = np.array([self.labels.index(group.label) for group in self.groups], dtype=np.int64)
        summed = np.zeros((len(self.labels), *active.shape[1:]), np.int64)
        read = np.zeros(len(self.labels), np.int64)
        np.add.at(summed, owner, active)
        np.add.at(read, owner, tokens)
        return summed, read

    def of_groups(self, keep: Sequence[int]) -> Self:
        """Only some groups, by their index; labels that lose all their groups go too."""
        chosen = list(keep)
        groups = tuple(self.groups[index] for index in chosen)
        present = {group.label for group in groups}
        arrays = {name: getattr(self, name)[chosen] for name in self.arrays()}
        return replace(
            self,
            labels=tuple(label for label in self.labels if label in present),
            groups=groups,
            **arrays,
        )
