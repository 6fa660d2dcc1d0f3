"""Alignment of all pairs of languages: one matrix product beside the plain double loop.

The loop is what the formula says: for each pair and item the cosine of its two texts against that
of either with every other item's, one after the other.
"""

import argparse
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from benchmarks.interleaved import Answer, Task, agreement, measure, ratio, verdict
from benchmarks.machine import loads, machine_words
from benchmarks.shapes import SEED
from benchmarks.tables import PAGE, markdown, put_block
from neuroglot.analyses.alignment import directions, mexa_hits
from neuroglot.base.seeds import generator

HEADER = ("", "CPU-time ratio [95%]", "verdict", "wall ratio [95%]", "CPU s", "peak MiB", "hits")
BASE = "double loop"
LANGUAGES = 7


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--quick", action="store_true", help="few items, 2 rounds")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    items, width = (40, 32) if arguments.quick else (581, 192)
    rounds = 2 if arguments.quick else arguments.rounds
    before = loads()
    vectors, texts = _world(items, width)
    tasks = [
        Task(BASE, lambda: _double_loop(vectors, texts), BASE),
        Task("neuroglot", lambda: mexa_hits(vectors, texts).astype(np.int64), BASE),
    ]
    timed = measure(tasks, rounds=rounds, tell=print)
    truth = timed[BASE].answer
    assert truth is not None
    lines = []
    for name, each in timed.items():
        cpu = ratio(each.cpu_seconds, timed[BASE].cpu_seconds)
        wall = ratio(each.wall_seconds, timed[BASE].wall_seconds)
        seconds = sorted(each.cpu_seconds)[rounds // 2]
        peak = "" if each.extra_bytes is None else f"{each.extra_bytes / 2**20:.0f}"
        same = agreement(each.answer, truth)
        shown = ("1", "", "1") if name == BASE else (str(cpu), verdict(cpu, None), str(wall))
        lines.append((name, *shown, f"{seconds:.2f}", peak, same))
    table = "\n".join(
        [
            f"{LANGUAGES} languages x {items} items x {width} numbers, one level. "
            f"Median of {rounds} rounds.",
            "",
            markdown(HEADER, lines),
            "",
            machine_words(),
            f"Load average before and after: {before}, {loads()}.",
            f"Command: `python -m benchmarks mexa --rounds {rounds}`.",
        ]
    )
    print(table)
    if arguments.write:
        put_block(PAGE, "mexa", table)


def _world(items: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Vectors [language, item, width] about a common one, and texts of which some stand twice."""
    draw = generator(SEED, "alignment")
    meaning = draw.normal(size=(items, width))
    vectors = meaning + draw.normal(0, 1.5, size=(LANGUAGES, items, width)) + 3
    texts = np.tile(np.arange(items), (LANGUAGES, 1)) + 10 * items * np.arange(LANGUAGES)[:, None]
    texts[0, 3] = texts[0, 5]
    vectors[0, 3] = vectors[0, 5]
    return vectors, texts


def _double_loop(vectors: NDArray[np.float64], texts: NDArray[np.int64]) -> Answer:
    unit = directions(vectors)
    n = vectors.shape[1]
    hits = np.zeros((LANGUAGES, LANGUAGES, n), dtype=np.int64)
    for p, q in combinations_with_replacement(range(LANGUAGES), 2):
        for i in range(n):
            own = unit[p, i] @ unit[q, i]
            is_hit = True
            for j in range(n):
                if j == i:
                    continue
                alike = texts[p, j] == texts[p, i] or texts[q, j] == texts[q, i]
                if alike or unit[p, i] @ unit[q, j] >= own or unit[p, j] @ unit[q, i] >= own:
                    is_hit = False
                    break
            hits[p, q, i] = hits[q, p, i] = is_hit
    return hits
