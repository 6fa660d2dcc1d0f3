"""What was read: documents, repositories and tokens per language, and what was dropped."""

from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Source, facts, named
from neuroglot.report.parts import Block, Column, Facts, Prose, Section, Table


def section(source: Source) -> Section:
    """The section; without the table it holds only where the text came from."""
    data = source.manifest.data
    blocks: list[Block] = [
        Facts("", facts(data)),
    ]
    if source.has("corpus"):
        blocks.append(_table(source))
    if source.manifest.notes:
        blocks.append(Prose([f"Note: {note}" for note in source.manifest.notes]))
    return Section("data", "What was read", _lead(source), blocks)


def _lead(source: Source) -> str:
    rows = source.rows("corpus")
    if not rows:
        return "The table of the corpus was not written in this run."
    dropped = sum(row["dropped_exact"] + row["dropped_near"] + row["dropped_other"] for row in rows)
    return (
        f"{count(sum(row['tokens'] for row in rows))} tokens from "
        f"{count(sum(row['documents'] for row in rows))} documents of "
        f"{count(sum(row['repos'] for row in rows))} repositories; {count(dropped)} duplicates "
        "were dropped. Intervals and controls resample whole repositories."
    )


def _table(source: Source) -> Table:
    place = {label: index for index, label in enumerate(source.languages)}
    rows = sorted(
        source.rows("corpus"),
        key=lambda row: (place.get(row["language"], len(place)), row["split"] != "train"),
    )
    names = (
        "documents",
        "repos",
        "tokens",
        "bytes",
        "bytes_per_token",
        "dropped_exact",
        "dropped_near",
        "dropped_other",
    )
    return Table(
        "corpus-table",
        "",
        [
            Column("language"),
            Column("split"),
            Column("documents", "count"),
            Column("repositories", "count"),
            Column("tokens", "count"),
            Column("bytes", "count"),
            Column("bytes per token", "fixed", 2),
            Column("exact copies", "count", note="dropped"),
            Column("near copies", "count", note="dropped"),
            Column("under another label", "count", note="dropped"),
        ],
        [
            [
                named(row["language"]),
                row["split"].replace("_", " "),
                *(row[name] for name in names),
            ]
            for row in rows
        ],
    )
