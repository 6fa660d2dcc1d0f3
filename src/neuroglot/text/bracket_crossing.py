"""Writes bracket prompts in which counting cannot be position: closed counts x missing counts.

One template, layout, number and variant give a prompt for each count of closed calls (0 to 3) and
of missing closers (1 to 4), all of one length in tokens. The layout says which places open a
bracket, which hold a closed call and in which order they stand; a template has several, so that no
position tells a count. Two prompts that differ in one count differ in one place: there plain
operands stand where the other has a bracket. Takes a tokenizer as a record.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.bracket_prompts import MOST_CLOSERS, BracketPrompt
from neuroglot.text.bracket_sketches import BASE, Sketch, Variant, sketched
from neuroglot.text.bracket_templates import (
    CLOSED,
    TEMPLATES,
    Template,
    split_numbers,
    templates_of,
)
from neuroglot.text.closers import Closers, closers, run_tokens
from neuroglot.text.levelling import drawn_fillers, reachable

CLOSED_COUNTS = tuple(range(CLOSED + 1))
MISSING_COUNTS = tuple(range(1, MOST_CLOSERS + 1))

MOST_NUMBERS = 150
"""Last operands of a template: as many as every split has."""


@dataclass(frozen=True)
class BracketSet:
    """Prompts, the closers of the tokenizer, and what was left out.

    dropped: why -> how many prompts.
    """

    prompts: tuple[BracketPrompt, ...]
    closers: Closers
    dropped: Mapping[str, int]


def template_brackets(
    tokenizer: Tokenizer,
    *,
    closer: str = ")",
    templates: Sequence[Template] = TEMPLATES,
    variants: Sequence[Variant] = (BASE,),
    layouts: int = 3,
    numbers: int = 1,
    seed: int = 0,
) -> BracketSet:
    """A prompt for each template, layout, number, variant, and both counts.

    The counts are those of closed calls and of missing closers; all prompts of one template,
    layout, number and variant have the same `length`. Counts whose closers are not one token are
    left out, and so is a template whose prompts no operands bring to one length; `dropped` counts
    both. layouts: how many each template gets, drawn by the seed. numbers: last operands of each
    layout. Raises ConfigError for these out of range, a closer that no template has, a tokenizer in
    which no run of the closer is one token, and one in which no template comes to one length.
    """
    every, known = tuple(templates), closers(tokenizer, closer)
    if not set(MISSING_COUNTS) & set(known.ids):
        raise ConfigError(
            f"no run of {closer!r} is one token of this tokenizer ({known.refused[1]}): take "
            "another closer or another tokenizer"
        )
    prompts: list[BracketPrompt] = []
    dropped: Counter[str] = Counter()
    for template, variant in product(templates_of(closer, every), variants):
        for layout, number in _drawn(template, layouts, numbers, seed):
            like = _like(template, number, variant, layout=layout)
            sketch = sketched(template, number, variant, layout=layout, templates=every, seed=seed)
            found, lost = _crossed(sketch, like, tokenizer, known, seed)
            prompts += found
            dropped += lost
    if not prompts:
        raise ConfigError(
            f"no prompt with {closer!r} can be written for this tokenizer "
            f"({'; '.join(dropped)}): take another closer or other templates"
        )
    return BracketSet(tuple(prompts), known, dict(dropped))


def _drawn(template: Template, layouts: int, numbers: int, seed: int) -> list[tuple[int, int]]:
    """(layout, number) of all prompts of a template; no number comes twice."""
    n = layouts * numbers
    if layouts < 1 or numbers < 1 or n > MOST_NUMBERS:
        raise ConfigError(
            f"{layouts} layouts with {numbers} numbers each: give at least 1 of both, and at most "
            f"{MOST_NUMBERS} numbers together"
        )
    draw = generator(seed, "bracket numbers", template.id)
    drawn = draw.choice(split_numbers(template.split), n, replace=False).tolist()
    return [(place // numbers, number) for place, number in enumerate(drawn)]


def _like(template: Template, number: int, variant: Variant, *, layout: int) -> BracketPrompt:
    """Everything that the prompts of all counts have in common."""
    return BracketPrompt(
        text="",
        template=template.id,
        language=template.language,
        k=0,
        closed=0,
        number=number,
        split=template.split,
        closer=template.syntax.closer,
        comment=variant.comment,
        names=variant.names,
        layout=layout,
    )


def _crossed(
    sketch: Sketch, like: BracketPrompt, tokenizer: Tokenizer, known: Closers, seed: int
) -> tuple[list[BracketPrompt], Counter[str]]:
    """All cells of a sketch at one length, and how many are left out for which reason."""
    cells = list(product(CLOSED_COUNTS, MISSING_COUNTS))
    plain = _levelled(sketch, like, tokenizer, seed)
    texts = {cell: sketch.text(sketch.filled(*cell), plain) for cell in cells} if plain else {}
    lengths = {len(tokenizer.encode(text).ids) for text in texts.values()}
    # Tokens may reach over the edges of a place: only whole prompts tell.
    if len(lengths) != 1:
        return [], Counter({f"template {like.template} has no common length": len(cells)})
    found: list[BracketPrompt] = []
    dropped: Counter[str] = Counter()
    for (closed, missing), text in texts.items():
        run = known.closer * missing
        if missing not in known.ids:
            dropped[f"{run!r} is not one token"] += 1
        elif run_tokens(text, run, tokenizer) != [known.ids[missing]]:
            dropped[f"{run!r} is another token in template {like.template}"] += 1
        else:
            found.append(replace(like, text=text, closed=closed, k=missing, length=min(lengths)))
    return found, dropped


def _levelled(
    sketch: Sketch, like: BracketPrompt, tokenizer: Tokenizer, seed: int
) -> dict[int, str] | None:
    """For each place, plain operands worth as many tokens as its bracket; None if one has none."""

    def length(piece: str) -> int:
        return len(tokenizer.encode(sketch.beginning + piece + sketch.end).ids)

    def worth(piece: str) -> int:
        return length(piece) - bare

    bare = length("")
    units = {unit: worth(unit) for unit in sketch.units}
    wanted = [worth(piece) for piece in sketch.bracketed]
    reached = reachable(max(wanted, default=0), set(units.values()))
    if not all(each > 0 and reached[each] for each in wanted):
        return None
    draw = generator(seed, "bracket operands", like.template, like.layout)
    return {
        place: "".join(drawn_fillers(each, units, reached, draw))
        for place, each in enumerate(wanted)
    }
