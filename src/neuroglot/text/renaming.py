"""Other names for a program's variables, parameters and functions; its behaviour stays.

Takes code and a language, gives the new code and which name became which. Names of the language, of
libraries, of members of objects and of types stay, and so does every name that is not understood.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from neuroglot.base.errors import ConfigError
from neuroglot.base.planted_words import ADJECTIVES, NOUNS
from neuroglot.base.seeds import generator
from neuroglot.text.parsing import PARSED, encoded
from neuroglot.text.scopes import Names, Occurrence, own_names

STYLES = ("words", "neutral")
"""What new names are like: two English words (`calm_ticket`), or a letter and a number (`v0`)."""

_JOINED = {"rust": "_", "python": "_", "ruby": "_", "c": "_", "cpp": "_", "php": "_"}


@dataclass(frozen=True)
class Renamed:
    """A program under other names.

    code: the new text. mapping: old name -> new, in the order of their first occurrence.
    left: name that the code defines too and that stays -> why. broken: whether the code held what
    the parser could not read; names that stand there stay.
    """

    code: str
    mapping: Mapping[str, str]
    left: Mapping[str, str]
    broken: bool


def rename(
    code: str, language: str, *, names: str = "words", seed: int = 0, keep: Iterable[str] = ()
) -> Renamed:
    """Give a program's own variables, parameters and functions other names.

    One old name has one new name in the whole text, and no new name is a word of the text. The text
    is taken for the whole program: names that other files or a test use go into `keep`. A variable
    and a function of one name are renamed only together.
    names: a kind of STYLES. seed: which words are drawn.
    Raises ConfigError for a language without rules, a missing grammar, an unknown kind of names.
    """
    if language not in PARSED:
        raise ConfigError(
            f"no rules to rename {language!r}: languages with rules are {', '.join(PARSED)}"
        )
    if names not in STYLES:
        raise ConfigError(f"unknown kind of names {names!r}: give {' or '.join(STYLES)}")
    found = own_names(code, language)
    left = {**found.left, **{name: "asked for" for name in keep if _occurs(name, found)}}
    renamed = [place for place in found.occurrences if place.name not in left]
    mapping = _new_names(renamed, code, language, names, seed)
    return Renamed(_rewritten(code, renamed, mapping, language), mapping, left, found.broken)


def _occurs(name: str, found: Names) -> bool:
    return any(place.name == name for place in found.occurrences)


def _new_names(
    places: list[Occurrence], code: str, language: str, names: str, seed: int
) -> dict[str, str]:
    """Old name -> new, in the order of the text; none is a word of the text or given twice."""
    candidates = {
        function: _words(language, seed, function) if names == "words" else _neutral(function)
        for function in (False, True)
    }
    mapping: dict[str, str] = {}
    for place in places:
        if place.name not in mapping:
            taken = mapping.values()
            mapping[place.name] = next(
                name
                for drawn in candidates[place.function]
                if (name := _like(place.name, drawn)) not in taken and name not in code
            )
    return mapping


def _neutral(function: bool) -> Iterator[str]:
    return (f"{'f' if function else 'v'}{number}" for number in count())


def _words(language: str, seed: int, function: bool) -> Iterator[str]:
    """Pairs of words in random order; with numbers behind them should they ever run out."""
    pairs = [(adjective, noun) for adjective in ADJECTIVES for noun in NOUNS]
    order = generator(seed, "renaming", "function" if function else "variable").permutation(
        len(pairs)
    )
    for round_ in count():
        for index in order:
            first, second = pairs[index]
            joined = f"{first}_{second}" if language in _JOINED else first + second.capitalize()
            yield joined + (str(round_) if round_ else "")


def _like(old: str, new: str) -> str:
    """The new name with what an old one says by its form: a capital first, a mark at the end."""
    stem = old.lstrip("_")
    capital = stem[:1].isupper()
    mark = old[-1] if old[-1] in "?!" else ""
    return "_" * (len(old) - len(stem)) + (new[0].upper() + new[1:] if capital else new) + mark


def _rewritten(
    code: str, places: list[Occurrence], mapping: Mapping[str, str], language: str
) -> str:
    content = encoded(code)
    parts, end = [], 0
    for place in places:
        new = mapping[place.name]
        parts.append(content[end : place.start])
        parts.append((f"{place.name}: {new}" if place.shorthand else new).encode())
        end = place.end
    return b"".join([*parts, content[end:]]).decode("utf-8", "surrogatepass")
