"""The words that names are drawn from, by what the name is for.

Takes a generator and a role for each place of a source, gives distinct names. A list and its items
belong together: `scores` and `score`. Knows no programs.
"""

from collections.abc import Mapping

from numpy.random import Generator

from neuroglot.base.errors import ProgramError
from neuroglot.programs.choices import pick

ITEMS: Mapping[str, str] = {
    "numbers": "number",
    "values": "value",
    "items": "item",
    "scores": "score",
    "prices": "price",
    "readings": "reading",
    "samples": "sample",
    "heights": "height",
    "weights": "weight",
    "entries": "entry",
    "elements": "element",
    "marks": "mark",
}

ROLES: Mapping[str, tuple[str, ...]] = {
    "list": tuple(ITEMS),
    "result list": ("result", "kept", "output", "collected", "answer"),
    "text": ("text", "word", "sentence", "message", "phrase", "title", "input_text", "source"),
    "result text": ("result", "output", "answer", "changed", "built"),
    "letter": ("letter", "sign", "current", "character"),
    "number": ("number", "value", "amount", "given", "start_value"),
    "size": ("size", "total_size", "steps", "rounds", "times"),
    "limit": ("limit", "threshold", "bound", "cutoff"),
    "target": ("target", "wanted", "goal", "key"),
    "total": ("total", "result", "tally", "running_total", "accumulated"),
    "count": ("count", "matches", "hits", "found", "seen"),
    "best": ("best", "largest", "top", "champion"),
    "index": ("i", "position", "place", "spot"),
    "other index": ("j", "second_position", "offset", "other"),
    "rest": ("rest", "remaining", "left_over", "current"),
    "digit": ("digit", "last_digit", "part"),
    "previous": ("previous", "last", "before"),
    "divisor": ("divisor", "candidate", "factor"),
}

Roles = Mapping[str, str | tuple[str, ...]]
"""For each place of a source a role above, or the words to choose from."""


def draw_names(rng: Generator, **roles: str | tuple[str, ...]) -> dict[str, str]:
    """A name for each place, no name twice: by its role, or one of the words given instead.

    The role "item" takes the singular of the list that was named before it. Raises ProgramError for
    an unknown role or when all its words are taken.
    """
    names: dict[str, str] = {}
    for place, role in roles.items():
        names[place] = _item(names) if role == "item" else _free(rng, role, names)
    return names


def _free(rng: Generator, role: str | tuple[str, ...], taken: Mapping[str, str]) -> str:
    words = ROLES.get(role) if isinstance(role, str) else role
    if words is None:
        raise ProgramError(f"no role {role!r}: known are item, {', '.join(ROLES)}")
    used = set(taken.values())
    free = [word for word in words if not {word, ITEMS.get(word)} & used]
    if not free:
        raise ProgramError(f"every word for {role!r} is taken: {', '.join(words)}")
    return pick(rng, free)


def _item(names: Mapping[str, str]) -> str:
    for name in reversed(list(names.values())):
        if name in ITEMS and ITEMS[name] not in names.values():
            return ITEMS[name]
    raise ProgramError("no list was named before its item")
