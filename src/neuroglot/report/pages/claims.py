"""The claims of a paper, what this model shows of each, against what, and the verdict."""

import re
from collections.abc import Sequence

from neuroglot.report.numbers import MINUS, count, fixed, interval, p_value
from neuroglot.report.pages.source import Row, Source, named
from neuroglot.report.parts import Claim, Claims, Column, Section, Table, Verdict

OVERALL = "overall"

FINE = 0.05
"""Margins below this one are in nats per byte, where two decimals say nothing."""
_ORDER = ("null", "gate", "variant", "arm")


def section(source: Source) -> Section | None:
    """The section, or None where no claim was decided."""
    rows = source.rows("claims")
    parts = source.rows("claim_parts")
    whole = [row for row in rows if row["scope"] == OVERALL]
    if not whole:
        return None
    claims = [
        _claim(
            source,
            row,
            [other for other in rows if other["id"] == row["id"] and other is not row],
            [part for part in parts if part["id"] == row["id"]],
            number,
        )
        for number, row in enumerate(whole, start=1)
    ]
    return Section("claims", "Claim by claim", _lead(whole), [Claims(claims), _all(whole)])


def overall(source: Source, id: str) -> Row | None:
    """A claim's row over all languages, or None."""
    rows = source.rows("claims")
    return next((row for row in rows if row["id"] == id and row["scope"] == OVERALL), None)


def sentences(source: Source) -> list[str]:
    """Each claim with its verdict, in a sentence."""
    whole = [row for row in source.rows("claims") if row["scope"] == OVERALL]
    return [
        f"{row['id']}, “{row['statement'].removesuffix('.')}”: {row['verdict']}." for row in whole
    ]


def verdict(word: str) -> Verdict:
    """A verdict's word with its symbol and class: colour is never the only sign."""
    if word.startswith("holds"):
        return Verdict(word, "✓", "yes")
    if word.startswith("does not hold"):
        return Verdict(word, "✗", "no")
    return Verdict(word, "?", "unknown")


def estimate(row: Row) -> str:
    """A claim's value with its interval."""
    return interval(row["value"], row["low"], row["high"], _decimals(row))


def _decimals(row: Row) -> int:
    """Enough to tell the value from its margin."""
    return 2 if row["margin"] is None or row["margin"] >= FINE else 5


def _lead(whole: Sequence[Row]) -> str:
    words = {"holds": "hold", "does not hold": "do not hold", "cannot tell": "cannot be told"}
    counts = [(word, sum(row["verdict"].startswith(word) for row in whole)) for word in words]
    told = [
        f"{number} {word if number == 1 and word != 'cannot tell' else words[word]}"
        for word, number in counts
        if number
    ]
    asked = "1 claim" if len(whole) == 1 else f"{len(whole)} claims"
    return (
        f"Of {asked} {', '.join(told)}. Every claim was given its statistic, margin "
        "and control before any model was read; “cannot tell” means that this text or this model "
        "cannot decide."
    )


def _all(whole: Sequence[Row]) -> Table:
    names = ("id", "statement", "value", "low", "high", "margin", "n", "unit", "verdict", "reason")
    return Table(
        "claims-table",
        "",
        [
            Column("claim"),
            Column("statement"),
            Column("value", "fixed"),
            Column("low", "fixed"),
            Column("high", "fixed"),
            Column("margin", "fixed"),
            Column("n", "count"),
            Column("unit"),
            Column("verdict"),
            Column("reason"),
        ],
        [[row[name] for name in names] for row in whole],
        folded="All claims as one table",
    )


def _claim(
    source: Source, row: Row, scopes: Sequence[Row], parts: Sequence[Row], number: int
) -> Claim:
    whole = [part for part in parts if part["scope"] == OVERALL]
    beside = [part for part in whole if part["kind"] == "null"]
    beside = beside or [part for part in whole if part["kind"] == "arm"]
    details = [_parts_table(parts, number)] if parts else []
    if scopes:
        details.insert(0, _scopes_table(source, scopes, number))
    measured = f"{row['rule'].partition('. ')[0].removesuffix('.')}."
    if row["n"] is not None:
        measured += f" 95% percentile bootstrap, n = {count(row['n'])}, unit: {row['unit'] or '–'}."
    published = f" Published ({row['source']}): {row['published'] or '–'}"
    return Claim(
        id=row["id"],
        statement=row["statement"],
        shows=estimate(row),
        measured=measured + published,
        margin="0" if row["margin"] == 0 else fixed(row["margin"], _decimals(row)),
        controls=[_control(part, _decimals(row)) for part in beside],
        verdict=verdict(row["verdict"]),
        reason=_sentence(row["reason"]),
        needed=count(row["needed"]),
        rule=row["rule"],
        details=details,
    )


def _sentence(reason: str) -> str:
    """A reason with a capital, a full stop and true minus signs."""
    text = re.sub(r"(?<!\w)-(?=\d)", MINUS, reason)
    return text[:1].upper() + text[1:].removesuffix(".") + "."


def _control(part: Row, decimals: int) -> str:
    """A null by its p where it was drawn many times, by its figure and interval where once."""
    corrected = part["p_holm"] if part["p_holm"] is not None else part["p"]
    figure = (
        interval(part["value"], part["low"], part["high"], decimals)
        if corrected is None
        else f"p {p_value(corrected)}"
    )
    return f"{part['name']}: {figure}{_mark(part['passed'])}"


def _mark(passed: bool | None) -> str:
    return "" if passed is None else " ✓" if passed else " ✗"


def _scopes_table(source: Source, scopes: Sequence[Row], number: int) -> Table:
    place = {label: index for index, label in enumerate(source.languages)}
    ordered = sorted(scopes, key=lambda row: place.get(row["scope"], len(place)))
    return Table(
        f"claim-{number}-languages",
        "By language" if place else "One by one",
        [
            Column("language" if place else "of"),
            Column("value", "fixed", 2),
            Column("low", "fixed", 2),
            Column("high", "fixed", 2),
            Column("p, Holm", "p"),
            Column("verdict"),
            Column("reason"),
        ],
        [
            [
                named(row["scope"]),
                *(row[name] for name in ("value", "low", "high", "p_holm", "verdict", "reason")),
            ]
            for row in ordered
        ],
    )


def _parts_table(parts: Sequence[Row], number: int) -> Table:
    ordered = sorted(
        parts,
        key=lambda part: (
            part["scope"] != OVERALL,
            _ORDER.index(part["kind"]) if part["kind"] in _ORDER else len(_ORDER),
        ),
    )
    columns = ("value", "bound", "low", "high", "p", "passed")
    return Table(
        f"claim-{number}-parts",
        "Controls, gates and variants",
        [
            Column("kind"),
            Column("name"),
            Column("for"),
            Column("value", "measure"),
            Column("bound", "measure"),
            Column("low", "measure"),
            Column("high", "measure"),
            Column("p", "p"),
            Column("passed", "flag"),
        ],
        [
            [part["kind"], part["name"], named(part["scope"]), *(part[name] for name in columns)]
            for part in ordered
        ],
        first=40,
        filter=len(ordered) > 20,
    )
