"""Alignment of all pairs of languages: one matrix product beside the plain double loop.

The loop is what the formula says: for each pair and item the cosine of its two texts against that
of either with every other item's, one after the other.
"""

import argparse
from itertools import combinations_with_replacement

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.interleaved import Answer, Task, agreement, measure
from benchmarks.machine import loads
from benchmarks.reports import COSTS, add_round_options, line_against, publish, rounds_of
from benchmarks.shapes import SEED
from neuroglot.analyses.alignment import directions, mexa_hits
from neuroglot.base.seeds import generator

HEADER = (*COSTS, "hits")
BASE = "double loop"
LANGUAGES = 7


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=7)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    items, width = (40, 32) if arguments.quick else (581, 192)
    rounds = rounds_of(arguments)
    before = loads()
    vectors, texts = _world(items, width)
    tasks = [
        Task(BASE, lambda: _double_loop(vectors, texts), BASE),
        Task("neuroglot", lambda: mexa_hits(vectors, texts).astype(np.int64), BASE),
    ]
    timed = measure(tasks, rounds=rounds, tell=print)
    truth = timed[BASE].answer
    assert truth is not None
    publish(
        "mexa",
        about=f"{LANGUAGES} languages x {items} items x {width} numbers, one level. "
        f"Median of {rounds} rounds.",
        header=HEADER,
        lines=[
            (*line_against(each, timed[BASE]), agreement(each.answer, truth))
            for each in timed.values()
        ],
        before=before,
        command=f"mexa --rounds {rounds}",
        write=arguments.write,
    )


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
