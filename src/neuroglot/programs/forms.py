"""Ways to write one thing: loops, verdicts, choices of the larger; parts of a source for `fill`.

Takes a generator and parts with places in braces, gives a part with more places: `{i}` for an
index, `{flag}` for a verdict, the rest as each docstring says. `compose` fills a source and draws
names for the roles whose places it has come to hold.
"""

from numpy.random import Generator

from neuroglot.programs.choices import T, chance, pick, whole
from neuroglot.programs.filling import fill, margin_of
from neuroglot.programs.words import Roles, draw_names

ROLES: Roles = {
    "i": "index",
    "flag": ("holds", "valid", "fits", "outcome"),
    "misses": ("misses", "failures", "exceptions", "cases"),
}
"""The roles of places that forms bring along."""


def compose(rng: Generator, source: str, *, roles: Roles, **choices: object) -> str:
    """The source filled with the choices, and with names for the roles that have a place in it."""
    everything = source + "".join(map(str, choices.values()))
    needed = {
        place: role
        for place, role in {**ROLES, **roles}.items()
        if f"{{{place}}}" in everything and place not in choices
    }
    return fill(source, **draw_names(rng, **needed), **choices)


def inside(frame: str, body: str) -> str:
    """A frame with a body in the place of its line `{body}`, as far in as that line."""
    lines = []
    for line in frame.split("\n"):
        margin = margin_of(line)
        bodies = body.split("\n") if line.strip() == "{body}" else [line.strip()]
        lines += [margin + each for each in bodies]
    return "\n".join(lines)


def each_item(
    rng: Generator, body: str, *, of: str = "{values}", item: str = "{item}", ordered: bool = True
) -> str:
    """A loop over a list or a text: by element, by index, by `while`; backwards if not ordered."""
    named = f"{item} = {of}[{{i}}]\n{body}"
    if chance(rng):
        return inside(f"for {item} in {of}:\n    {{body}}", body)
    return each_place(rng, named, of=of, ordered=ordered)


def each_letter(rng: Generator, body: str, *, ordered: bool = True) -> str:
    """A loop over `{text}` that names each `{letter}`."""
    return each_item(rng, body, of="{text}", item="{letter}", ordered=ordered)


def each_place(
    rng: Generator, body: str, *, of: str = "{values}", start: int = 0, ordered: bool = True
) -> str:
    """A loop over the indices of a list or a text."""
    head = f"{start}, " if start else ""
    frames = [
        f"for {{i}} in range({head}len({of})):\n    {{body}}",
        f"{{i}} = {start}\nwhile {{i}} < len({of}):\n    {{body}}\n    {{i}} += 1",
    ]
    if not ordered:
        last = f"{start - 1}"
        frames += [f"for {{i}} in range(len({of}) - 1, {last}, -1):\n    {{body}}"]
    return inside(pick(rng, frames), body)


def count_up(rng: Generator, body: str, *, counter: str, start: str, stop: str) -> str:
    """A loop whose counter runs from `start` to before `stop`: `for` or `while`."""
    head = f"{start}, " if start != "0" else ""
    frames = (
        f"for {counter} in range({head}{stop}):\n    {{body}}",
        f"{counter} = {start}\nwhile {counter} < {stop}:\n    {{body}}\n    {counter} += 1",
    )
    return inside(pick(rng, frames), body)


def both(rng: Generator, first: str, second: str, body: str) -> str:
    """A body under two conditions: joined by `and`, or one inside the other."""
    frames = (
        f"if {first} and {second}:\n    {{body}}",
        f"if {first}:\n    if {second}:\n        {{body}}",
    )
    return inside(pick(rng, frames), body)


def branch(rng: Generator, test: str, opposite: str, then: str, otherwise: str) -> str:
    """Two bodies under a test or its opposite, in either order; an empty one is left out."""
    if not then or (otherwise and chance(rng)):
        test, then, otherwise = opposite, otherwise, then
    return inside(f"if {test}:\n    {{body}}", then) + (
        inside("\nelse:\n    {body}", otherwise) if otherwise else ""
    )


def verdict(rng: Generator, test: str, *, found: bool) -> tuple[str, str, str]:
    """What stands before a loop, in it and after it to give `found` if the test ever holds.

    An early return, a flag, or a count of the turns that pass the test.
    """
    way = whole(rng, 0, 2)
    if way == 0:
        return "", f"if {test}:\n    return {found}", f"return {not found}"
    if way == 1:
        return f"{{flag}} = {not found}", f"if {test}:\n    {{flag}} = {found}", "return {flag}"
    last = "return {misses} > 0" if found else "return {misses} == 0"
    return "{misses} = 0", f"if {test}:\n    {{misses}} += 1", last


def within(rng: Generator, low: str, high: str, *, value: str = "{letter}") -> str:
    """A test that a value lies between two others, both included, in one of its spellings."""
    return pick(
        rng,
        (
            f"{low} <= {value} <= {high}",
            f"{value} >= {low} and {value} <= {high}",
            f"not ({value} < {low} or {value} > {high})",
        ),
    )


def letter_class(rng: Generator) -> tuple[str, str]:
    """Characters of one kind: the words for them, and a test of `{letter}`."""
    middle = pick(rng, "defghijklmnopqrstuv")
    one, other = sorted({pick(rng, "abcdeiostn"), pick(rng, "xyzuvw")})
    return pick(
        rng,
        (
            ("digits", within(rng, "'0'", "'9'")),
            ("capital letters", within(rng, "'A'", "'Z'")),
            ("small letters", within(rng, "'a'", "'z'")),
            (f"small letters up to {middle}", within(rng, "'a'", f"'{middle}'")),
            (f"small letters from {middle} on", within(rng, f"'{middle}'", "'z'")),
            (f"letters {one} and {other}", f"{{letter}} == '{one}' or {{letter}} == '{other}'"),
            ("spaces", "{letter} == ' '"),
            ("characters other than spaces", "{letter} != ' '"),
        ),
    )


MIXED = "abcdeiostn xyzuvw dhkmpr ABXZ 0159"
"""Letters in which every class of `letter_class` and its opposite occur."""


def either(rng: Generator, first: T, second: T) -> tuple[T, T]:
    """Two parts in either order."""
    return (first, second) if chance(rng) else (second, first)
