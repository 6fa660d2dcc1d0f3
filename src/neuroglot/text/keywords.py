"""Words that belong to a programming language: its keywords and its built-ins, and English words.

Takes nothing, a folder of JSON files or a file of words, gives lists by language id. The lists that
come with neuroglot name their sources; `tools/keyword_lists.py` writes them. Knows no tokenizer.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from neuroglot.base.errors import ConfigError, MissingExtraError
from neuroglot.base.languages import language_id

ENGLISH_WORDS = 30_000
"""Of the most frequent English words so many are taken."""

Part = Literal["keywords", "builtins", "both"]

_PLAIN = re.compile(r"[^\W\d]\w*[?!]?")


@dataclass(frozen=True)
class WordList:
    """One language's words, matched with their case. name: how it is shown."""

    name: str
    keywords: frozenset[str]
    builtins: frozenset[str]
    sources: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Both kinds."""
        return self.keywords | self.builtins

    def part(self, part: Part) -> frozenset[str]:
        """One kind, or both."""
        return {"keywords": self.keywords, "builtins": self.builtins, "both": self.words}[part]


def is_word(text: str) -> bool:
    """Whether a text may stand in any list: a name, and no blank, number or punctuation."""
    return _PLAIN.fullmatch(text) is not None


@cache
def bundled_lists() -> Mapping[str, WordList]:
    """The lists that come with neuroglot, both kinds for every language, by language id."""
    found = {}
    for file in sorted(files("neuroglot.text").joinpath("keywords").iterdir(), key=str):
        if file.name.endswith(".json"):
            content = json.loads(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".json")] = _word_list(content, file.name)
    return found


def read_lists(folder: str | Path) -> Mapping[str, WordList]:
    """Lists from a folder of JSON files, one per language, in the published form.

    A file is an object with `name`, `keywords`, and where there are any `builtins` and `sources`.
    Its id is the language table's for that name, else the file's own name. Raises ConfigError for a
    folder without such files, and for a file of another form.
    """
    place = Path(folder)
    names = sorted(place.glob("*.json")) if place.is_dir() else []
    if not names:
        raise ConfigError(f"no .json files in {str(folder)!r}: give a folder of keyword lists")
    found: dict[str, WordList] = {}
    for file in names:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot read {file}: {error}") from error
        own = _word_list(content, str(file))
        found[language_id(own.name) or file.stem] = own
    return found


def _word_list(content: Any, where: str) -> WordList:
    listed = isinstance(content, dict) and isinstance(content.get("name"), str)
    parts = (
        [content.get(key) or [] for key in ("keywords", "builtins", "sources")] if listed else []
    )
    if not listed or not all(
        isinstance(part, list) and all(isinstance(word, str) for word in part) for part in parts
    ):
        raise ConfigError(
            f"{where} is no keyword list: give an object with a name and lists of words as "
            "keywords, builtins and sources"
        )
    keywords, builtins, sources = parts
    if not any(is_word(word) for word in keywords + builtins):
        raise ConfigError(f"{where} holds no words: give at least one keyword")
    return WordList(
        content["name"],
        frozenset(filter(is_word, keywords)),
        frozenset(filter(is_word, builtins)) - frozenset(keywords),
        tuple(sources),
    )


def english_words(file: str | Path | None = None) -> frozenset[str]:
    """English words: a file's lines, or the most frequent ones that the package wordfreq knows.

    Each also with a capital and in capitals. Raises ConfigError for a file that cannot be read or
    holds no words, MissingExtraError without wordfreq.
    """
    words = _frequent() if file is None else _lines(Path(file))
    plain = [word for word in words if is_word(word)]
    if not plain:
        raise ConfigError(f"{file} holds no words: give one on each line")
    return frozenset(form for word in plain for form in (word, word.capitalize(), word.upper()))


def _frequent() -> Iterable[str]:
    try:
        from wordfreq import top_n_list
    except ImportError as error:
        raise MissingExtraError("the English words", "wordfreq", "lens") from error
    found: list[str] = top_n_list("en", ENGLISH_WORDS)
    return found


def _lines(file: Path) -> Iterable[str]:
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {file}: {error}") from error
