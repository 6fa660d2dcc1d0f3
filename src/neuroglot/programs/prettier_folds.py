"""Folds lines that are too long, as prettier does: for languages written like JavaScript.

Takes and gives lines with their whole indentation. A line is folded at its outermost brackets or
operators; a part that is still too long is folded once more. Comments have their own width.
"""

import re
from dataclasses import dataclass

from neuroglot.programs.layout import Lines

_BINDING = (("||",), ("&&",), ("===", "!=="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))
"""Operators, those that bind least first."""

_VALUE = re.compile(r"(return|.*? [-+*%.]?=) (.*);")


@dataclass(frozen=True)
class Page:
    """One step of indentation, and how many columns a line may have."""

    unit: str
    width: int


def folded(lines: Lines, page: Page) -> Lines:
    """The lines, those of code that are too long folded."""
    return [part for line in lines for part in _folded(line, page)]


def _folded(line: str, page: Page) -> Lines:
    text = line.lstrip()
    margin = line[: len(line) - len(text)]
    if len(line) <= page.width or text.startswith(("/", "*")):
        return [line]
    if text.endswith(("{", "{}")):
        return _folded_head(text, margin, page)
    value = _VALUE.fullmatch(text)
    if value is None or len(_operands(value[2])) == 1:
        return _folded_call(text, margin, page)
    start, rest = value[1], value[2]
    if start == "return":
        return [f"{margin}return (", *_continued(rest, margin, page), f"{margin});"]
    return [margin + start, *_continued(f"{rest};", margin, page)]


def _folded_head(text: str, margin: str, page: Page) -> Lines:
    """The head of a function, a loop or a branch: its first brackets are opened."""
    if "(" not in text:
        return [margin + text]
    start = text.index("(")
    end = _closing(text, start)
    inside = text[start + 1 : end]
    if text.startswith("for "):
        parts = _split(inside, (";",))
    elif re.match(r"(if|while|\} else ?if) ", text):
        parts = _split(inside, (" &&", " ||"))
    else:
        parts = _arguments(inside)
    alone = len(parts) == 1
    lines = _continued(parts[0], margin, page) if alone else _further_in(parts, margin, page)
    return [margin + text[: start + 1], *lines, margin + text[end:]]


def _folded_call(text: str, margin: str, page: Page) -> Lines:
    """A statement that ends in a call: each argument on its own line."""
    if not text.endswith(");"):
        return [margin + text]
    end = len(text) - 2
    depths = _depths(text)
    start = max(place for place in range(end) if text[place] == "(" and depths[place] == 0)
    lines: Lines = []
    for argument in _arguments(text[start + 1 : end]):
        first, *rest = _continued(argument, margin, page)
        lines += [first, *(page.unit + line for line in rest)]
    return [margin + text[: start + 1], *lines, margin + text[end:]]


def _continued(text: str, margin: str, page: Page) -> Lines:
    """An expression one unit further in, folded at its operators if it is still too long."""
    fits = len(margin + page.unit + text) <= page.width
    return _further_in([text] if fits else _operands(text), margin, page)


def _further_in(parts: Lines, margin: str, page: Page) -> Lines:
    """Parts one unit further in; the brackets of a negation that is still too long are opened."""
    inner = margin + page.unit
    lines: Lines = []
    for part in parts:
        if len(inner + part) <= page.width or not part.startswith("!("):
            lines.append(inner + part)
            continue
        end = _closing(part, 1)
        lines += [f"{inner}!(", *_continued(part[2:end], inner, page), inner + part[end:]]
    return lines


def _arguments(text: str) -> Lines:
    """Arguments or parameters; the last has a comma too."""
    return _split(f"{text},", (",",))


def _operands(text: str) -> Lines:
    """What the loosest operator outside brackets joins, each but the last with that operator."""
    for operators in _BINDING:
        parts = _split(text, tuple(f" {operator}" for operator in operators))
        if len(parts) > 1:
            return parts
    return [text]


def _split(text: str, ends: tuple[str, ...]) -> Lines:
    """Parts of a text, cut at the spaces outside brackets that follow one of these ends."""
    parts, start = [], 0
    for place, depth in enumerate(_depths(text)):
        if depth == 0 and text[place] == " " and text[:place].endswith(ends):
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens here, outside all others, is closed."""
    return _depths(text).index(0, opening + 1)


def _depths(text: str) -> list[int]:
    """In how many brackets and literals each character stands; their own signs stand outside."""
    depths: list[int] = []
    depth, quote, escaped = 0, "", False
    for sign in text:
        if quote:
            ends = sign == quote and not escaped
            escaped = sign == "\\" and not escaped
            quote = "" if ends else quote
            depths.append(depth + (not ends))
        else:
            depth -= sign in ")]"
            depths.append(depth)
            depth += sign in "(["
            quote = sign if sign in "\"'" else ""
    return depths
