"""A card per unit: how much it does in each language, on which real code, what it writes.

Cards are dealt in turns over the languages, best rank first, until the page's room for them is
used up. A few stand in the page; the others wait in templates, which cost no elements until the
script opens them. `deck` deals any cards; those of a `neurons` run are made here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from neuroglot.report.charts.bars import Strip, strip
from neuroglot.report.charts.code import tinted
from neuroglot.report.escaping import label as token_label
from neuroglot.report.numbers import count, fixed, measure
from neuroglot.report.pages.source import Row, Source, look, named, neuron_name
from neuroglot.report.parts import Card, Cards, Example, Panel

ROOM = 1_300_000
"""Bytes of the page that the units may take, table and cards, of two million altogether."""

_PLACED = 6
"""Cards that stand in the page itself, the first of so many languages."""
EXAMPLES = 3
"""Of a unit, on its card."""
_WRITTEN = 10
ROW = 110
"""Bytes of a row of the table of units in the page's data."""
_FRAME = 900
"""Bytes of a card that do not depend on what it shows."""

Neuron = tuple[int, int]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Deck:
    """The cards that found room: by language, their ids, and a sentence about the rest."""

    blocks: list[Cards]
    ids: frozenset[str]
    note: str


@dataclass(frozen=True)
class Facts:
    """What a unit's card shows.

    name: its anchor. summary, about: the words of the card. rates: a number per language, those of
    `owners` drawn full. examples: rows with tokens, path and document; values: the numbers of each
    example's tokens. writes: rows with token and weight. The notes say why something is missing.
    """

    name: str
    summary: str
    about: str
    owners: frozenset[str]
    rates: Mapping[str, float]
    examples: Sequence[Row]
    values: Sequence[Sequence[float | None]]
    writes: Sequence[Row]
    examples_note: str
    writes_note: str


@dataclass(frozen=True)
class Words:
    """What the numbers on a deck's cards are.

    rates: the heading of the bars. drawn: what one bar is. value: what tints the code. digits: of
    the bars' numbers.
    """

    rates: str
    drawn: str
    value: str
    digits: int = 3


FIRING = Words(
    "active at this share of tokens",
    "the share of its tokens at which the neuron is active",
    "activation",
)


def deck(source: Source) -> Deck:
    """The neurons of a `neurons` run, as many as there is room for."""
    return dealt(
        source,
        _neurons(source),
        FIRING,
        room=ROOM - ROW * len(source.selected),
        of=len(_by_neuron(source.selected)),
        shows="L07-N0123",
    )


def dealt(
    source: Source,
    facts: Iterable[tuple[str, Facts]],
    words: Words,
    *,
    room: int,
    of: int,
    shows: str,
) -> Deck:
    """Cards of (language, facts) in their order until `room` bytes are used up.

    of: how many there would be. shows: a name that `neuroglot show` takes.
    """
    cards: dict[str, list[Card]] = {label: [] for label in source.languages}
    for label, each in facts:
        card = _card(source, label, each, words)
        room -= _weight(card)
        if room < 0:
            break
        cards[label].append(card)
    blocks: list[Cards] = []
    for label, own in cards.items():
        first = 1 if len(blocks) < _PLACED else 0
        if own:
            blocks.append(Cards(named(label), own[:first], own[first:], open=not blocks))
    ids = frozenset(card.id for own in cards.values() for card in own)
    return Deck(blocks, ids, _note(len(ids), of, shows))


def _note(shown: int, all_of_them: int, shows: str) -> str:
    if shown == all_of_them:
        return f"Each of the {count(shown)} has a card below."
    return (
        f"{count(shown)} of {count(all_of_them)} have a card below, best ranks first, as many as "
        f"this page has room for; “neuroglot show RUN {shows}” prints any of them."
    )


def in_turns(owned: Mapping[str, Sequence[Key]]) -> Iterator[tuple[str, Key]]:
    """Each language's first, then each one's second, and so on; every key once."""
    seen: set[Key] = set()
    for turn in zip_longest(*owned.values()):
        for label, key in zip(owned, turn, strict=True):
            if key is not None and key not in seen:
                seen.add(key)
                yield label, key


def _neurons(source: Source) -> Iterator[tuple[str, Facts]]:
    """Every selected neuron once, under the first language that holds it."""
    owned: dict[str, list[Neuron]] = {label: [] for label in source.languages}
    for row in source.selected:
        owned[row["language"]].append((row["layer"], row["neuron"]))
    places = _by_neuron(source.selected)
    rates: dict[Neuron, dict[str, float]] = defaultdict(dict)
    for row in source.rows("neuron_rates"):
        rates[row["layer"], row["neuron"]][row["language"]] = row["probability"]
    examples: dict[tuple[str, Neuron], list[Row]] = defaultdict(list)
    for row in source.rows("neuron_examples"):
        examples[row["language"], (row["layer"], row["neuron"])].append(row)
    writes = _by_neuron(source.rows("neuron_writes"))
    for label, neuron in in_turns(owned):
        own = next(row for row in places[neuron] if row["language"] == label)
        owners = ", ".join(
            f"{named(row['language'])} (rank {row['rank']})" for row in places[neuron]
        )
        shown = sorted(examples[label, neuron], key=lambda row: row["rank"])[:EXAMPLES]
        active, entropy = fixed(own["probability"], 3), fixed(own["entropy"], 3)
        written = writes.get(neuron, [])
        yield (
            label,
            Facts(
                name=neuron_name(*neuron),
                summary=f"{named(label)}, rank {own['rank']} · active at {active} of its tokens · "
                f"entropy {entropy}",
                about=f"In the set of {owners}; {_standing(own)}.",
                owners=frozenset(row["language"] for row in places[neuron]),
                rates=rates.get(neuron, {}),
                examples=shown,
                values=[row["activations"] for row in shown],
                writes=written,
                examples_note=missing(source, "neuron_examples", shown, "no examples recorded"),
                writes_note=missing(source, "neuron_writes", written, "no tokens recorded"),
            ),
        )


def missing(source: Source, table: str, rows: Sequence[Row], why: str) -> str:
    """Why a card lacks rows of a table; empty where it has some."""
    return "" if rows else why if source.has(table) else "not run in this directory"


def _by_neuron(rows: Iterable[Row]) -> dict[Neuron, list[Row]]:
    found: dict[Neuron, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["layer"], row["neuron"]].append(row)
    return found


def _card(source: Source, label: str, facts: Facts, words: Words) -> Card:
    writes = sorted(facts.writes, key=lambda row: row["rank"])[:_WRITTEN]
    values = [value for each in facts.values for value in each if value is not None]
    strongest = max(values, default=0.0)
    return Card(
        id=facts.name,
        summary=facts.summary,
        names=look(label)[0],
        about=facts.about,
        rates=_rates(source, facts, words, look(label)[0]),
        examples=[
            _example(row, own, strongest, words)
            for row, own in zip(facts.examples, facts.values, strict=True)
        ],
        writes=[(token_label(row["token"]), measure(row["weight"])) for row in writes],
        writes_note=facts.writes_note,
        examples_note=facts.examples_note,
    )


def _standing(own: Row) -> str:
    alone = "exclusive to it" if own["exclusive"] else "not exclusive"
    return f"{alone}, {'real (within n*)' if own['real'] else 'beyond n*, not shown to be real'}"


def _rates(source: Source, facts: Facts, words: Words, colour: str) -> Panel | None:
    if not facts.rates:
        return None
    chart = strip(
        Strip(
            [named(label) for label in source.languages],
            [facts.rates.get(label) for label in source.languages],
            [label in facts.owners for label in source.languages],
            colour,
            f"{facts.name}: {words.rates}, by language",
            f"One bar per language: {words.drawn}.",
            digits=words.digits,
        )
    )
    return Panel(f"rates-{facts.name}", words.rates, chart)


def _example(row: Row, values: Sequence[float | None], strongest: float, words: Words) -> Example:
    peak = max((value for value in values if value is not None), default=None)
    where = row["path"] or f"document {row['document']}"
    code = tinted(row["tokens"], values, strongest=strongest)
    return Example(code, f"{words.value} {measure(peak)} · {where}")


def _weight(card: Card) -> int:
    """Bytes that a card takes on the page, roughly."""
    code = sum(len(example.code.encode()) + len(example.source) + 60 for example in card.examples)
    chart = len(card.rates.chart.wide.body) + 500 if card.rates else 0
    return _FRAME + code + chart + 35 * len(card.writes)
