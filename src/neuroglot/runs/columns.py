"""What the tables of a run are described with: columns, and those that many tables share.

Knows no table and no value.
"""

from dataclasses import dataclass, replace
from typing import Literal

Dtype = Literal[
    "string", "int64", "float64", "bool", "list<string>", "list<int64>", "list<float64>"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` is what its values count or are measured in, empty for plain words."""

    name: str
    dtype: Dtype
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: its columns in order, and the columns that together name a row (no two alike)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def text(name: str, unit: str = "") -> Column:
    """A column of words."""
    return Column(name, "string", unit)


def count(name: str, unit: str) -> Column:
    """A column of whole numbers."""
    return Column(name, "int64", unit)


def real(name: str, unit: str) -> Column:
    """A column of numbers in double precision."""
    return Column(name, "float64", unit)


def flag(name: str) -> Column:
    """A column of yes and no."""
    return Column(name, "bool")


def maybe(column: Column) -> Column:
    """The same column where a row may have no value: null, never NaN."""
    return replace(column, nullable=True)


INTERVAL = (
    maybe(count("n", "units of resampling")),
    maybe(text("unit")),
    maybe(real("low", "as the value")),
    maybe(real("high", "as the value")),
)
"""What every table ends in: how many units of which kind, and the 95% interval of the value."""

COMPARED = (*INTERVAL, maybe(real("p", "probability")), maybe(real("p_holm", "probability")))
"""The end of a table that holds several comparisons: p, and p after Holm inside its family."""

TAIL = tuple(column.name for column in COMPARED)
"""Columns that a writer may leave out; they are null then."""

LANGUAGE = text("language", "label")
LAYER = count("layer", "block index, from 0")
LEVEL = count("layer", "block index, -1 the embedding")
NEURON = count("neuron", "index in its layer, from 0")
PROJECTION = text("projection", "q, k, v, o, gate, up, down")
UNIT = count("neuron", "output coordinate of the projection, from 0")
RANK = count("rank", "place, from 1")
SELECTION = text("selection", "rule of selection")
TAU = real("tau", "share of all probabilities below the threshold")
NU = count("nu", "neurons per language")
PASSED = maybe(flag("passed"))
FOLD = count("fold", "fold index, -1 where one split")
ABLATED = text("ablated", "label whose set is ablated, none for the clean model")
IDENTICAL = text("identical", "pairs that read alike: kept, dropped")
DIRECTION = (text("source", "label, or all"), text("target", "label, or all"))
VARIATION = (
    text("operation", "mean, resample, zero, raise, none"),
    text("arm", "which set"),
    count("draw", "draw of the set, from 0"),
    real("dose", "size of the set, in multiples of nu"),
)


def table(
    name: str, key: str, *columns: Column, tail: tuple[Column, ...] = INTERVAL
) -> TableSchema:
    """A table: `key` names its key columns, `tail` ends it."""
    return TableSchema(name, (*columns, *tail), tuple(key.split()))
