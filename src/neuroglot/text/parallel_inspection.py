"""What parallel items hold, counted pair by pair: the table `parallel` of a run.

Beside items that read alike and items that stand twice it counts suspicious ones: whose two texts
share fewer names and numbers than a text shares with another problem's. They may not be parallel.
"""

import re
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.text.keywords import bundled_lists
from neuroglot.text.parallel import ENGLISH, ParallelCorpus

_WORD = re.compile(r"[^\W\d]\w*|\d+")


def parallel_rows(corpus: ParallelCorpus) -> list[dict[str, Any]]:
    """A row for each pair of languages, in their order."""
    return [
        {
            "data": corpus.source,
            "a": a,
            "b": b,
            "items": len(corpus),
            "problems": len(corpus.problems),
            "identical": corpus.identical[a, b],
            "duplicates_a": corpus.duplicates[a],
            "duplicates_b": corpus.duplicates[b],
            "suspicious": int(suspicious(corpus, a, b).sum()),
        }
        for a, b in combinations([each for each in corpus.languages if each != ENGLISH], 2)
    ]


def suspicious(corpus: ParallelCorpus, a: str, b: str) -> NDArray[np.bool_]:
    """Items that share less in two languages than strangers do: bool [item].

    What is shared is the Jaccard index of names and numbers, keywords left out; strangers are the
    texts of other problems, and their mean is the bound. Items without any such word are left be.
    """
    first, second = _words(corpus, a), _words(corpus, b)
    known = {word: place for place, word in enumerate(sorted(set().union(*first, *second)))}
    held = [_incidence(own, known) for own in (first, second)]
    both = held[0] @ held[1].T
    union = held[0].sum(axis=1)[:, None] + held[1].sum(axis=1)[None] - both
    share = both / np.maximum(union, 1)
    problem = np.array([item.problem for item in corpus.items])
    others = problem[:, None] != problem[None]
    n = np.maximum(others.sum(axis=1), 1)
    strangers = np.maximum((share * others).sum(axis=1), (share * others).sum(axis=0)) / n
    found: NDArray[np.bool_] = (np.diagonal(share) < strangers) & (np.diagonal(union) > 0)
    return found


def _words(corpus: ParallelCorpus, language: str) -> list[frozenset[str]]:
    listed = bundled_lists().get(language)
    keywords = frozenset() if listed is None else listed.words
    return [
        frozenset(word.lower() for word in _WORD.findall(item[language]) if word not in keywords)
        for item in corpus.items
    ]


def _incidence(texts: list[frozenset[str]], known: dict[str, int]) -> NDArray[np.float64]:
    found = np.zeros((len(texts), len(known)))
    for row, words in enumerate(texts):
        found[row, [known[word] for word in words]] = 1.0
    return found
