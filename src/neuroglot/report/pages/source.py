"""What a page reads from a run: the manifest, and tables as rows; an absent table is an empty one.

Takes a Run; gives rows as dicts in the table's order. Knows which rows are the primary ones: the
selection, threshold and set size that the run was asked for. Knows no chart.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow.compute as pc

from neuroglot.base.languages import display_name, language
from neuroglot.report.numbers import known_mean
from neuroglot.report.palette import language_class
from neuroglot.runs.directory import Run
from neuroglot.runs.manifest import Manifest

Row = dict[str, Any]

EMBEDDING = "−1 is the embedding"
"""What a table says of a column of levels."""


@dataclass(frozen=True)
class Source:
    """A run as its page sees it."""

    run: Run

    @property
    def manifest(self) -> Manifest:
        """What was asked, of which model and data, with which code."""
        return self.run.manifest

    def has(self, table: str) -> bool:
        """Whether that table was written."""
        return self.run.has(table)

    def rows(self, table: str, **where: str | bool) -> list[Row]:
        """A table's rows, none if it was not written; `where` keeps those of these values."""
        if not self.run.has(table):
            return []
        found = self.run.table(table)
        for column, value in where.items():
            found = found.filter(pc.equal(found[column], value))
        rows: list[Row] = found.to_pylist()
        return rows

    @cached_property
    def languages(self) -> list[str]:
        """Labels in the order that was asked for, else in the order of the tables.

        A run that read parallel texts alone has the languages of its pairs.
        """
        seen = dict.fromkeys(
            row["language"]
            for table in ("lape", "corpus", "layers", "stability", "pls_scores")
            for row in self.rows(table)
        ) or dict.fromkeys(
            row[name]
            for table, *names in (("parallel", "a", "b"), ("mexa", "pivot", "language"))
            for row in self.rows(table)
            for name in names
        )
        asked = self.manifest.parameters.get("languages")
        order = asked.split(",") if isinstance(asked, str) else asked or []
        first = [label for label in order if label in seen]
        return first + [label for label in seen if label not in first]

    def ordered(self, labels: Iterable[str]) -> list[str]:
        """Labels in the page's order; those that the page does not know come last, as they came."""
        seen = dict.fromkeys(labels)
        first = [label for label in self.languages if label in seen]
        return first + [label for label in seen if label not in first]

    @cached_property
    def selected(self) -> list[Row]:
        """The rows of `lape` of the selection asked for, by language and rank.

        The whole corpus (fold -1) where it is there, else the first fold.
        """
        rows = self.rows("lape")
        wanted = self.selection
        rows = [row for row in rows if row["selection"] == wanted] or rows
        fold = min((row["fold"] for row in rows), default=-1)
        place = {label: index for index, label in enumerate(self.languages)}
        return sorted(
            (row for row in rows if row["fold"] == fold),
            key=lambda row: (place[row["language"]], row["rank"]),
        )

    @property
    def selection(self) -> str:
        """`equal` or `original`."""
        return str(self.manifest.parameters.get("selection") or "equal")

    @cached_property
    def set_sizes(self) -> dict[str, int]:
        """How many neurons each language's set holds."""
        return Counter(row["language"] for row in self.selected)

    @cached_property
    def stability(self) -> list[Row]:
        """The rows of `stability`."""
        return self.rows("stability")

    def stable(self, *, variant: str = "none") -> dict[str, Row]:
        """Each language's row of `stability` under the main threshold and size, all tokens."""
        return {
            row["language"]: row
            for row in self.main_stability
            if row["variant"] == variant and row["tokens_share"] == 1
        }

    @cached_property
    def main_stability(self) -> list[Row]:
        """The rows of `stability` under the threshold and set size of the run itself.

        Only these were tried with less text or other readings, which is how they are known.
        """
        marked = [
            row for row in self.stability if row["tokens_share"] < 1 or row["variant"] != "none"
        ]
        main = {(row["tau"], row["nu"]) for row in (marked or self.stability)[:1]}
        return [row for row in self.stability if (row["tau"], row["nu"]) in main]


def mean_of(rows: Iterable[Row], column: str, **where: str | int) -> float | None:
    """The mean of a column over the rows of these values; None where no row has a value."""
    chosen = (row for row in rows if all(row[name] == value for name, value in where.items()))
    return known_mean(row[column] for row in chosen)


def named(label: str) -> str:
    """What a reader sees for a label."""
    return display_name(label)


def look(label: str) -> tuple[str, str]:
    """The colour class and the marker of a label; labels that are no language share a grey dot."""
    row = language(label)
    return language_class(label), row.marker if row else "●"


def level_name(layer: int) -> str:
    """A level in words: a layer, or the embedding before them all."""
    return "the embedding" if layer < 0 else f"layer {layer}"


def level_mark(layer: int) -> str:
    """A level on an axis: its number, E for the embedding."""
    return "E" if layer < 0 else str(layer)


def neuron_name(layer: int, neuron: int) -> str:
    """A neuron's stable name and anchor, as L07-N0123."""
    return f"L{layer:02d}-N{neuron:04d}"


def unit_name(layer: int, projection: str, neuron: int) -> str:
    """The same of a projection's unit, as L07-gate-N0123."""
    return f"L{layer:02d}-{projection}-N{neuron:04d}"


def facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values in order; nested ones as JSON."""
    return [(name.replace("_", " "), _words(values[name])) for name in sorted(values)]


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
