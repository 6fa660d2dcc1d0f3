"""How a study tells whoever watches how far it is."""

from typing import Protocol


class Watcher(Protocol):
    """Called often; must be quick."""

    def __call__(self, step: str, done: int, total: int, unit: str, detail: str) -> None:
        """`done` of `total` units of a step are over; `detail` is what is at hand."""


def unwatched(step: str, done: int, total: int, unit: str, detail: str) -> None:
    """Nobody watches."""
