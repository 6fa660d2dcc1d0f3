"""The parts a page is put together from: sections, figures, tables, cards. Records only.

Sections are filled by `pages`, drawn by the templates. Ids are our own names, never data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from neuroglot.report.charts.drawing import Chart
from neuroglot.report.escaping import visible
from neuroglot.report.numbers import count, fixed, measure, p_value

Kind = Literal["word", "count", "fixed", "measure", "p", "flag", "neuron"]
Value = str | float | int | bool | None


@dataclass(frozen=True)
class Column:
    """A table's column: heading, how its values read, what it means."""

    title: str
    kind: Kind = "word"
    decimals: int = 3
    note: str = ""

    def shown(self, value: Value) -> str:
        """A value as the page shows it."""
        if self.kind == "flag":
            return "–" if value is None else "yes" if value else "no"
        if isinstance(value, str):
            return visible(value)
        if value is None and self.kind in ("word", "neuron"):
            return "–"
        if self.kind == "count":
            return count(value)
        if self.kind == "measure":
            return measure(value)
        return p_value(value) if self.kind == "p" else fixed(value, self.decimals)


@dataclass(frozen=True)
class Table:
    """A table: rows of raw values in the columns' order; `first` of them without a script.

    `folded`: the words of the line that opens it, empty for a table that stands open.
    """

    id: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    first: int = 100
    filter: bool = False
    note: str = ""
    folded: str = ""
    kind: str = field(default="table", init=False)

    def block(self) -> dict[str, object]:
        """All values by column, unrounded; words that repeat as codes."""
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.columns)
        return {
            "columns": [[c.title, c.kind, c.decimals] for c in self.columns],
            "values": [
                _coded(values) if column.kind == "word" else list(values)
                for column, values in zip(self.columns, columns, strict=True)
            ],
        }


@dataclass(frozen=True)
class Panel:
    """One chart of a figure, with the words above it."""

    id: str
    title: str
    chart: Chart


@dataclass(frozen=True)
class Figure:
    """Charts that belong together, what they show, and the table of their values."""

    id: str
    panels: Sequence[Panel]
    caption: str
    table: Table | None = None
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    paragraphs: Sequence[str]
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True)
class Command:
    """A line to type, as it is."""

    text: str
    kind: str = field(default="command", init=False)


@dataclass(frozen=True)
class Facts:
    """Terms and what they are."""

    title: str
    facts: Sequence[tuple[str, str]]
    names: str = ""
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Verdict:
    """A verdict as the page shows it: a word, a symbol, a class."""

    word: str
    symbol: str
    names: str


@dataclass(frozen=True)
class Claim:
    """One claim: what is said, what this model shows, against what, and the verdict."""

    id: str
    statement: str
    shows: str
    measured: str
    margin: str
    controls: Sequence[str]
    verdict: Verdict
    reason: str
    needed: str
    rule: str
    details: Sequence[Table]


@dataclass(frozen=True)
class Claims:
    """All claims of a study."""

    claims: Sequence[Claim]
    kind: str = field(default="claims", init=False)


@dataclass(frozen=True)
class Example:
    """Code in which a neuron fires, tinted, and where it stands."""

    code: Markup
    source: str


@dataclass(frozen=True)
class Card:
    """One neuron: whose it is, how often it fires per language, on what, and what it writes."""

    id: str
    summary: str
    names: str
    about: str
    rates: Panel | None
    examples: Sequence[Example]
    writes: Sequence[tuple[str, str]]
    writes_note: str = ""
    examples_note: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards under one heading: `placed` in the page, `kept` until asked for. `open`: unfolded."""

    title: str
    placed: Sequence[Card]
    kept: Sequence[Card]
    open: bool = False
    kind: str = field(default="cards", init=False)


@dataclass(frozen=True)
class Prompt:
    """One prompt: the text that was read, tinted, and a figure of it. `open`: unfolded."""

    id: str
    title: str
    code: Markup
    note: str
    figure: Figure
    open: bool = False
    kind: str = field(default="prompt", init=False)


Block = Figure | Table | Prose | Command | Facts | Claims | Cards | Prompt


@dataclass(frozen=True)
class Section:
    """A heading, the finding in a sentence, and what shows it."""

    id: str
    title: str
    lead: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A whole report. `anchors`: names of the neurons that have a card to link to."""

    title: str
    subtitle: str
    answer: Sequence[str]
    picture: Figure | None
    sections: Sequence[Section]
    foot: str
    anchors: frozenset[str] = frozenset()


def _coded(values: Sequence[Value]) -> object:
    words = sorted({"" if value is None else visible(str(value)) for value in values})
    code = {word: index for index, word in enumerate(words)}
    return {
        "words": words,
        "codes": [code["" if value is None else visible(str(value))] for value in values],
    }
