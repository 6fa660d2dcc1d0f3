"""Breaks lines that are too long, as clang-format does: after a separator, aligned to its bracket.

Takes finished lines of a language with brackets and semicolons, gives lines of at most 100 columns
wherever a separator allows it. Knows no language.
"""

import re
from collections.abc import Iterator

from neuroglot.programs.layout import Lines

WIDTH = 100
INDENT = 4


def folded(lines: Lines) -> Lines:
    """The lines, each that is too long as several."""
    return [part for line in lines for part in _parts(line)]


def _parts(line: str) -> Lines:
    if len(line) <= WIDTH:
        return [line]
    value = re.match(r"( *)(?:\w+ )?\w+ =(?= )", line)
    if value and len(value[1]) + INDENT + len(line) - value.end() - 1 <= WIDTH:
        return [value[0], value[1] + " " * INDENT + line[value.end() + 1 :]]
    for start, separators in _openings(line):
        parts = _broken(line, start, separators)
        if len(parts) > 1:
            return parts
    return [line]


def _broken(line: str, start: int, separators: str) -> Lines:
    ends = [end for end in _separations(line, start, separators) if end <= WIDTH]
    if len(line) <= WIDTH or not ends:
        return [line]
    rest = " " * start + line[ends[-1] + 1 :]
    return [line[: ends[-1]], *_broken(rest, start, separators)]


def _openings(line: str) -> Iterator[tuple[int, str]]:
    """Where an expression begins that may be broken, and after what, the outermost first."""
    head = re.match(r" *(?:return |(?:\w+ )?\w+ = )", line)
    if head:
        yield head.end(), r" (?:&&|\|\|)"
        yield head.end(), r" [-+]"
    bracket = re.search(r"\(", _bare(line))
    if bracket:
        yield bracket.end(), r" (?:&&|\|\|)|[,;]"


def _separations(line: str, start: int, separators: str) -> list[int]:
    """Where a line may end: behind the separators that stand in no bracket opened after `start`."""
    text = _bare(line)
    ends = []
    for match in re.finditer(rf"(?:{separators})(?= )", text[start:]):
        before = text[start : start + match.start()]
        if all(before.count(left) == before.count(right) for left, right in ("()", "[]", "{}")):
            ends.append(start + match.end())
    return ends


def _bare(line: str) -> str:
    """The line with its literals blotted out, so that brackets in them do not count."""
    return re.sub(r"""(["'])(\\.|(?!\1).)*\1""", lambda match: "_" * len(match[0]), line)
