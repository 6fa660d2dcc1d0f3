"""The forms that a loop, a change or a comparison may take, as pieces of source for `fill`.

Takes a generator and text, gives text. Places in braces pass through. Knows no programs.
"""

import re

from numpy.random import Generator

from neuroglot.programs.choices import chance, pick
from neuroglot.programs.words import ROLES

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def each_item(rng: Generator, values: str = "{values}", *, item: str = "{item}") -> str:
    """A loop over the elements of a list, by element or by an index of its own; with `{body}`."""
    if chance(rng):
        return f"for {item} in {values}:\n    {{body}}"
    i = pick(rng, ROLES["index"])
    if chance(rng):
        return f"for {i} in range(len({values})):\n    {item} = {values}[{i}]\n    {{body}}"
    head = f"{i} = 0\nwhile {i} < len({values}):\n    {item} = {values}[{i}]\n"
    return f"{head}    {{body}}\n    {i} += 1"


def counted(rng: Generator, counter: str, *, first: str = "0", stop: str) -> str:
    """A loop that counts from `first` to below `stop`, by `for` or by `while`; with `{body}`."""
    if chance(rng):
        bounds = stop if first == "0" else f"{first}, {stop}"
        return f"for {counter} in range({bounds}):\n    {{body}}"
    test = f"<= {stop.removesuffix(' + 1')}" if stop.endswith(" + 1") else f"< {stop}"
    return f"{counter} = {first}\nwhile {counter} {test}:\n    {{body}}\n    {counter} += 1"


def in_full(rng: Generator, update: str) -> str:
    """`a += b`, or now and then `a = a + b`; `b` may be bracketed by need."""
    name, operator, change = re.split(r" (//|[-+*%])= ", update)
    if chance(rng) or chance(rng):
        return update
    compound = operator != "+" and not re.fullmatch(r"\{?\w+\}?", change)
    return f"{name} = {name} {operator} {f'({change})' if compound else change}"


def either_way(rng: Generator, comparison: str) -> str:
    """`a < b`, or now and then `b > a`."""
    left, relation, right = re.split(r" ([<>=!]=?) ", comparison)
    if chance(rng) or chance(rng):
        return comparison
    return f"{right} {FLIPPED[relation]} {left}"
