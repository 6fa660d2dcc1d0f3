"""Sums of fillers: whether some of them come to a length together, and which.

Knows no text and no tokenizer: only names and what each is worth.
"""

from collections.abc import Collection, Mapping

import numpy as np


def reachable(most: int, worths: Collection[int]) -> list[bool]:
    """Whether 0, 1, ... `most` are sums of worths, each taken as often as one likes."""
    reached = [True] + [False] * most
    for total in range(1, most + 1):
        reached[total] = any(0 < w <= total and reached[total - w] for w in worths)
    return reached


def drawn_fillers(
    wanted: int, worth: Mapping[str, int], reached: list[bool], draw: np.random.Generator
) -> list[str]:
    """Fillers that are worth `wanted` together, drawn one by one; reached[wanted] has to hold."""
    fillers: list[str] = []
    while wanted:
        fit = [f for f, w in worth.items() if 0 < w <= wanted and reached[wanted - w]]
        fillers.append(fit[int(draw.integers(len(fit)))])
        wanted -= worth[fillers[-1]]
    return fillers
