"""The parallel texts that alignment and the lens rest on: items, copies, pairs that look wrong."""

from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Source, named
from neuroglot.report.parts import Column, Section, Table


def section(source: Source) -> Section | None:
    """The section, or None where no parallel texts were read."""
    if not source.rows("parallel"):
        return None
    return Section("parallel", "What was read in parallel", _lead(source), [_table(source)])


def _lead(source: Source) -> str:
    rows = source.rows("parallel")
    languages = {row[name] for row in rows for name in ("a", "b")}
    pairs = sum(row["items"] for row in rows)
    identical = sum(row["identical"] for row in rows)
    text = (
        f"Up to {count(max(row['items'] for row in rows))} items of "
        f"{count(max(row['problems'] for row in rows))} problems, each in up to {len(languages)} "
        f"languages: {count(pairs)} pairs of texts. {count(identical)} pairs read alike in both"
    )
    if identical:
        most = max(rows, key=lambda row: row["identical"])
        text += f", most of them in {named(most['a'])} and {named(most['b'])}"
    suspicious = sum(row["suspicious"] for row in rows)
    return text + (
        f"; {count(suspicious)} look as if the two were no translations of each other. Whole "
        "problems are resampled, never items."
    )


def _table(source: Source) -> Table:
    place = {label: number for number, label in enumerate(source.languages)}
    rows = sorted(
        source.rows("parallel"),
        key=lambda row: (
            row["data"],
            *(place.get(row[name], len(place)) for name in ("a", "b")),
        ),
    )
    columns = ("items", "problems", "identical", "duplicates_a", "duplicates_b", "suspicious")
    return Table(
        "parallel-table",
        "",
        [
            Column("data"),
            Column("a"),
            Column("b"),
            Column("items", "count"),
            Column("problems", "count"),
            Column("identical", "count", note="both languages write the item alike"),
            Column("copies in a", "count", note="the text stands for another item too"),
            Column("copies in b", "count", note="the text stands for another item too"),
            Column("suspicious", "count", note="may be no translation"),
        ],
        [
            [row["data"], named(row["a"]), named(row["b"]), *(row[name] for name in columns)]
            for row in rows
        ],
        first=12,
        filter=True,
    )
