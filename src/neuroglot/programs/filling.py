"""Fills the places of a source: names and expressions in braces, whole lines by indentation.

`fill("for {item} in {values}:", item="n", values="xs")`. A place that stands alone on its line
takes several lines, each as far in as the place; an empty text there removes the line.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from neuroglot.base.errors import ProgramError

T = TypeVar("T")

_PLACE = re.compile(r"\{(\w+)\}")


def fill(source: str, **choices: object) -> str:
    """The source with every place filled, again and again until none is left.

    Raises ProgramError for a place without a choice and for a choice without a place.
    """
    used: set[str] = set()
    for _ in range(8):
        if not _PLACE.search(source):
            break
        source = "\n".join(
            line for each in source.split("\n") for line in _filled(each, choices, used)
        )
    unused = choices.keys() - used
    if unused:
        raise ProgramError(f"no place for {', '.join(sorted(unused))} in the source")
    return source


def needed(choices: Mapping[str, T], *sources: str) -> dict[str, T]:
    """Those of the choices that one of the sources has a place for."""
    places = set(_PLACE.findall("\n".join(sources)))
    return {name: choice for name, choice in choices.items() if name in places}


def _filled(line: str, choices: dict[str, object], used: set[str]) -> list[str]:
    for name in _PLACE.findall(line):
        if name not in choices:
            raise ProgramError(f"nothing was chosen for {{{name}}}")
        used.add(name)
    alone = _PLACE.fullmatch(line.strip())
    if not alone:
        return [_PLACE.sub(lambda match: str(choices[match[1]]), line)]
    margin = margin_of(line)
    text = str(choices[alone[1]]).strip("\n")
    return [margin + each if each else each for each in text.split("\n")] if text else []


def margin_of(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
