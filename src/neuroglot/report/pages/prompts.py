"""Single prompts under the lens: the code that was read, and at each layer the likeliest token.

Takes the sampled items of the tables `lens` and `lens_prompts`. Tokens are whatever a vocabulary
holds, so they are shown as labels and cut to their cells; the read-out has them whole.
"""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from neuroglot.report.charts.code import tinted
from neuroglot.report.charts.drawing import WORD, Reading
from neuroglot.report.charts.tokens import TokenGrid, token_grid
from neuroglot.report.escaping import label
from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Row, Source, level_mark, level_name, named
from neuroglot.report.parts import Figure, Panel, Prompt, Prose

_PLACED = 6
"""Prompts in the page, of all that were sampled."""
_MOST_TOKENS, _MOST_LEVELS = 28, 14
"""Rows and columns of a grid: more would be a wall of words."""
_LIKELIEST = 10

Item = tuple[str, str, str]


def blocks(source: Source) -> list[Prose | Prompt]:
    """As many prompts as the page has room for, the directions in turn; none without the tables."""
    read: dict[Item, list[Row]] = {}
    for row in source.rows("lens"):
        read.setdefault((row["source"], row["target"], row["item"]), []).append(row)
    if not read:
        return []
    texts: dict[Item, list[Row]] = {}
    for row in source.rows("lens_prompts"):
        texts.setdefault((row["source"], row["target"], row["item"]), []).append(row)
    placed = _in_turns(read)[:_PLACED]
    told = (
        "Single prompts: tokens of the answer below one another, layers beside one another; each "
        "cell holds the token that the lens finds likeliest, tinted by its probability, and is "
        "framed where it is the true one. Point at a cell, or use the arrow keys, for the ten "
        f"likeliest. {count(len(placed))} of {count(len(read))} sampled prompts are shown."
    )
    return [
        Prose([told]),
        *(
            _prompt(item, read[item], texts.get(item, []), number)
            for number, item in enumerate(placed, start=1)
        ),
    ]


def _in_turns(items: Iterable[Item]) -> list[Item]:
    """The first item of every direction, then the second of every direction, and so on."""
    by_direction: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        by_direction.setdefault(item[:2], []).append(item)
    turns = zip_longest(*by_direction.values())
    return [item for turn in turns for item in turn if item is not None]


def _prompt(item: Item, read: Sequence[Row], text: Sequence[Row], number: int) -> Prompt:
    source, target, name = item
    cells = {(row["position"], row["layer"]): row for row in read}
    positions = sorted({row["position"] for row in read})
    levels = _thinned(sorted({row["layer"] for row in read}))
    shown = positions[:_MOST_TOKENS]
    title = f"{named(source)} to {named(target)}, {name}"
    chart = token_grid(_grid(cells, shown, levels, title))
    last = {row["position"]: row["gold_probability"] for row in read if row["layer"] == levels[-1]}
    ordered = sorted(text, key=lambda row: row["position"])
    code = tinted(
        [row["token"] for row in ordered],
        [last.get(row["position"]) if row["is_target"] else None for row in ordered],
        strongest=1.0,
        framed=False,
    )
    left_out = []
    if len(shown) < len(positions):
        left_out.append(f"The first {len(shown)} of {len(positions)} tokens of the answer.")
    if len(levels) < len({row["layer"] for row in read}):
        left_out.append(f"{len(levels)} of the levels, the last among them.")
    return Prompt(
        f"prompt-{number}",
        title,
        code,
        "Tinted: the answer, by the probability of each true token after the last layer.",
        Figure(
            f"prompt-{number}-lens",
            [Panel(f"prompt-{number}-grid", "", chart)],
            " ".join(["Frame: the likeliest token is the true one.", *left_out]),
        ),
        open=number == 1,
    )


def _thinned(levels: Sequence[int]) -> list[int]:
    """Levels in equal steps, down from the last one."""
    step = -(-len(levels) // _MOST_LEVELS)
    return list(reversed(levels[::-1][::step]))


def _grid(
    cells: dict[tuple[int, int], Row], positions: Sequence[int], levels: Sequence[int], title: str
) -> TokenGrid:
    rows = [[cells.get((position, level)) for level in levels] for position in positions]
    gold = [next((label(cell["gold_token"]) for cell in row if cell), "") for row in rows]
    return TokenGrid(
        [[label(cell["top_tokens"][0]) if cell else "" for cell in row] for row in rows],
        [[cell["top_probabilities"][0] if cell else None for cell in row] for row in rows],
        [[cell is not None and _is_true(cell) for cell in row] for row in rows],
        gold,
        [level_mark(level) for level in levels],
        "layer (E: the embedding)",
        f"Likeliest tokens at each layer: {title}",
        "Rows are the tokens of the answer, columns the layers; each cell holds the token that "
        "the lens finds likeliest there, framed where it is the true one.",
        _reading(rows, gold, levels),
    )


def _is_true(cell: Row) -> bool:
    return bool(cell["top_ids"][0] == cell["gold_id"])


def _reading(
    rows: Sequence[Sequence[Row | None]], gold: Sequence[str], levels: Sequence[int]
) -> Reading:
    """The true token's rank and probability, the entropy, and the likeliest tokens of each cell."""
    words: dict[str, int] = {}
    most = max(len(cell["top_tokens"]) for row in rows for cell in row if cell)
    depth = min(_LIKELIEST, most)

    def column(name: str, rank: int | None = None) -> list[list[float | None]]:
        """A value of every cell, or one place of its lists; words by their number."""

        def value(cell: Row) -> float | None:
            found = cell[name] if rank is None else dict(enumerate(cell[name])).get(rank)
            if isinstance(found, str):
                return words.setdefault(label(found), len(words))
            return None if found is None else float(found)

        return [[None if cell is None else value(cell) for cell in row] for row in rows]

    slots = [column("gold_rank"), column("gold_probability"), column("entropy")]
    digits = [0, 3, 2]
    told = []
    for rank in range(depth):
        told.append(f"{{{len(slots)}}} {{{len(slots) + 1}}}")
        slots += [column("top_tokens", rank), column("top_probabilities", rank)]
        digits += [WORD, 3]
    return Reading(
        gold,
        [level_name(level) for level in levels],
        "{row} at {column}: rank {0}, probability {1}; entropy {2} nats. Likeliest: "
        + " · ".join(told),
        slots,
        digits,
        list(words),
    )
