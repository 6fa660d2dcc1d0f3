"""The page of a `neuron-guided` run: units of each language, what they do, and layers."""

from collections.abc import Sequence

from neuroglot.report.charts.drawing import NARROW, Reading
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import Domain, finite
from neuroglot.report.numbers import share
from neuroglot.report.pages import (
    ablation,
    claims,
    clones,
    contributions,
    making,
    parallel,
    passes,
    probes,
    transfer,
    tuning,
    unit_cards,
    words,
)
from neuroglot.report.pages.cards import Deck
from neuroglot.report.pages.frame import framed
from neuroglot.report.pages.source import (
    EMBEDDING,
    Row,
    Source,
    level_mark,
    level_name,
    look,
    mean_of,
    named,
    unit_name,
)
from neuroglot.report.parts import Column, Figure, Page, Panel, Section, Table

QUESTION = "Which units of this model serve one programming language alone, and at which depth?"
PROJECTIONS = ("q", "k", "v", "o", "gate", "up", "down")
UNIVERSAL = "universal"
_MOST_ROWS = 2000

Values = list[float | None]


def page(source: Source) -> Page:
    """All sections that the run has tables for."""
    deck = unit_cards.deck(source)
    return framed(
        source,
        QUESTION,
        [*_sentences(source), *claims.sentences(source)],
        _picture(source),
        [
            claims.section(source),
            _units(source, deck),
            ablation.section(source, selection="pls", words=ablation.UNITS),
            passes.section(source),
            tuning.section(source),
            probes.section(source),
            _layers(source),
            clones.section(source),
            transfer.section(source),
            contributions.section(source),
            parallel.section(source),
            making.section(source),
            words.section(source),
        ],
        anchors=deck.ids,
    )


def _sentences(source: Source) -> list[str]:
    sizes = _sizes(source)
    if not sizes:
        return []
    counted = ", ".join(f"{named(label)} {n:,}" for label, n in sizes.items() if label != UNIVERSAL)
    shared = sizes.get(UNIVERSAL, 0)
    return [
        f"By activation times gradient each language has units of its own: {counted}; "
        f"{shared:,} {'serves' if shared == 1 else 'serve'} all languages alike."
    ]


def _sizes(source: Source) -> dict[str, int]:
    """How many units each language has, the universal ones last."""
    rows = source.rows("pls")
    found = dict.fromkeys(source.languages, 0) if rows else {}
    for row in rows:
        found[row["language"]] = found.get(row["language"], 0) + 1
    return found


def _picture(source: Source) -> Figure | None:
    """Where the units lie: layers against projections."""
    rows = source.rows("pls")
    if not rows:
        return None
    layers = int(source.manifest.model["layers"])
    sites = [name for name in PROJECTIONS if any(row["projection"] == name for row in rows)]
    own = [row for row in rows if row["language"] != UNIVERSAL]
    shared = [row for row in rows if row["language"] == UNIVERSAL]
    panels = [
        _placed(own, sites, layers, ("units-own", "(a) Of one language", "Units of one language")),
        _placed(shared, sites, layers, ("units-all", "(b) Of all", "Units of all languages")),
    ]
    return Figure(
        "picture",
        panels,
        f"How many of the {len(own):,} units that serve one language (a), and of the "
        f"{len(shared):,} that serve all alike (b), each projection of each layer has. A unit is "
        "an output coordinate of a projection.",
    )


def _placed(
    rows: Sequence[Row], sites: Sequence[str], layers: int, words: tuple[str, str, str]
) -> Panel:
    id, title, spoken = words
    counts = [[0.0] * len(sites) for _ in range(layers)]
    for row in rows:
        counts[row["layer"]][sites.index(row["projection"])] += 1
    chart = heat(
        HeatMap(
            counts,
            [f"layer {layer}" for layer in range(layers)],
            list(sites),
            Domain.of([value for row in counts for value in row], low=0.0),
            spoken,
            "Rows: layers; columns: projections; how many units lie there.",
            "{row}, {column}: {0} units",
            digits=0,
            numbers=False,
            width=NARROW,
        )
    )
    return Panel(id, title, chart)


def _units(source: Source, deck: Deck) -> Section | None:
    rows = source.rows("pls")
    if not rows:
        return None
    columns = [
        Column("unit", "neuron"),
        Column("language"),
        Column("rank", "count"),
        Column("score", "measure", note="the mean of all units of a language is 1"),
        Column("ratio", "fixed", 2, note="to the second language's score"),
        Column("second"),
    ]
    table = Table(
        "units-table",
        "",
        columns,
        [
            [
                unit_name(row["layer"], row["projection"], row["neuron"]),
                "all" if row["language"] == UNIVERSAL else named(row["language"]),
                row["rank"],
                row["score"],
                row["ratio"],
                named(row["second_language"]),
            ]
            for row in rows[:_MOST_ROWS]
        ],
        first=20,
        filter=True,
        note=""
        if len(rows) <= _MOST_ROWS
        else f"The first {_MOST_ROWS:,} of {len(rows):,}; all stand in tables/pls.parquet.",
    )
    lead = f"{_effects(source)} {deck.note}" if deck.ids else _effects(source)
    counts = Table(
        "units-counts",
        "",
        [Column("language"), Column("units", "count")],
        [
            ["all" if language == UNIVERSAL else named(language), size]
            for language, size in _sizes(source).items()
        ],
    )
    return Section("units", "Units of each language", lead, [counts, table, *deck.blocks])


def _effects(source: Source) -> str:
    """What single units do beside what their scores foretell."""
    rows = source.rows("pls_effects")
    if not rows:
        return "Units in the order of their score."
    n = len({(row["layer"], row["projection"], row["neuron"]) for row in rows})
    parts = source.rows("claim_parts", id="B-1", scope="overall")
    gate = next((row for row in parts if row["name"].startswith("scores predict effects")), None)
    told = (
        "" if gate is None or gate["value"] is None else f": rank correlation {gate['value']:.2f}"
    )
    return (
        f"{n:,} single units were set to zero, one by one, and the texts read again. Scores say "
        f"how much that changes the prediction{told}."
    )


def _layers(source: Source) -> Section | None:
    rows = source.rows("concept_layers", site="resid_post")
    if not rows:
        return None
    bands = source.rows("concept_band", site="resid_post")
    return Section(
        "layers",
        "Where the same task looks the same",
        _band(bands),
        [_curves(rows), *([_shares(bands)] if bands else [])],
    )


def _band(bands: Sequence[Row]) -> str:
    if not bands:
        return "How alike texts of the same task are in different languages, level by level."
    start, end = bands[0]["start"], bands[0]["end"]
    where = level_name(start) if start == end else f"{level_name(start)} to {level_name(end)}"
    steady = [row["share"] for row in bands if start <= row["layer"] <= end]
    return (
        f"Texts find their own task in another language best at {where}; the least steady level "
        f"of these belongs to the band in {share(min(steady))} of resampled tasks."
    )


def _curves(rows: Sequence[Row]) -> Figure:
    """A panel for each measure: across languages, under other names, and untrained."""
    levels = sorted({row["layer"] for row in rows})
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    means = {
        (measure, style): [
            mean_of(rows, column, measure=measure, kind=kind, layer=level) for level in levels
        ]
        for measure in measures
        for style, (kind, column) in _KINDS.items()
    }

    def curve(measure: str, style: str) -> Values:
        return means[measure, style]

    panels = [
        Curves(
            measure,
            *look(""),
            [Line(style, values) for style in _KINDS if finite(values := curve(measure, style))],
        )
        for measure in measures
    ]
    drawn = {line.style for panel in panels for line in panel.lines}
    reading = Reading(
        measures,
        [level_name(level) for level in levels],
        "{row}, {column}: "
        + "; ".join(f"{name} {{{n}}}" for n, name in enumerate(_NAMES.values())),
        [[curve(measure, style) for measure in measures] for style in _KINDS],
        [3] * len(_KINDS),
    )
    chart = multiples(
        Multiples(
            panels,
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "How alike texts of the same task are, level by level",
            "Each panel is a measure: a line for pairs of languages, a dashed one for texts and "
            "their copies under other names, a grey one for an untrained twin.",
            reading,
            [(style, name) for style, name in _NAMES.items() if style in drawn],
        )
    )
    return Figure(
        "layers-curves",
        [Panel("layers-curves-a", "", chart)],
        "Six measures of how alike texts are that say the same, mean over pairs of languages. Raw "
        "cosine is flattered by a direction that all texts share; retrieval asks whether a text is "
        "nearer its own task than others of like length. The residual stream after each layer.",
        _table(rows),
    )


_KINDS = {
    "main": ("cross", "value"),
    "second": ("intra", "value"),
    "twin": ("cross", "untrained"),
}
_NAMES = {"main": "two languages", "second": "other names", "twin": "untrained twin"}


def _shares(bands: Sequence[Row]) -> Figure:
    levels = [row["layer"] for row in bands]
    values: Values = [row["share"] for row in bands]
    reading = Reading(
        ["share of resamples"],
        [level_name(level) for level in levels],
        "{column}: in the band in {0} of resampled tasks",
        [[values]],
        [2],
    )
    chart = multiples(
        Multiples(
            [Curves("in the band", *look(""), [Line("main", values)])],
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "How often each level belongs to the band",
            "One line over the levels: the share of resampled tasks whose band holds the level.",
            reading,
            [("main", "share of resampled tasks")],
        )
    )
    return Figure(
        "layers-band",
        [Panel("layers-band-a", "", chart)],
        "The band is the longest run of levels within one standard error of the best one, by "
        f"retrieval; {bands[0]['n']} {bands[0]['unit']}s resampled.",
    )


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "layers-table",
        "",
        [
            Column("measure"),
            Column("kind"),
            Column("a"),
            Column("b"),
            Column("layer", "count", note=EMBEDDING),
            Column("value", "fixed", 3),
            Column("untrained", "fixed", 3),
        ],
        [
            [
                row["measure"],
                row["kind"],
                named(row["a"]),
                named(row["b"]),
                row["layer"],
                row["value"],
                row["untrained"],
            ]
            for row in rows[:_MOST_ROWS]
        ],
        first=12,
        filter=True,
        note=""
        if len(rows) <= _MOST_ROWS
        else f"The first {_MOST_ROWS:,} rows; all stand in tables/concept_layers.parquet.",
    )
