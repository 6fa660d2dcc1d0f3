"""Dendrogram: which of several things are nearest, and at what distance groups of them join.

Average linkage is computed here, from plain distances: a page knows no statistics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from statistics import fmean

from neuroglot.report.charts.drawing import (
    NARROW,
    WORD,
    Chart,
    Drawing,
    Reach,
    Reading,
    at,
    group,
    path,
    text,
    text_width,
)
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.scale import decimals, round_up, ticks
from neuroglot.report.numbers import fixed

Distances = Sequence[Sequence[float]]
Group = tuple[int, ...]
"""The leaves of a part of the tree, by number."""

_PITCH = 22.0
_STUB = 6.0
"""Length of a line that joins at distance zero: it would be no line else."""


@dataclass(frozen=True)
class Merge:
    """Two groups that become one, and their distance."""

    first: Group
    second: Group
    height: float


@dataclass(frozen=True)
class Leaf:
    """What stands at an end of the tree: its name, colour class and marker."""

    name: str
    names: str
    marker: str


@dataclass(frozen=True)
class Tree:
    """The leaves and their distances, [leaf][leaf], of which the upper half is read."""

    leaves: Sequence[Leaf]
    distances: Distances
    axis: str
    title: str
    description: str
    width: float = 520


def average_linkage(distances: Distances) -> list[Merge]:
    """The two nearest groups are joined until one is left; of equal distances the first counts.

    Two groups are as far apart as their leaves are on average.
    """

    def between(pair: tuple[Group, Group]) -> float:
        return fmean(distances[min(a, b)][max(a, b)] for a, b in product(*pair))

    groups: list[Group] = [(leaf,) for leaf in range(len(distances))]
    merges = []
    while len(groups) > 1:
        first, second = min(combinations(groups, 2), key=between)
        merges.append(Merge(first, second, between((first, second))))
        groups[groups.index(first)] = first + second
        groups.remove(second)
    return merges


def dendrogram(tree: Tree) -> Chart:
    """The chart: leaves below one another at the right, distance growing to the left."""
    merges = average_linkage(tree.distances)
    order = [*merges[-1].first, *merges[-1].second] if merges else [0]
    wide = _drawing(tree, merges, order, tree.width)
    narrow = _drawing(tree, merges, order, NARROW) if tree.width > NARROW else None
    return Chart(tree.title, tree.description, wide, narrow, _reading(tree, merges, order))


def _reading(tree: Tree, merges: Sequence[Merge], order: Sequence[int]) -> Reading:
    """Of each leaf: which leaves it joins first, and where."""
    heights: list[list[float | None]] = []
    joined: list[list[float | None]] = []
    words: list[str] = []
    for leaf in order:
        own = next((m for m in merges if (leaf,) in (m.first, m.second)), None)
        others = () if own is None else own.second if own.first == (leaf,) else own.first
        heights.append([None if own is None else own.height])
        joined.append([len(words)])
        words.append(" and ".join(tree.leaves[other].name for other in others) or "–")
    return Reading(
        [tree.leaves[leaf].name for leaf in order],
        [""],
        "{row} joins {0} at {1}",
        [joined, heights],
        [WORD, 3],
        words,
    )


def _drawing(tree: Tree, merges: Sequence[Merge], order: Sequence[int], width: float) -> Drawing:
    right = max(text_width(leaf.name) for leaf in tree.leaves) + 30
    left, above = 14.0, 6.0
    farthest = round_up(max((merge.height for merge in merges), default=1.0))
    scale = width - right - left - _STUB
    bottom = above + _PITCH * len(order)

    def place(distance: float) -> float:
        return left + scale * (1 - distance / farthest)

    body = _axis(tree, ticks(0, farthest, 5), (left, scale, farthest), above, bottom)
    end = left + scale + _STUB
    nodes: dict[Group, tuple[float, float]] = {
        (leaf,): (end, above + _PITCH * (n + 0.5)) for n, leaf in enumerate(order)
    }
    lines = ""
    for merge in merges:
        (ax, ay), (bx, by) = nodes[merge.first], nodes[merge.second]
        x = place(merge.height)
        lines += f"M{at(ax)} {at(ay)}H{at(x)}V{at(by)}H{at(bx)}"
        nodes[merge.first + merge.second] = (x, (ay + by) / 2)
    body += path(lines, "branch")
    for leaf in order:
        _, y = nodes[leaf,]
        own = tree.leaves[leaf]
        sign = marks(own.marker, [(end + 8, y)], radius=3.8)
        body += group(sign, own.names) + text(end + 20, y + 4, own.name)
    origins = [(0.0, above + _PITCH * n) for n in range(len(order))]
    return Drawing(width, bottom + 38, body, Reach(origins, width, width, _PITCH))


def _axis(
    tree: Tree,
    values: Sequence[float],
    scale: tuple[float, float, float],
    above: float,
    bottom: float,
) -> str:
    left, length, farthest = scale
    digits = decimals(values)
    places = [left + length * (1 - value / farthest) for value in values]
    grid = "".join(f"M{at(x)} {at(above)}V{at(bottom)}" for x in places)
    numbers = "".join(
        text(x, bottom + 15, fixed(value, digits)) for x, value in zip(places, values, strict=True)
    )
    axis = text(left + length / 2, bottom + 32, tree.axis, "axis")
    return path(grid, "grid") + group(numbers + axis, "middle")
