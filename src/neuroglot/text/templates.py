"""Writes text from a small grammar: symbols, names that recur inside a unit, a repository's taste.

Takes a grammar (see `text/grammars`) and a stream of uniform numbers, gives text. Knows nothing of
tokens, models or which words mark a language.
"""

import re
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

from neuroglot.base.planted_words import past, plural, progressive, third_person

Grammar = Mapping[str, Sequence[str]]

PHRASES: Grammar = {
    "phrase": (
        "$verb $adj $nouns",
        "$verb $noun before $noun",
        "skip $adj $nouns",
        "$noun stays $adj",
        "$verb each $noun once",
        "see $noun for $nouns",
        "the $noun is $adj",
        "$adj $noun, not yet $verbed",
    ),
    "Sentence": (
        "$Verb $adj $nouns",
        "$Verb each $noun and $verb $nouns",
        "$Adj $noun for $verbed $nouns",
        "$Verb $noun $n times",
        "Keeps the $noun $adj",
        "$Noun with $adj $nouns",
    ),
    "text": ('"$adj $noun"', '"$noun"', '"$noun is $adj"', '"cannot $verb $noun"', '"$noun-$k"'),
}
"""What comments and strings say, in every language alike."""

_SYMBOL = re.compile(r"\$([A-Za-z]+)")
_LOCALS = ("a", "b", "c", "d", "item", "items", "Do")
_FORGETS: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("function", "method", "override", "s"), _LOCALS
)
_FORGETS["unit"] = (*_LOCALS, "f", "g", "h", "Cls")
"""The names that a symbol begins afresh: a class keeps its fields from method to method."""


@dataclass(frozen=True)
class Taste:
    """A repository's own words, and how it likes each rule's alternatives (running sums)."""

    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    adjectives: tuple[str, ...]
    sums: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Pen:
    """What one document is written with. `draw` gives uniform numbers in [0, 1)."""

    grammar: Grammar
    style: str
    taste: Taste
    draw: Callable[[], float]
    names: dict[str, str] = field(default_factory=dict)


def tastes(grammar: Grammar, draw: Callable[[], float]) -> dict[str, list[float]]:
    """Running sums of weights between 1 and 4 for the alternatives of every rule."""
    return {
        symbol: list(accumulate(4.0 ** draw() for _ in alternatives))
        for symbol, alternatives in grammar.items()
    }


def write(template: str, pen: Pen) -> str:
    """The template with every `$name` replaced, further lines indented like their place."""
    parts: list[str] = []
    for literal, symbol, indent in _pieces(template):
        parts.append(literal)
        if symbol:
            value = _value(symbol, pen)
            parts.append(value.replace("\n", "\n" + indent) if indent else value)
    return "".join(parts)


@cache
def _pieces(template: str) -> tuple[tuple[str, str, str], ...]:
    """(text before, symbol, indentation of its line), and at the end the text that is left."""
    pieces: list[tuple[str, str, str]] = []
    end = 0
    for match in _SYMBOL.finditer(template):
        line = template[template.rfind("\n", 0, match.start()) + 1 :]
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        pieces.append((template[end : match.start()], match[1], indent))
        end = match.end()
    return (*pieces, (template[end:], "", ""))


def _value(symbol: str, pen: Pen) -> str:
    if symbol in pen.grammar:
        for name in _FORGETS.get(symbol, ()):
            pen.names.pop(name, None)
        chosen = pen.taste.sums[symbol]
        return write(pen.grammar[symbol][bisect(chosen, pen.draw() * chosen[-1])], pen)
    if symbol in _WORDS:
        return _WORDS[symbol](pen)
    if symbol not in pen.names:
        _name(symbol, pen)
    return pen.names[symbol]


def _name(symbol: str, pen: Pen) -> None:
    """Give a name that will recur: a class, a field, a variable, a thing and its plural."""
    if symbol in {"Cls", "Do"}:
        pen.names[symbol] = _pascal(pen, doing=symbol == "Do")
        return
    noun = _noun(pen)
    while noun in pen.names.values():
        noun = _noun(pen)
    if symbol in {"item", "items"}:
        pen.names["item"], pen.names["items"] = noun, plural(noun)
        return
    words = [_adjective(pen), noun] if pen.draw() < 0.25 else [noun]
    pen.names[symbol] = _joined(words, pen.style)


def _joined(words: list[str], style: str) -> str:
    if style == "snake":
        return "_".join(words)
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _pick(words: Sequence[str], pen: Pen) -> str:
    return words[int(pen.draw() * len(words))]


def _noun(pen: Pen) -> str:
    return _pick(pen.taste.nouns, pen)


def _verb(pen: Pen) -> str:
    return _pick(pen.taste.verbs, pen)


def _adjective(pen: Pen) -> str:
    return _pick(pen.taste.adjectives, pen)


def _pascal(pen: Pen, *, doing: bool = False) -> str:
    first = _verb(pen) if doing else _adjective(pen) if pen.draw() < 0.5 else ""
    return first.capitalize() + _noun(pen).capitalize()


def _function(pen: Pen) -> str:
    noun = _noun(pen)
    return _joined([_verb(pen), plural(noun) if pen.draw() < 0.3 else noun], pen.style)


_WORDS: Mapping[str, Callable[[Pen], str]] = {
    "noun": _noun,
    "nouns": lambda pen: plural(_noun(pen)),
    "Noun": lambda pen: _noun(pen).capitalize(),
    "verb": _verb,
    "verbs": lambda pen: third_person(_verb(pen)),
    "verbed": lambda pen: past(_verb(pen)),
    "Verb": lambda pen: _verb(pen).capitalize(),
    "Verbing": lambda pen: progressive(_verb(pen)).capitalize(),
    "adj": _adjective,
    "Adj": lambda pen: _adjective(pen).capitalize(),
    "fn": _function,
    "Fn": lambda pen: _pascal(pen, doing=True),
    "Other": _pascal,
    "n": lambda pen: str(int(pen.draw() * 10)),
    "k": lambda pen: str(int(10 ** (1 + 2 * pen.draw()))),
}
