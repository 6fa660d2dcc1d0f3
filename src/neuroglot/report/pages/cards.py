"""A card per neuron: how often it fires in each language, on which real code, what it writes.

Cards are dealt in turns over the languages, best rank first, until the page's room for them is
used up. A few stand in the page; the others wait in templates, which cost no elements until the
script opens them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from neuroglot.report.charts.bars import Strip, strip
from neuroglot.report.charts.code import tinted
from neuroglot.report.escaping import label as token_label
from neuroglot.report.numbers import count, fixed, measure
from neuroglot.report.pages.source import Row, Source, look, named, neuron_name
from neuroglot.report.parts import Card, Cards, Example, Panel

ROOM = 1_300_000
"""Bytes of the page that the neurons may take, table and cards, of two million altogether."""

_PLACED = 6
"""Cards that stand in the page itself, the first of so many languages."""
_EXAMPLES = 3
_WRITTEN = 10
_ROW = 110
"""Bytes of a row of the table of neurons in the page's data."""
_FRAME = 900
"""Bytes of a card that do not depend on what it shows."""

Neuron = tuple[int, int]


@dataclass(frozen=True)
class Deck:
    """The cards that found room: by language, their ids, and a sentence about the rest."""

    blocks: list[Cards]
    ids: frozenset[str]
    note: str


@dataclass(frozen=True)
class _Facts:
    """The tables that cards are made of, by neuron."""

    places: dict[Neuron, list[Row]]
    rates: dict[Neuron, dict[str, float]]
    examples: dict[tuple[str, Neuron], list[Row]]
    writes: dict[Neuron, list[Row]]
    examples_note: str
    writes_note: str


def deck(source: Source) -> Deck:
    """As many cards as there is room for."""
    facts = _facts(source)
    dealt: dict[str, list[Card]] = {label: [] for label in source.languages}
    room = ROOM - _ROW * len(source.selected)
    for label, neuron in _in_turns(source):
        card = _card(source, label, neuron, facts)
        room -= _weight(card)
        if room < 0:
            break
        dealt[label].append(card)
    blocks: list[Cards] = []
    for label, cards in dealt.items():
        first = 1 if len(blocks) < _PLACED else 0
        if cards:
            blocks.append(Cards(named(label), cards[:first], cards[first:], open=not blocks))
    ids = frozenset(card.id for cards in dealt.values() for card in cards)
    return Deck(blocks, ids, _note(len(ids), len(facts.places)))


def _note(shown: int, all_of_them: int) -> str:
    if shown == all_of_them:
        return f"Each of the {count(shown)} has a card below."
    return (
        f"{count(shown)} of {count(all_of_them)} have a card below, best ranks first, as many as "
        "this page has room for; “neuroglot show RUN L07-N0123” prints any of them."
    )


def _in_turns(source: Source) -> Iterator[tuple[str, Neuron]]:
    """Every selected neuron once, in turns over the languages, under the first that holds it."""
    by_language: dict[str, list[Neuron]] = defaultdict(list)
    for row in source.selected:
        by_language[row["language"]].append((row["layer"], row["neuron"]))
    seen: set[Neuron] = set()
    for turn in zip_longest(*(by_language[label] for label in source.languages)):
        for label, neuron in zip(source.languages, turn, strict=True):
            if neuron is not None and neuron not in seen:
                seen.add(neuron)
                yield label, neuron


def _facts(source: Source) -> _Facts:
    places = _by_neuron(source.selected)
    rates: dict[Neuron, dict[str, float]] = defaultdict(dict)
    for row in source.rows("neuron_rates"):
        rates[row["layer"], row["neuron"]][row["language"]] = row["probability"]
    examples: dict[tuple[str, Neuron], list[Row]] = defaultdict(list)
    for row in source.rows("neuron_examples"):
        examples[row["language"], (row["layer"], row["neuron"])].append(row)
    not_run = "not run in this directory"
    return _Facts(
        places,
        rates,
        examples,
        _by_neuron(source.rows("neuron_writes")),
        "" if source.has("neuron_examples") else not_run,
        "" if source.has("neuron_writes") else not_run,
    )


def _by_neuron(rows: Iterable[Row]) -> dict[Neuron, list[Row]]:
    found: dict[Neuron, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["layer"], row["neuron"]].append(row)
    return found


def _card(source: Source, label: str, neuron: Neuron, facts: _Facts) -> Card:
    name = neuron_name(*neuron)
    places = facts.places[neuron]
    holders = {row["language"] for row in places}
    own = next(row for row in places if row["language"] == label)
    owners = ", ".join(f"{named(row['language'])} (rank {row['rank']})" for row in places)
    examples = sorted(facts.examples[label, neuron], key=lambda row: row["rank"])[:_EXAMPLES]
    writes = sorted(facts.writes.get(neuron, []), key=lambda row: row["rank"])[:_WRITTEN]
    return Card(
        id=name,
        summary=f"{named(label)}, rank {own['rank']} · active at {fixed(own['probability'], 3)} of "
        f"its tokens · entropy {fixed(own['entropy'], 3)}",
        names=look(label)[0],
        about=f"In the set of {owners}; {_standing(own)}.",
        rates=_rates(source, name, facts.rates.get(neuron, {}), holders, look(label)[0]),
        examples=[_example(row, examples) for row in examples],
        writes=[(token_label(row["token"]), measure(row["weight"])) for row in writes],
        writes_note=facts.writes_note or ("" if writes else "no tokens recorded"),
        examples_note=facts.examples_note or ("" if examples else "no examples recorded"),
    )


def _standing(own: Row) -> str:
    alone = "exclusive to it" if own["exclusive"] else "not exclusive"
    return f"{alone}, {'real (within n*)' if own['real'] else 'beyond n*, not shown to be real'}"


def _rates(
    source: Source, name: str, rates: dict[str, float], owners: set[str], colour: str
) -> Panel | None:
    if not rates:
        return None
    chart = strip(
        Strip(
            [named(label) for label in source.languages],
            [rates.get(label) for label in source.languages],
            [label in owners for label in source.languages],
            colour,
            f"{name}: activation probability per language",
            "One bar per language: the share of its tokens at which the neuron is active.",
            digits=3,
        )
    )
    return Panel(f"rates-{name}", "active at this share of tokens", chart)


def _example(row: Row, examples: list[Row]) -> Example:
    strongest = max((v for e in examples for v in e["activations"] if v is not None), default=0.0)
    peak = max((value for value in row["activations"] if value is not None), default=None)
    where = row["path"] or f"document {row['document']}"
    code = tinted(row["tokens"], row["activations"], strongest=strongest)
    return Example(code, f"activation {measure(peak)} · {where}")


def _weight(card: Card) -> int:
    """Bytes that a card takes on the page, roughly."""
    code = sum(len(example.code.encode()) + len(example.source) + 60 for example in card.examples)
    chart = len(card.rates.chart.wide.body) + 500 if card.rates else 0
    return _FRAME + code + chart + 35 * len(card.writes)
