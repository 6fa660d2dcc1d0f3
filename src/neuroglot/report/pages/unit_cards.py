"""A card per unit of a projection: its score in each language, and on which tokens it has it."""

from collections import defaultdict
from collections.abc import Iterator

from neuroglot.report.numbers import fixed, measure
from neuroglot.report.pages.cards import (
    EXAMPLES,
    ROOM,
    Deck,
    Facts,
    Words,
    dealt,
    in_turns,
    missing,
)
from neuroglot.report.pages.source import Row, Source, named, unit_name

SCORING = Words(
    "score",
    "the unit's activation times gradient in its texts, the mean of all units being 1",
    "score",
    digits=2,
)
Unit = tuple[int, str, int]


def deck(source: Source, *, room: int = ROOM) -> Deck:
    """As many of the units that were looked at as there is room for."""
    scores = _by_unit(source.rows("pls_scores"))
    return dealt(
        source,
        _units(source, scores),
        SCORING,
        room=room,
        of=len(scores),
        shows="L07-gate-N0123",
    )


def _units(source: Source, scores: dict[Unit, list[Row]]) -> Iterator[tuple[str, Facts]]:
    owned: dict[str, list[Unit]] = {label: [] for label in source.languages}
    chosen = {}
    for row in source.rows("pls"):
        unit = _unit(row)
        if row["language"] in owned and unit in scores:
            owned[row["language"]].append(unit)
            chosen[unit] = row
    examples = defaultdict(list)
    for row in source.rows("pls_examples"):
        examples[row["language"], _unit(row)].append(row)
    writes = _by_unit(source.rows("pls_writes"))
    for label, unit in in_turns(owned):
        own, name = chosen[unit], unit_name(*unit)
        shown = sorted(examples[label, unit], key=lambda row: row["rank"])[:EXAMPLES]
        written = writes[unit]
        yield (
            label,
            Facts(
                name=name,
                summary=f"{named(label)}, rank {own['rank']} · score {measure(own['score'])}",
                about=f"{fixed(own['ratio'], 2)} times the score it has in "
                f"{named(own['second_language'])}, the next language.",
                owners=frozenset([label]),
                rates={row["language"]: row["score"] for row in scores[unit]},
                examples=shown,
                values=[row["scores"] for row in shown],
                writes=written,
                examples_note=missing(source, "pls_examples", shown, "no examples recorded"),
                writes_note=missing(source, "pls_writes", written, _through(own["projection"])),
            ),
        )


def _through(projection: str) -> str:
    return f"{projection} acts through attention, it writes nothing by itself"


def _by_unit(rows: list[Row]) -> dict[Unit, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[_unit(row)].append(row)
    return found


def _unit(row: Row) -> Unit:
    return row["layer"], row["projection"], row["neuron"]
