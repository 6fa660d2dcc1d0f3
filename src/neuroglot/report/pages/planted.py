"""A model whose answer is known: which neurons should be found per language, and which were."""

from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Source, named, neuron_name
from neuroglot.report.parts import Column, Section, Table, Value

_MOST_NAMED = 12


def section(source: Source) -> Section | None:
    """The section, or None for a model whose answer nobody knows."""
    planted = source.rows("planted")
    if not planted:
        return None
    wanted = _sets(planted)
    found = _sets([row for row in source.selected if row["real"]])
    rows: list[list[Value]] = []
    for label in dict.fromkeys([*source.languages, *sorted(wanted)]):
        should, did = wanted.get(label, set()), found.get(label, set())
        rows.append(
            [
                named(label),
                len(should),
                len(should & did),
                len(should - did),
                len(did - should),
                _names(should - did),
                _names(did - should),
            ]
        )
    return Section("planted", "What should be found, and what was", _lead(rows), [_table(rows)])


def _sets(rows: list[dict[str, object]]) -> dict[str, set[tuple[int, int]]]:
    sets: dict[str, set[tuple[int, int]]] = {}
    for row in rows:
        unit = (int(str(row["layer"])), int(str(row["neuron"])))
        sets.setdefault(str(row["language"]), set()).add(unit)
    return sets


def _lead(rows: list[list[Value]]) -> str:
    should, hit, missed, extra = (sum(int(row[i] or 0) for row in rows) for i in range(1, 5))
    exact = sum(not row[3] and not row[4] for row in rows)
    return (
        "The weights of this model were set by hand, so the answer is known. "
        f"Of {count(should)} planted neurons {count(hit)} were found, {count(missed)} missed, and "
        f"{count(extra)} others were called real; the set is exact in {exact} of {len(rows)} "
        "languages. The study was not told."
    )


def _table(rows: list[list[Value]]) -> Table:
    return Table(
        "planted-table",
        "",
        [
            Column("language"),
            Column("planted", "count"),
            Column("found", "count"),
            Column("missed", "count"),
            Column("others", "count"),
            Column("which were missed"),
            Column("which others"),
        ],
        rows,
    )


def _names(units: set[tuple[int, int]]) -> str:
    names = [neuron_name(*unit) for unit in sorted(units)]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more or "–"
