"""A bracket prompt before its counts are chosen: six places, and what each may hold.

Takes a template, a last operand and a variant; what is drawn depends on none but the template, so
that prompts that differ in the others alone have the same brackets. Every place begins behind a
joint and ends with one: how many tokens one holds does not depend on the others. Knows no
tokenizer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.text.bracket_templates import (
    CLOSED,
    NESTED,
    TEMPLATES,
    WORDS,
    Template,
    comment_line,
    wrong_comment,
)

COMMENTS = ("right", "absent", "wrong")
NAMES = ("own", "other")


@dataclass(frozen=True)
class Variant:
    """What a prompt means, its brackets being the same.

    comment: the line above says what the statement does, nothing stands there, or it says what
    another template does. names: the template's own before its brackets, or other words.
    Raises ConfigError for others than these.
    """

    comment: str = "right"
    names: str = "own"

    def __post_init__(self) -> None:
        for given, known in ((self.comment, COMMENTS), (self.names, NAMES)):
            if given not in known:
                raise ConfigError(f"no variant {given!r}: give {', '.join(known)}")


BASE = Variant()
VARIANTS = (BASE, Variant(comment="absent"), Variant(comment="wrong"), Variant(names="other"))


@dataclass(frozen=True)
class Sketch:
    """One template, number and variant.

    beginning: as far as the first operand. places: in the order in which they stand; 0 to 2 may
    open a bracket, 3 to 5 may hold a closed call. nested, calls: the order in which those are
    filled as a count grows. bracketed: what each place holds then. units: plain operands, each with
    its joint, to fill the others with. end: the last operand.
    """

    beginning: str
    places: tuple[int, ...]
    nested: tuple[int, ...]
    calls: tuple[int, ...]
    bracketed: tuple[str, ...]
    units: tuple[str, ...]
    end: str

    def filled(self, closed: int, missing: int) -> frozenset[int]:
        """The places with brackets in one cell: those of a cell with less, and one more."""
        return frozenset((*self.nested[: missing - 1], *self.calls[:closed]))

    def text(self, filled: Collection[int], plain: Mapping[int, str]) -> str:
        """The prompt in which some places hold brackets, and the others plain operands."""
        held = [self.bracketed[p] if p in filled else plain[p] for p in self.places]
        return self.beginning + "".join(held) + self.end


def sketched(
    template: Template,
    number: int,
    variant: Variant = BASE,
    *,
    layout: int = 0,
    templates: tuple[Template, ...] = TEMPLATES,
    seed: int = 0,
) -> Sketch:
    """The sketch of a template, number and variant.

    layout: which draw of places and operands. templates: where wrong comments are from.
    Raises ConfigError where no comment is wrong.
    """
    draw = generator(seed, "bracket layouts", template.id, layout)
    nested = draw.permutation(NESTED).tolist()
    calls = (NESTED + draw.permutation(CLOSED)).tolist()
    # A closed call's place comes last, so that no open bracket is always the nearest one.
    *inner, last = draw.permutation(calls).tolist()
    places = (*draw.permutation([*nested, *inner]).tolist(), last)
    syntax, names = template.syntax, _names(template, variant)

    def opener(name: str) -> str:
        return syntax.opener.format(name=names[name])

    def operand() -> str:
        units = _units(template)
        return units[int(draw.integers(len(units)))] + syntax.joint

    opened = [opener(name) + operand() for name in template.nested]
    closed = [
        f"{opener(name)}{_argument(template, draw)}{syntax.closer}{syntax.joint}"
        for name in (template.calls * CLOSED)[:CLOSED]
    ]
    outer = opener(template.outer) if template.outer else ""
    return Sketch(
        beginning=_above(template, variant, templates) + template.before + outer + operand(),
        places=places,
        nested=tuple(nested),
        calls=tuple(calls),
        bracketed=(*opened, *closed),
        units=tuple(unit + syntax.joint for unit in _units(template)),
        end=syntax.entry.format(key=WORDS[template.split].keys[-1], value=number),
    )


def _above(template: Template, variant: Variant, templates: tuple[Template, ...]) -> str:
    """The line above the statement, if there is one."""
    if variant.comment == "absent":
        return ""
    right = variant.comment == "right"
    said = template.comment if right else wrong_comment(template, templates)
    return comment_line(template.language, said)


def _names(template: Template, variant: Variant) -> dict[str, str]:
    """Each name of the template -> what is written in its place."""
    if variant.names == "own":
        return {name: name for name in template.names}
    others = WORDS[template.split].others
    return {name: _written_as(name, *others[at]) for at, name in enumerate(template.names)}


def _written_as(name: str, first: str, second: str) -> str:
    """One word or two in the manner of a name."""
    if "_" in name:
        return f"{first}_{second}"
    if name[0].isupper():
        return first.capitalize() + second.capitalize()
    return first if name == name.lower() else first + second.capitalize()


def _argument(template: Template, draw: np.random.Generator) -> str:
    """What stands in a closed call."""
    words, syntax = WORDS[template.split], template.syntax
    number, key = str(draw.choice(words.numbers)), str(draw.choice(words.keys))
    name = str(draw.choice(_variables(template)))
    written = {
        "number": number,
        "name": name,
        "pair": f"{name}, {number}",
        "index": f"{name}[{number}]",
    }[template.argument]
    return syntax.entry.format(key=key, value=written)


def _units(template: Template) -> tuple[str, ...]:
    """Plain operands, short ones and long ones."""
    words, syntax, names = WORDS[template.split], template.syntax, _variables(template)
    values = (*names, *words.numbers)
    if not syntax.keyed:
        return values
    entries = [syntax.entry.format(key=key, value=value) for key in words.keys for value in values]
    return (*entries, *(each.format(word=name) for each in syntax.shorthand for name in names))


def _variables(template: Template) -> list[str]:
    """Variables as their language writes them; in PHP the short ones are constants as well."""
    names = WORDS[template.split].variables
    if template.language != "php":
        return list(names)
    # With the sign alone no operand would be two tokens long, and few sums come out even.
    return [*(f"${name}" for name in names), *(name.upper() for name in names if len(name) < 3)]
