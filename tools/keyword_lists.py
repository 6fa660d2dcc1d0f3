"""Write the lists of keywords and built-ins that come with neuroglot, one JSON file per language.

`python tools/keyword_lists.py` reads them out of Pygments' lexers (patterns that stand for a finite
list of words), and takes what they have no list of from keyword_sources.json, which names the
languages' own references.
`--check` says whether the files are what the tool would write with the Pygments that is installed.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pygments
from pygments.lexer import words
from pygments.lexers import get_lexer_by_name
from pygments.token import Keyword, Name, Operator

FOLDER = Path(__file__).parent.parent / "src" / "neuroglot" / "text" / "keywords"
MOST_WORDS = 5_000
WORD = re.compile(r"[A-Za-z_]\w*[?!]?")

LEXERS = {
    "c": ("C", "c"),
    "cpp": ("C++", "cpp"),
    "csharp": ("C#", "csharp"),
    "dart": ("Dart", "dart"),
    "elixir": ("Elixir", "elixir"),
    "erlang": ("Erlang", "erlang"),
    "fortran": ("Fortran", "fortran"),
    "go": ("Go", "go"),
    "java": ("Java", "java"),
    "javascript": ("JavaScript", "javascript"),
    "kotlin": ("Kotlin", "kotlin"),
    "lua": ("Lua", "lua"),
    "matlab": ("MATLAB", "matlab"),
    "objective-c": ("Objective-C", "objective-c"),
    "php": ("PHP", "php"),
    "python": ("Python", "python"),
    "python2": ("Python 2", "python2"),
    "r": ("R", "r"),
    "ruby": ("Ruby", "ruby"),
    "rust": ("Rust", "rust"),
    "scala": ("Scala", "scala"),
    "swift": ("Swift", "swift"),
    "typescript": ("TypeScript", "typescript"),
    "visualbasic": ("Visual Basic", "vb.net"),
}
"""Language id -> its name, and Pygments' name of its lexer."""

OTHERS: Mapping[str, Mapping[str, Any]] = json.loads(
    (Path(__file__).parent / "keyword_sources.json").read_text(encoding="utf-8")
)
"""What lexers have no list of: language id -> keywords, builtins -> source and words."""


class _EndlessError(Exception):
    """A pattern that stands for more words than can be listed."""


def _expanded(parsed: Any) -> list[str]:
    """All words that a parsed pattern matches. Raises _EndlessError."""
    found = [""]
    for operation, argument in parsed:
        found = [one + other for one in found for other in _alternatives(operation, argument)]
        if len(found) > MOST_WORDS:
            raise _EndlessError
    return found


def _alternatives(operation: Any, argument: Any) -> list[str]:
    if operation is constants.LITERAL:
        return [chr(argument)]
    if operation in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
        return [""]
    if operation is constants.BRANCH:
        return [word for branch in argument[1] for word in _expanded(branch)]
    if operation is constants.SUBPATTERN:
        return _expanded(argument[3])
    if operation is constants.IN and all(kind is constants.LITERAL for kind, _ in argument):
        return [chr(character) for _, character in argument]
    if operation is constants.MAX_REPEAT and argument[1] == 1:
        return ([""] if argument[0] == 0 else []) + _expanded(argument[2])
    raise _EndlessError


def _groups(parsed: Any) -> Iterator[tuple[int, Any]]:
    """(number, pattern) of each group inside a parsed pattern."""
    for operation, argument in parsed:
        if operation is constants.SUBPATTERN:
            if argument[0] is not None:
                yield argument[0], argument[3]
            yield from _groups(argument[3])
        elif operation is constants.BRANCH:
            for branch in argument[1]:
                yield from _groups(branch)
        elif operation in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            yield from _groups(argument[2])


def _rules(lexer: Any) -> Iterator[tuple[Any, Any]]:
    """(pattern, kind) of every rule of a lexer and of what it inherits."""
    for owner in type(lexer).__mro__:
        for listed in owner.__dict__.get("tokens", {}).values():
            levels = listed.values() if isinstance(listed, dict) else [listed]
            for level in levels:
                yield from ((rule[0], rule[1]) for rule in level if type(rule) is tuple)


def _kinds(lexer: Any) -> Iterator[tuple[Any, str]]:
    """(kind, word) of everything that a lexer's tables list."""
    for listed, kind in _rules(lexer):
        if isinstance(listed, words) and isinstance(kind, type(Keyword)):
            yield from ((kind, word) for word in listed.words)
            continue
        pattern = listed.get() if isinstance(listed, words) else listed
        if not isinstance(pattern, str):
            continue
        parsed = parser.parse(pattern, lexer.flags)
        parts = [(kind, parsed)]
        if not isinstance(kind, type(Keyword)):
            # bygroups keeps the kinds of its groups in its closure, and nowhere else.
            cells = [cell.cell_contents for cell in getattr(kind, "__closure__", None) or ()]
            kinds = next((cell for cell in cells if isinstance(cell, tuple)), ())
            parts = [(kinds[n - 1], part) for n, part in _groups(parsed) if n <= len(kinds)]
        for own, part in parts:
            if not isinstance(own, type(Keyword)):
                continue
            try:
                yield from ((own, word) for word in _expanded(part))
            except _EndlessError:
                continue


def lists(id: str) -> dict[str, Any]:
    """One language's file."""
    name, lexer = LEXERS[id]
    keywords: set[str] = set()
    builtins: set[str] = set()
    # Of MATLAB the lexer has two thousand functions, of every toolbox.
    kinds = (Keyword,) if id == "matlab" else (Keyword, Operator.Word, Name.Builtin)
    for kind, found in _kinds(get_lexer_by_name(lexer)):
        if not any(kind in each for each in kinds):
            continue
        word = found.strip().rstrip("?")
        if WORD.fullmatch(word) and word.strip("_"):
            if kind in Keyword or kind is Operator.Word:
                keywords.add(word)
            elif kind in Name.Builtin:
                builtins.add(word)
    sources = [f"Pygments {pygments.__version__}, lexer {lexer}"]
    for part, own in (("keywords", keywords), ("builtins", builtins)):
        if part in OTHERS.get(id, {}):
            own.update(OTHERS[id][part]["words"])
            sources.append(OTHERS[id][part]["source"])
    if id == "fortran":
        # In any case; the lexer writes one.
        keywords |= {word.lower() for word in keywords}
        builtins |= {word.lower() for word in builtins}
    return {
        "name": name,
        "keywords": sorted(keywords),
        "builtins": sorted(builtins - keywords),
        "sources": sources,
    }


def main() -> int:
    """Write or check all files."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    check = asked.parse_args().check
    FOLDER.mkdir(exist_ok=True)
    stale = []
    for id in LEXERS:
        text = json.dumps(lists(id), indent=1) + "\n"
        file = FOLDER / f"{id}.json"
        if check and (not file.exists() or file.read_text(encoding="utf-8") != text):
            stale.append(file.name)
        elif not check:
            file.write_text(text, encoding="utf-8")
    if stale:
        print(f"not what the tool writes: {', '.join(stale)}", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
