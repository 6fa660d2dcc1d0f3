"""Which languages align, level by level, beyond what their shared tokens explain.

The reading that counts: weighted pooling, vectors as they are, pairs that read alike left out. All
other readings stand in a table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from neuroglot.report.charts.dendrogram import Leaf, Tree, dendrogram
from neuroglot.report.charts.drawing import Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import Domain, finite
from neuroglot.report.numbers import known_mean, p_value, share
from neuroglot.report.pages.pairs import Matrix, flat, pairs_panel
from neuroglot.report.pages.source import (
    EMBEDDING,
    Row,
    Source,
    level_mark,
    level_name,
    look,
    named,
)
from neuroglot.report.parts import Block, Column, Figure, Panel, Section, Table, Value

_MOST_ROWS = 2000
"""Rows of the table of all levels; beyond, only the middle layers are in the page."""

_CONTROLS = ("bag_of_tokens", "shuffled", "untrained")

Values = list[float | None]


@dataclass(frozen=True)
class _Found:
    """The rows of the reading that counts: their languages and levels, one row for each pair."""

    languages: list[str]
    levels: list[int]
    rows: dict[tuple[str, str, int], Row]

    @property
    def middle(self) -> list[int]:
        """The middle half of the depth; all levels, where none of it was kept."""
        layers = max(self.levels) + 1
        inside = [level for level in self.levels if 0.25 <= (level + 0.5) / layers <= 0.75]
        return inside or self.levels

    @property
    def middle_name(self) -> str:
        """The middle half, as a caption says it."""
        first, last = min(self.middle), max(self.middle)
        return f"layer {first}" if first == last else f"layers {first} to {last}"

    def value(self, pivot: str, language: str, level: int, column: str) -> float | None:
        """A column of a pair at a level; None where it has none."""
        row = self.rows.get((pivot, language, level))
        return None if row is None or row[column] is None else float(row[column])

    def in_the_middle(self, column: str) -> Matrix:
        """Means over the middle layers, languages against languages, no diagonal."""
        return self._matrix(lambda a, b, level: self.value(a, b, level, column))

    def over_ceiling(self, column: str) -> Matrix:
        """The same, as a share of what is possible."""

        def part(a: str, b: str, level: int) -> float | None:
            value, most = self.value(a, b, level, column), self.value(a, b, level, "ceiling")
            return None if value is None or not most else value / most

        return self._matrix(part)

    def with_others(self, language: str, level: int, column: str) -> float | None:
        """A column's mean over a language's pairs with all others."""
        others = [other for other in self.languages if other != language]
        return known_mean(self.value(language, other, level, column) for other in others)

    def _matrix(self, of: Callable[[str, str, int], float | None]) -> Matrix:
        return [
            [
                None if a == b else known_mean(of(a, b, level) for level in self.middle)
                for b in names
            ]
            for names in [self.languages]
            for a in names
        ]


def section(source: Source) -> Section | None:
    """The section, or None where no alignment was measured."""
    found = _found(source)
    if found is None:
        return None
    blocks: list[Block] = [_over_levels(found), _beside_tokens(source, found)]
    if tree := _tree(found):
        blocks.append(tree)
    if surface := _surface(source):
        blocks.append(surface)
    return Section("alignment", "Which languages align", _lead(found), blocks)


def sentences(source: Source) -> list[str]:
    """What the page's first lines say: the closest pair, and how many pairs beat their tokens."""
    found = _found(source)
    if found is None:
        return []
    beyond = _pairs(found, _difference(found))
    above = sum(value > 0 for value in beyond.values())
    return [
        _closest(found),
        f"{above} of {len(beyond)} pairs align more in the middle layers than counts of their "
        "tokens alone would make them.",
    ]


def picture(source: Source) -> Figure | None:
    """Alignment beyond shared tokens, languages against languages."""
    found = _found(source)
    if found is None:
        return None
    beyond = _difference(found)
    domain = Domain.about_zero(flat(beyond))
    words = ("picture-beyond", "", "Alignment beyond shared tokens")
    return Figure(
        "picture",
        [pairs_panel(found.languages, beyond, domain, words)],
        "Share of items that align two languages less the share that counts of tokens align, as a "
        f"share of what is possible; mean of {found.middle_name}. Orange: the model brings the two "
        "closer than their text does.",
    )


def over_depth(source: Source) -> dict[int, float]:
    """Mean alignment over all pairs at each level, as a share of what is possible."""
    found = _found(source)
    if found is None:
        return {}
    pairs = [(a, b) for a in found.languages for b in found.languages if a != b]
    means = {
        level: known_mean(found.value(a, b, level, "score_over_ceiling") for a, b in pairs)
        for level in found.levels
    }
    return {level: mean for level, mean in means.items() if mean is not None}


def _found(source: Source) -> _Found | None:
    rows = source.rows("mexa", pooling="weighted", centred=False, identical="dropped")
    rows = [row for row in rows if row["data"] == rows[0]["data"]]
    pairs = {(row["pivot"], row["language"], row["layer"]): row for row in rows}
    if not any(row["score"] is not None for (a, b, _), row in pairs.items() if a != b):
        return None
    return _Found(
        source.ordered(label for row in rows for label in (row["pivot"], row["language"])),
        sorted({row["layer"] for row in rows}),
        pairs,
    )


def _lead(found: _Found) -> str:
    means = {
        language: known_mean(found.with_others(language, layer, "score") for layer in found.middle)
        for language in found.languages
    }
    known = {language: mean for language, mean in means.items() if mean is not None}
    least, most = (choose(known, key=lambda label: known[label]) for choose in (min, max))
    return (
        f"{_closest(found)} With all others together {named(most)} aligns most "
        f"({share(known[most])} of the items on average), {named(least)} least "
        f"({share(known[least])})."
    )


def _closest(found: _Found) -> str:
    """The pair that stands farthest above its tokens."""
    beyond = _pairs(found, _difference(found))
    if not beyond:
        return "No pair has an alignment in the middle layers."
    a, b = max(beyond, key=lambda pair: beyond[pair])
    pair = [_pairs(found, found.over_ceiling(name))[a, b] for name in ("score", "bag_of_tokens")]
    if beyond[a, b] <= 0:
        return (
            f"In the middle layers ({found.middle_name}) no two languages align more than counts "
            f"of their tokens would make them; nearest to it are {named(a)} and {named(b)}, "
            f"{share(pair[0])} of what is possible against {share(pair[1])}."
        )
    return (
        f"In the middle layers ({found.middle_name}) {named(a)} and {named(b)} align most beyond "
        f"their shared tokens: {share(pair[0])} of what is possible, where counts of tokens alone "
        f"give {share(pair[1])}."
    )


def _difference(found: _Found) -> Matrix:
    """Alignment less that of counted tokens, both as a share of the ceiling."""
    whole, bag = found.over_ceiling("score"), found.over_ceiling("bag_of_tokens")
    return [
        [None if a is None or b is None else a - b for a, b in zip(*rows, strict=True)]
        for rows in zip(whole, bag, strict=True)
    ]


def _pairs(found: _Found, matrix: Matrix) -> dict[tuple[str, str], float]:
    """The value of each pair that has one, the mean of both ways round."""
    values = {}
    for i, a in enumerate(found.languages):
        for j, b in enumerate(found.languages[:i]):
            mean = known_mean([matrix[i][j], matrix[j][i]])
            if mean is not None:
                values[b, a] = mean
    return values


def _over_levels(found: _Found) -> Figure:
    """One panel per language: its mean alignment with all others, beside the controls."""

    def curve(language: str, column: str) -> Values:
        return [found.with_others(language, level, column) for level in found.levels]

    panels = [
        Curves(
            named(language),
            *look(language),
            [
                Line(style, values)
                for style, column in (*_STYLES[1:], _STYLES[0])
                if finite(values := curve(language, column))
            ],
            curve(language, "low"),
            curve(language, "high"),
        )
        for language in found.languages
    ]
    drawn = {line.style for panel in panels for line in panel.lines}
    banded = finite(value for panel in panels for value in panel.low)
    key = [(style, _NAMES[column]) for style, column in _STYLES if style in drawn]
    if banded:
        key.insert(1, ("band", "mean of the pairs’ 95% bounds"))
    told = "; ".join(f"{_NAMES[column]} {{{slot}}}" for slot, (_, column) in enumerate(_STYLES))
    reading = Reading(
        [named(language) for language in found.languages],
        [level_name(level) for level in found.levels],
        f"{{row}}, {{column}}: {told}",
        [[curve(language, column) for language in found.languages] for _, column in _STYLES],
        [3] * len(_STYLES),
    )
    chart = multiples(
        Multiples(
            panels,
            [level_mark(level) for level in found.levels],
            "layer (E: the embedding)",
            "Alignment of each language with the others, level by level",
            "Each panel is a language: a line for its mean alignment with all others, a dashed one "
            "for counts of tokens, grey ones for shuffled pairs and an untrained twin.",
            reading,
            key,
        )
    )
    return Figure(
        "alignment-levels",
        [Panel("alignment-levels-a", "", chart)],
        "Share of items that align a language with another (MEXA), mean over its pairs with all "
        "others; a language with itself is left out, and so are items that both write alike. "
        "Vectors are means in which the t-th token counts t times. Controls: the same over counts "
        "of tokens, over items paired at random, and in the same model untrained."
        + ("" if banded else " No interval in this run."),
        _levels_table(found),
    )


_STYLES = (
    ("main", "score"),
    ("second", "bag_of_tokens"),
    ("null", "shuffled"),
    ("twin", "untrained"),
)
_NAMES = {
    "score": "alignment",
    "bag_of_tokens": "counts of tokens",
    "shuffled": "shuffled pairs",
    "untrained": "untrained twin",
}


def _beside_tokens(source: Source, found: _Found) -> Figure:
    whole, bag = found.over_ceiling("score"), found.over_ceiling("bag_of_tokens")
    domain = Domain.of(flat(whole) + flat(bag), low=0.0)
    model = ("alignment-a", "(a) The model", "Alignment")
    control = ("alignment-b", "(b) Control: counts of tokens", "Alignment of counted tokens")
    return Figure(
        "alignment-pairs",
        [
            pairs_panel(found.languages, whole, domain, model),
            pairs_panel(found.languages, bag, domain, control),
        ],
        f"Alignment of every pair, mean of {found.middle_name} (a), and what vectors give that "
        "only count tokens (b). Unit: share of the items that can be told apart at all. One colour "
        "scale; a language with itself is left blank.",
        _readings_table(source, found),
    )


def _tree(found: _Found) -> Figure | None:
    """The languages that have a value with every other one, joined by their distances."""
    values = _pairs(found, found.in_the_middle("score"))
    near = values | {(b, a): value for (a, b), value in values.items()}
    kept: list[str] = []
    for language in found.languages:
        if all((language, other) in near for other in kept):
            kept.append(language)
    if len(kept) < 3:
        return None
    chart = dendrogram(
        Tree(
            [Leaf(named(language), *look(language)) for language in kept],
            [[0.0 if a == b else 1 - near[a, b] for b in kept] for a in kept],
            "distance: 1 − alignment",
            "Dendrogram of the languages by their alignment",
            "Languages that align join far right; groups join at the mean distance of their "
            "languages.",
        )
    )
    left_out = [named(language) for language in found.languages if language not in kept]
    return Figure(
        "alignment-tree",
        [Panel("alignment-tree-a", "Languages by their alignment", chart)],
        f"Average linkage of 1 − alignment, mean of {found.middle_name}, both ways round. Close "
        "languages share tokens too: the control above says how much of this is text."
        + (f" Without a value, and left out: {', '.join(left_out)}." if left_out else ""),
    )


_TAIL = ("score", "low", "high", "ceiling", "score_over_ceiling", *_CONTROLS, "n")
_COLUMNS = (
    Column("alignment", "fixed"),
    Column("low", "fixed"),
    Column("high", "fixed"),
    Column("ceiling", "fixed", note="what copies of texts allow at most"),
    Column("of the ceiling", "fixed"),
    Column("counts of tokens", "fixed"),
    Column("shuffled pairs", "fixed"),
    Column("untrained twin", "fixed"),
    Column("items", "count"),
)


def _levels_table(found: _Found) -> Table:
    """Every pair at every level, as long as there is room."""
    keys = [key for key in found.rows if key[0] != key[1]]
    everything = len(keys) <= _MOST_ROWS
    if not everything:
        keys = [key for key in keys if key[2] in found.middle][:_MOST_ROWS]
    place = {language: number for number, language in enumerate(found.languages)}
    keys.sort(key=lambda key: (place[key[0]], place[key[1]], key[2]))
    return Table(
        "alignment-table",
        "",
        [Column("pivot"), Column("language"), Column("layer", "count", note=EMBEDDING), *_COLUMNS],
        [
            [
                named(pivot),
                named(language),
                level,
                *(found.rows[pivot, language, level][name] for name in _TAIL),
            ]
            for pivot, language, level in keys
        ],
        first=8,
        filter=True,
        note=""
        if everything
        else f"{len(keys)} of {len(found.rows)} rows; tables/mexa.parquet holds all of them.",
    )


def _readings_table(source: Source, found: _Found) -> Table:
    """Every pair's mean of the middle layers, in every reading of the vectors."""
    middle = set(found.middle)
    cells: dict[tuple[str, str, str, bool, str], list[Row]] = {}
    data = next(iter(found.rows.values()))["data"]
    for row in source.rows("mexa", data=data):
        if row["layer"] in middle and row["pivot"] != row["language"]:
            names = ("pivot", "language", "pooling", "centred", "identical")
            cells.setdefault(tuple(row[name] for name in names), []).append(row)
    place = {language: number for number, language in enumerate(found.languages)}
    order = sorted(
        (key for key in cells if place[key[0]] < place[key[1]]),
        key=lambda key: (key[2] != "weighted", key[3], key[4], place[key[0]], place[key[1]]),
    )
    rows: list[list[Value]] = [
        [
            named(key[0]),
            named(key[1]),
            "weighted mean" if key[2] == "weighted" else "last token",
            key[3],
            key[4],
            *(known_mean(row[name] for row in cells[key]) for name in _TAIL[:1] + _TAIL[3:]),
        ]
        for key in order
    ]
    return Table(
        "alignment-readings",
        "",
        [
            Column("a"),
            Column("b"),
            Column("pooling"),
            Column("mean taken off", "flag"),
            Column("identical pairs"),
            _COLUMNS[0],
            *_COLUMNS[3:],
        ],
        rows[:_MOST_ROWS],
        first=8,
        filter=True,
        note=f"Means of {found.middle_name}.",
    )


def _surface(source: Source) -> Table | None:
    """Each pair beside what its texts share, the pair with most beyond it first."""
    rows = [row for row in source.rows("surface") if row["score"] is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -(row["beyond"] if row["beyond"] is not None else row["score"]))
    columns = ("score", "token_overlap", "identical", "predicted", "beyond")
    explained = rows[0]["explained"]
    return Table(
        "alignment-surface",
        "Alignment beside what the texts share",
        [
            Column("a"),
            Column("b"),
            Column("alignment", "fixed", note="middle layers, as a share of what is possible"),
            Column("token overlap", "fixed", note="Jaccard index of an item's tokens, mean"),
            Column("identical", "fixed", note="share of items that both write alike"),
            Column("predicted", "fixed", note="from the two columns before, least squares"),
            Column("beyond", "fixed"),
        ],
        [[named(row["a"]), named(row["b"]), *(row[name] for name in columns)] for row in rows],
        first=8,
        filter=True,
        note=""
        if explained is None
        else f"What the texts share explains {share(explained)} of the differences between pairs "
        f"(languages dealt anew: {p_value(rows[0]['p'])}).",
    )
