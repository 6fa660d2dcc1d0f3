"""Where the lens sees things happen: the true token comes first, categories begin and have most."""

from neuroglot.report.charts.dots import Dots, dots
from neuroglot.report.charts.dots import Row as Dot
from neuroglot.report.pages.lens_names import EVERY, colour, place, title
from neuroglot.report.pages.source import EMBEDDING, Source, named
from neuroglot.report.parts import Column, Figure, Panel, Table

_MOST_ROWS = 2000
_EVENTS = ("first", "onset", "passes", "peak")


def figure(source: Source) -> Figure | None:
    """Where things happen: one row per category and event."""
    rows = source.rows("lens_depths", source=EVERY, target=EVERY, identical="kept")
    if not rows:
        return None
    rows.sort(key=lambda row: (place(row["category"]), _event(row["event"])))
    drawn = []
    for row in rows:
        located = row["located"] and row["layer"] is not None
        drawn.append(
            Dot(
                f"{title(row['category'])}, {row['event']}",
                colour(row["category"]),
                [row["layer"] if located else None],
                row["low"] if located else None,
                row["high"] if located else None,
                "" if located else "not located",
            )
        )
    chart = dots(
        Dots(
            drawn,
            ["layer, with its 95% interval"],
            "layer",
            "Where things happen",
            "One row per category and event: a dot at its layer, a bar for its interval.",
            1,
            whole=True,
        )
    )
    return Figure(
        "lens-depths",
        [Panel("lens-depths-a", "Where things happen", chart)],
        "The layer of each event, over all pairs of source and target; −1 is the embedding. "
        "First: the true token is the likeliest half as often as at the end. Peak: a category "
        "stands farthest above random sets, by the log of their ratio, among layers that are "
        "nearer the model’s own prediction than frequencies are; onset: half as far. Passes: the "
        "target’s keywords have more than the source’s from there on. Bar: 95% interval. “Not "
        "located” where the resampled layers are spread too widely to name one.",
        _table(source),
    )


def _table(source: Source) -> Table:
    rows = source.rows("lens_depths")
    rows.sort(
        key=lambda row: (
            row["source"] != EVERY,
            row["target"] != EVERY,
            place(row["category"]),
            _event(row["event"]),
        )
    )
    columns = ("layer", "low", "high", "relative_depth", "located", "n")
    return Table(
        "lens-depths-table",
        "",
        [
            Column("source"),
            Column("target"),
            Column("category"),
            Column("event"),
            Column("identical pairs"),
            Column("layer", "fixed", 1, EMBEDDING),
            Column("low", "fixed", 1),
            Column("high", "fixed", 1),
            Column("share of the depth", "fixed", 2),
            Column("located", "flag"),
            Column("n", "count"),
        ],
        [
            [
                named(row["source"]),
                named(row["target"]),
                title(row["category"]),
                row["event"],
                row["identical"],
                *(row[name] for name in columns),
            ]
            for row in rows[:_MOST_ROWS]
        ],
        first=12,
        filter=True,
    )


def _event(event: str) -> int:
    return _EVENTS.index(event) if event in _EVENTS else len(_EVENTS)
