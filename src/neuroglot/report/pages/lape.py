"""The neurons themselves: a table of all, and cards for as many as the page has room for."""

from neuroglot.report.numbers import count
from neuroglot.report.pages import cards
from neuroglot.report.pages.source import Source, named, neuron_name
from neuroglot.report.parts import Block, Column, Section, Table


def section(source: Source, deck: cards.Deck) -> Section | None:
    """The section, or None where no neuron was selected."""
    if not source.selected:
        return None
    blocks: list[Block] = [_table(source), *deck.blocks]
    return Section("neurons", "The neurons", f"{_lead(source)} {deck.note}", blocks)


def _lead(source: Source) -> str:
    rows = source.selected
    distinct = {(row["layer"], row["neuron"]) for row in rows}
    exclusive = sum(row["exclusive"] for row in rows)
    real = sum(row["real"] for row in rows)
    return (
        f"{count(len(rows))} places in {len(source.languages)} sets, {count(len(distinct))} "
        f"different neurons; {count(real)} places are within n*, {count(exclusive)} exclusive to "
        "their language."
    )


def _table(source: Source) -> Table:
    return Table(
        "neurons-table",
        "All selected neurons",
        [
            Column("neuron", "neuron"),
            Column("language"),
            Column("rank", "count"),
            Column("layer", "count"),
            Column("entropy", "fixed", note="over languages, in nats; 0: one language only"),
            Column(
                "probability", "fixed", note="share of the language's tokens where it is active"
            ),
            Column("low", "fixed", note="95% bootstrap over repositories"),
            Column("high", "fixed", note="95% bootstrap over repositories"),
            Column("exclusive", "flag", note="in no other language's set"),
            Column("real", "flag", note="rank within n*"),
        ],
        [
            [
                neuron_name(row["layer"], row["neuron"]),
                named(row["language"]),
                row["rank"],
                row["layer"],
                row["entropy"],
                row["probability"],
                row["low"],
                row["high"],
                row["exclusive"],
                row["real"],
            ]
            for row in source.selected
        ],
        filter=True,
        note="Click a heading to sort; all words in the filter are required.",
    )
