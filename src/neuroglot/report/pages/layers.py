"""Where the neurons lie: per layer and language, against permuted labels and an untrained twin."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.charts.panels import Line, Multiples, Panel, multiples
from neuroglot.report.charts.scale import Domain, finite
from neuroglot.report.pages.source import Row, Source, look, named
from neuroglot.report.parts import Column, Figure, Section, Table
from neuroglot.report.parts import Panel as FigurePanel

Counts = dict[tuple[str, str, int], Row]


def section(source: Source) -> Section | None:
    """The section, or None where the table was not written."""
    rows = source.rows("layers")
    if not rows:
        return None
    counts = {(row["language"], row["set"], row["layer"]): row for row in rows}
    layers = sorted({row["layer"] for row in rows})
    return Section(
        "layers",
        "Where they lie",
        _lead(source, counts, layers),
        [_per_language(source, counts, layers), _pooled(source, counts, layers)],
    )


def excess(source: Source) -> FigurePanel | None:
    """Neurons per language and layer minus what permuted labels give, as a heat map."""
    rows = [row for row in source.rows("layers") if row["set"] == "all"]
    if not rows or all(row["permuted_mean"] is None for row in rows):
        return None
    layers = sorted({row["layer"] for row in rows})
    found = {
        (row["language"], row["layer"]): row["count"] - row["permuted_mean"]
        for row in rows
        if row["permuted_mean"] is not None
    }
    values = [[found.get((label, layer)) for layer in layers] for label in source.languages]
    chart = heat(
        HeatMap(
            values,
            [named(label) for label in source.languages],
            [str(layer) for layer in layers],
            Domain.about_zero([value for line in values for value in line]),
            "Neurons per language and layer beyond permuted labels",
            "Rows are languages, columns are layers. Each cell is the number of selected neurons "
            "in that layer minus the mean number when labels are permuted over repositories.",
            "{row}, layer {column}: {0} neurons more than with permuted labels",
            digits=1,
            numbers=False,
            axis="layer",
            width=440,
        )
    )
    return FigurePanel("picture-layers", "(b) Where they lie, beyond permuted labels", chart)


def over_depth(source: Source) -> dict[str, dict[int, float]]:
    """Shares of all selected and of all exclusive neurons in each layer."""
    counts = {(row["language"], row["set"], row["layer"]): row for row in source.rows("layers")}
    layers = sorted({layer for *_, layer in counts})
    found = {}
    for name, kind in (("selected", "all"), ("exclusive", "exclusive")):
        values = _shares(source, counts, layers, kind, "count")
        found[name] = {
            layer: value for layer, value in zip(layers, values, strict=True) if value is not None
        }
    return found


def _lead(source: Source, counts: Counts, layers: Sequence[int]) -> str:
    """How many cells stick out of the null band, counted from the table."""
    above, cells = 0, 0
    for label in source.languages:
        for layer in layers:
            row = counts.get((label, "all", layer))
            if row and row["permuted_high"] is not None:
                cells += 1
                above += row["count"] > row["permuted_high"]
    if not cells:
        return "Selected neurons per layer. No permuted labels were drawn in this run."
    return (
        f"In {above} of {cells} pairs of language and layer there are more neurons than in 97.5% "
        f"of the selections with permuted labels; chance alone would give about {cells / 40:.0f}."
    )


def _per_language(source: Source, counts: Counts, layers: Sequence[int]) -> Figure:
    twin = any(row["untrained"] is not None for row in counts.values())
    panels = [_panel(label, counts, layers) for label in source.languages]
    key = [
        ("main", "selected"),
        ("second", "exclusive to the language"),
        ("null", "permuted labels, mean"),
        ("band", "permuted labels, 95%"),
    ]
    if twin:
        key.append(("twin", "untrained twin"))
    picture = Multiples(
        panels,
        [str(layer) for layer in layers],
        "layer",
        "Neurons per layer, one panel per language",
        "Each panel is a language: a line for all selected neurons, a dashed line for those in no "
        "other language's set, a grey band for selections with permuted labels.",
        _reading(source, counts, layers, twin=twin),
        key,
    )
    return Figure(
        "layers-by-language",
        [FigurePanel("layers-by-language-a", "", multiples(picture))],
        "Neurons per layer, by language. Unit: neurons. Control: labels permuted over whole groups "
        "of repositories and the whole selection repeated; the band holds 95% of the draws"
        + ("; the thin line is the same model with untrained weights." if twin else "."),
        _table(source, counts),
    )


def _panel(label: str, counts: Counts, layers: Sequence[int]) -> Panel:
    names, marker = look(label)
    drawn = [
        Line("null", _line(label, "all", "permuted_mean", counts, layers)),
        Line("twin", _line(label, "all", "untrained", counts, layers)),
        Line("second", _line(label, "exclusive", "count", counts, layers)),
        Line("main", _line(label, "all", "count", counts, layers)),
    ]
    return Panel(
        named(label),
        names,
        marker,
        [line for line in drawn if finite(line.values)],
        _line(label, "all", "permuted_low", counts, layers),
        _line(label, "all", "permuted_high", counts, layers),
    )


def _reading(source: Source, counts: Counts, layers: Sequence[int], *, twin: bool) -> Reading:
    slots = [
        ("all", "count", 0),
        ("exclusive", "count", 0),
        ("all", "permuted_mean", 1),
        ("all", "permuted_low", 1),
        ("all", "permuted_high", 1),
        ("all", "candidates", 0),
        ("all", "untrained", 0),
    ][: 7 if twin else 6]
    say = (
        "{row}, layer {column}: {0} neurons, {1} exclusive; permuted labels {2} [{3}, {4}]; "
        "{5} candidates" + ("; untrained {6}" if twin else "")
    )
    return Reading(
        [named(label) for label in source.languages],
        [str(layer) for layer in layers],
        say,
        [
            [_line(label, kind, column, counts, layers) for label in source.languages]
            for kind, column, _ in slots
        ],
        [digits for _, _, digits in slots],
    )


def _pooled(source: Source, counts: Counts, layers: Sequence[int]) -> Figure:
    """Shares over all languages: selected, exclusive, permuted, candidates."""
    kinds = [
        ("selected", "tone-a", "●", "all", "count"),
        ("exclusive", "tone-b", "◆", "exclusive", "count"),
        ("permuted labels", "tone-d", "■", "all", "permuted_mean"),
        ("candidates", "tone-c", "▲", "all", "candidates"),
    ]
    series = []
    for name, names, marker, kind, column in kinds:
        shares = _shares(source, counts, layers, kind, column)
        if finite(shares):
            series.append(Series(name, names, marker, shares))
    picture = Lines(
        series,
        [str(layer) for layer in layers],
        "layer",
        "share of the neurons of all languages",
        "Share of neurons per layer, all languages together",
        "Lines for selected neurons, exclusive ones, candidates above the threshold, and the mean "
        "of selections with permuted labels.",
    )
    return Figure(
        "layers-pooled",
        [FigurePanel("layers-pooled-a", "", lines(picture))],
        "The same, all languages together, as shares that add to 1 along each line. Candidates are "
        "the neurons above the threshold, before any choice by entropy: where they lie, a choice "
        "at random would lie too.",
    )


def _shares(
    source: Source, counts: Counts, layers: Sequence[int], kind: str, column: str
) -> list[float | None]:
    sums = [
        sum(finite(_line(label, kind, column, counts, [layer])[0] for label in source.languages))
        for layer in layers
    ]
    total = sum(sums)
    return [value / total if total else None for value in sums]


def _line(
    label: str, kind: str, column: str, counts: Counts, layers: Sequence[int]
) -> list[float | None]:
    rows = [counts.get((label, kind, layer)) for layer in layers]
    return [row[column] if row else None for row in rows]


def _table(source: Source, counts: Counts) -> Table:
    names = (
        "count",
        "low",
        "high",
        "candidates",
        "permuted_mean",
        "permuted_low",
        "permuted_high",
        "untrained",
    )
    place = {label: index for index, label in enumerate(source.languages)}
    order = sorted(counts, key=lambda key: (place[key[0]], key[1], key[2]))
    return Table(
        "layers-table",
        "",
        [
            Column("language"),
            Column("set"),
            Column("layer", "count"),
            Column("neurons", "count"),
            Column("low", "fixed", 1, "95% bootstrap over repositories"),
            Column("high", "fixed", 1, "95% bootstrap over repositories"),
            Column("candidates", "count"),
            Column("permuted mean", "fixed", 1),
            Column("permuted low", "fixed", 1),
            Column("permuted high", "fixed", 1),
            Column("untrained", "count"),
        ],
        [[named(key[0]), key[1], key[2], *(counts[key][name] for name in names)] for key in order],
        first=8,
        filter=True,
    )
