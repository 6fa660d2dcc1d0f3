"""What every statistic is: a frozen record of arrays whose fields say how two of them combine.

A field is `counted` (integers that add), `by_block` (float sums kept apart per block of the batch
plan, so that no order of merging can change a bit), `by_group` (float sums of groups, each of which
is read in one part alone) or `same` (must agree, as labels do). Merge, zero, saving and loading are
written here once, for all statistics; tests/laws holds them to it.

Axes are named in words. The first axis of an array field is what the rows of a batch are pooled
into: `group` (label x bucket of repositories) or `label`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group

Array = NDArray[Any]


class Rule(Enum):
    """How a field of two statistics becomes one."""

    COUNTED = "counted"
    BY_BLOCK = "by_block"
    BY_GROUP = "by_group"
    SAME = "same"


@dataclass(frozen=True)
class Layout:
    """A field's rule and axes, kept in the dataclass field's metadata."""

    rule: Rule
    axes: tuple[str, ...] = ()


def counted(axes: str) -> Any:
    """An int64 array whose entries add. `axes` as "group layer neuron"."""
    return field(metadata={"layout": Layout(Rule.COUNTED, tuple(axes.split()))})


def by_block(axes: str) -> Any:
    """A float64 array [entry, ...] with one entry per (block, label) of `entries`."""
    return field(metadata={"layout": Layout(Rule.BY_BLOCK, tuple(axes.split()))})


def by_group(axes: str) -> Any:
    """A float64 array [group, ...], zero in the groups of other parts."""
    return field(metadata={"layout": Layout(Rule.BY_GROUP, tuple(axes.split()))})


def same(*, default: Any = None) -> Any:
    """A field that two statistics must share to be merged."""
    return field(default=default, metadata={"layout": Layout(Rule.SAME)})


def layouts(statistic: "type[Statistic] | Statistic") -> dict[str, Layout]:
    """The layout of each field, in the order of declaration."""
    return {f.name: f.metadata["layout"] for f in fields(statistic) if "layout" in f.metadata}


@dataclass(frozen=True, eq=False, kw_only=True)
class Statistic:
    """The common part: what the rows were grouped by, and where they came from.

    `entries` int64 [entry, 2] names the (block, label index) of each entry of the by-block fields,
    sorted; statistics without such fields leave it empty.
    """

    labels: tuple[str, ...] = same(default=())
    groups: tuple[Group, ...] = same(default=())
    provenance: Mapping[str, str] = same(default=None)
    entries: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def merge(self, other: Self) -> Self:
        """Both together. Raises ConfigError when they are not parts of one whole."""
        values: dict[str, Any] = {}
        overlap = set(map(tuple, self.entries.tolist())) & set(map(tuple, other.entries.tolist()))
        if overlap:
            raise ConfigError(
                f"block {min(overlap)[0]} is in both statistics: each block is merged once"
            )
        entries = np.concatenate([self.entries, other.entries])
        order = np.lexsort((entries[:, 1], entries[:, 0]))
        for name, layout in layouts(self).items():
            mine, theirs = getattr(self, name), getattr(other, name)
            if layout.rule in (Rule.COUNTED, Rule.BY_GROUP):
                if mine.shape != theirs.shape:
                    raise ConfigError(
                        f"{name} has shape {mine.shape} in one statistic and {theirs.shape} in "
                        "the other: merge parts of one recording only"
                    )
                if layout.rule is Rule.BY_GROUP and (_held(mine) & _held(theirs)).any():
                    raise ConfigError(
                        "a group is in both statistics: each group is merged once, whole"
                    )
                values[name] = mine + theirs
            elif layout.rule is Rule.BY_BLOCK:
                values[name] = np.concatenate([mine, theirs])[order]
            else:
                if not _agree(mine, theirs):
                    raise ConfigError(
                        f"the statistics differ in {name}: merge parts of one recording only"
                    )
                values[name] = mine
        return type(self)(**values, entries=entries[order])

    def zero(self) -> Self:
        """The neutral element of merge, of the same shape and origin."""
        values = {
            name: (
                np.zeros_like(getattr(self, name))
                if layout.rule in (Rule.COUNTED, Rule.BY_GROUP)
                else getattr(self, name)[:0]
                if layout.rule is Rule.BY_BLOCK
                else getattr(self, name)
            )
            for name, layout in layouts(self).items()
        }
        return type(self)(**values, entries=self.entries[:0])

    def settled(self) -> Self:
        """The by-block sums added up in block order: one entry per label, all as block 0."""
        if not len(self.entries):
            return self
        values: dict[str, Any] = {
            name: self.summed(name) if layout.rule is Rule.BY_BLOCK else getattr(self, name)
            for name, layout in layouts(self).items()
        }
        entries = np.array([(0, label) for label in range(len(self.labels))], np.int64)
        return type(self)(**values, entries=entries)

    def summed(self, name: str) -> NDArray[np.float64]:
        """A by-block field summed over blocks in their order, float64 [label, ...]."""
        parts = getattr(self, name)
        total = np.zeros((len(self.labels), *parts.shape[1:]), parts.dtype)
        for (_, label), part in zip(self.entries.tolist(), parts, strict=True):
            total[label] += part
        return total

    def arrays(self) -> dict[str, Array]:
        """Every array by field name; `from_arrays` is the way back."""
        found = {
            name: getattr(self, name)
            for name, layout in layouts(self).items()
            if isinstance(getattr(self, name), np.ndarray)
        }
        if len(self.entries):
            found["entries"] = self.entries
        return found

    def metadata(self) -> dict[str, str]:
        """Everything that is no array, as JSON strings."""
        return {
            "statistic": type(self).__name__,
            "labels": json.dumps(self.labels),
            "groups": json.dumps(
                [[g.label, g.bucket, g.repositories, g.documents] for g in self.groups]
            ),
            **{name: json.dumps(text) for name, text in sorted((self.provenance or {}).items())},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> Self:
        """The statistic that `arrays` and `metadata` describe."""
        values: dict[str, Any] = {name: arrays[name] for name in layouts(cls) if name in arrays}
        values["labels"] = tuple(json.loads(metadata["labels"]))
        values["groups"] = tuple(Group(*row) for row in json.loads(metadata["groups"]))
        values["provenance"] = {
            name: json.loads(text)
            for name, text in metadata.items()
            if name not in ("statistic", "labels", "groups")
        }
        if "entries" in arrays:
            values["entries"] = arrays["entries"]
        return cls(**values)


AnyStatistic = TypeVar("AnyStatistic", bound=Statistic)


def _held(array: Array) -> NDArray[np.bool_]:
    """Which groups an array holds something of: bool [group]."""
    return np.asarray(array.reshape(len(array), -1).any(axis=1))


def _agree(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, np.ndarray) or isinstance(theirs, np.ndarray):
        return np.array_equal(mine, theirs)
    return bool(mine == theirs)
