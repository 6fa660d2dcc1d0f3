"""Sets of units inside a model: which neurons, heads or projection coordinates are meant.

A NeuronSet names one site and holds (layer, index) pairs; Units holds such of several sites.
`analyses` makes them, `lm` edits them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError

STREAM_SITES = ("resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out")
"""The residual stream and what is added to it."""
UNIT_SITES = ("neuron", "head", "q", "k", "v", "o", "gate", "up", "down", *STREAM_SITES)
"""Sites that have countable units: MLP neurons, attention heads, coordinates of projections and of
the residual stream."""


Place = tuple[str, int, int]
"""A unit by its site, layer and index."""


@dataclass(frozen=True, eq=False)
class NeuronSet:
    """Units of one site, in a fixed order, each once. Iterates as (layer, index).

    layers, indices: int64 [unit]. The order is the maker's (LAPE: by entropy) and is kept.
    Raises ConfigError for an unknown site, negative numbers or a repeated unit.
    """

    layers: NDArray[np.int64]
    indices: NDArray[np.int64]
    site: str = "neuron"
    _members: frozenset[tuple[int, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        layers = np.array(self.layers, dtype=np.int64).reshape(-1)
        indices = np.array(self.indices, dtype=np.int64).reshape(-1)
        if self.site not in UNIT_SITES:
            raise ConfigError(
                f"no units at site {self.site!r}: sites with units are {', '.join(UNIT_SITES)}"
            )
        if len(layers) != len(indices):
            raise ConfigError(f"{len(layers)} layers but {len(indices)} indices: give one each")
        if len(layers) and (layers.min() < 0 or indices.min() < 0):
            raise ConfigError("a unit set holds a negative layer or index: both count from 0")
        members = frozenset(zip(layers.tolist(), indices.tolist(), strict=True))
        if len(members) != len(layers):
            raise ConfigError("a unit stands twice in the set: name each once")
        layers.setflags(write=False)
        indices.setflags(write=False)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "indices", indices)
        object.__setattr__(self, "_members", members)

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]], site: str = "neuron") -> Self:
        """From (layer, index) pairs, order kept."""
        listed = list(pairs)
        return cls(
            np.array([layer for layer, _ in listed], dtype=np.int64),
            np.array([index for _, index in listed], dtype=np.int64),
            site,
        )

    @classmethod
    def of_flat(cls, flat: NDArray[np.integer], per_layer: int, site: str = "neuron") -> Self:
        """From flat numbers layer * per_layer + index, order kept."""
        return cls(np.asarray(flat) // per_layer, np.asarray(flat) % per_layer, site)

    def places(self) -> list[Place]:
        """Each unit with its site."""
        return [(self.site, layer, index) for layer, index in self]

    def in_layer(self, layer: int) -> NDArray[np.int64]:
        """Indices in one layer, int64, in the set's order."""
        found: NDArray[np.int64] = self.indices[self.layers == layer]
        return found

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self.layers.tolist(), self.indices.tolist(), strict=True))

    def __contains__(self, unit: object) -> bool:
        return unit in self._members

    def __eq__(self, other: object) -> bool:
        """Same site and the same units, in any order."""
        if not isinstance(other, NeuronSet):
            return NotImplemented
        return self.site == other.site and self._members == other._members

    def __hash__(self) -> int:
        return hash((self.site, self._members))

    def __sub__(self, other: "NeuronSet") -> "NeuronSet":
        return self._where([unit not in other._members for unit in self], other)

    def __and__(self, other: "NeuronSet") -> "NeuronSet":
        return self._where([unit in other._members for unit in self], other)

    def __or__(self, other: "NeuronSet") -> "NeuronSet":
        rest = other - self
        return NeuronSet(
            np.concatenate([self.layers, rest.layers]),
            np.concatenate([self.indices, rest.indices]),
            self.site,
        )

    def _where(self, keep: list[bool], other: "NeuronSet") -> "NeuronSet":
        if self.site != other.site:
            raise ConfigError(f"sets of different sites: {self.site!r} and {other.site!r}")
        mask = np.array(keep, dtype=bool)
        return NeuronSet(self.layers[mask], self.indices[mask], self.site)

    def __repr__(self) -> str:
        layers = len(set(self.layers.tolist()))
        return f"NeuronSet({len(self)} units at {self.site!r} in {layers} layers)"


@dataclass(frozen=True, eq=False)
class Units:
    """Units of several sites, in a fixed order, each once: layers, indices int64 [unit], sites.

    What holds for one site is a NeuronSet's, and `sets` gives these.
    """

    layers: NDArray[np.int64]
    indices: NDArray[np.int64]
    sites: tuple[str, ...]

    @classmethod
    def of(cls, places: Iterable[Place]) -> Self:
        """From (site, layer, index), order kept. Raises ConfigError as NeuronSet does."""
        listed = list(places)
        found = cls(
            np.array([layer for _, layer, _ in listed], dtype=np.int64),
            np.array([index for _, _, index in listed], dtype=np.int64),
            tuple(site for site, _, _ in listed),
        )
        found.sets()
        return found

    def sets(self) -> tuple[NeuronSet, ...]:
        """One set for each site that has any, in the order of UNIT_SITES: what edits take."""
        own = np.array(self.sites)
        return tuple(
            NeuronSet(self.layers[own == site], self.indices[own == site], site)
            for site in sorted(set(self.sites), key=_place_of)
        )

    def places(self) -> list[Place]:
        """Each unit with its site."""
        return list(zip(self.sites, self.layers.tolist(), self.indices.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        held = ", ".join(f"{len(each)} at {each.site!r}" for each in self.sets())
        return f"Units({held or 'none'})"


def by_layer(units: "NeuronSet | Units") -> dict[tuple[str, int], NDArray[np.int64]]:
    """Which units stand at each site and layer: (site, layer) -> places in the set, int64."""
    found: dict[tuple[str, int], list[int]] = {}
    for number, (site, layer, _) in enumerate(units.places()):
        found.setdefault((site, layer), []).append(number)
    return {key: np.array(found[key], dtype=np.int64) for key in sorted(found)}


def _place_of(site: str) -> int:
    return UNIT_SITES.index(site) if site in UNIT_SITES else len(UNIT_SITES)
