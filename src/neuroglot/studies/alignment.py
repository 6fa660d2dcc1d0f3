"""Which languages share their representation? MEXA over parallel texts, level by level.

Takes a model and parallel items, gives hits of every pair of languages at every level, beside what
shuffled pairs, counts of tokens and an untrained twin give; and the rows of the table `mexa`.
"""

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.aligned_claims import Aligned
from neuroglot.analyses.alignment import (
    bags,
    centred,
    differing,
    mexa_hits,
    numbered,
    shuffled_hits,
    unique,
)
from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import known
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.pooling import LAST, WEIGHTED, Pooled, pooled_states
from neuroglot.text.parallel import ENGLISH, ParallelCorpus

Row = dict[str, Any]
Notice = Callable[[str, int, int], None]
"""Called with what is under way, how much is done, and of how much."""

READINGS = {
    "raw": (WEIGHTED, False),
    "centred": (WEIGHTED, True),
    "last": (LAST, False),
    "last centred": (LAST, True),
}
"""Readings of the vectors: how tokens are pooled, whether each language's mean is taken off."""

SHUFFLED = {"shuffled": "raw", "last shuffled": "last"}
"""Shuffled pairs, and the reading that they are of."""


def mexa(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    twin: bool = True,
    seed: int = 0,
    batch_tokens: int = 4096,
    notice: Notice = lambda *_: None,
) -> Aligned:
    """Alignment of the corpus's languages, and of English where every item has a description.

    twin: also of an untrained twin. Raises ConfigError for a corpus of fewer than two languages or
    two items, and for a text that is blank or longer than the model was made for.
    """
    languages = corpus.languages
    if ENGLISH not in languages and all((item.english or "").strip() for item in corpus.items):
        languages = (*languages, ENGLISH)
    if len(languages) < 2 or len(corpus.items) < 2:
        raise ConfigError(
            f"{corpus.source} has {len(languages)} languages and {len(corpus.items)} items: "
            "alignment needs two of both"
        )
    texts = [[item[language] for item in corpus.items] for language in languages]
    numbers = numbered(texts)
    states = _states(lm, texts, batch_tokens, lambda done, n: notice("texts", done, n))
    hits = {name: _hits(_read(states, texts, name), numbers) for name in READINGS}
    for name, reading in SHUFFLED.items():
        hits[name] = np.stack(
            [
                shuffled_hits(level, numbers, generator(seed, "shuffled pairs", place))
                for place, level in enumerate(_read(states, texts, reading))
            ]
        )
    ids = [[lm.tokenizer.encode(text).ids for text in own] for own in texts]
    bag = mexa_hits(bags(ids), numbers)
    hits["bag"] = np.broadcast_to(bag, (len(states.levels), *bag.shape))
    if twin:
        fresh = untrained_twin(lm, seed=seed)
        other = _states(fresh, texts, batch_tokens, lambda done, n: notice("twin", done, n))
        hits["untrained"] = _hits(_read(other, texts, "raw"), numbers)
    problems = {
        problem: n for n, problem in enumerate(dict.fromkeys(i.problem for i in corpus.items))
    }
    return Aligned(
        languages=languages,
        layers=lm.n_layers,
        levels=states.levels,
        problems=np.array([problems[item.problem] for item in corpus.items]),
        texts=numbers,
        hits=hits,
    )


def _states(
    lm: LM, texts: Sequence[Sequence[str]], batch_tokens: int, told: Callable[[int, int], None]
) -> Pooled:
    flat = [text for own in texts for text in own]
    return pooled_states(lm, flat, batch_tokens=batch_tokens, on_progress=told)


def _read(states: Pooled, texts: Sequence[Sequence[str]], reading: str) -> list[NDArray[Any]]:
    """Vectors [language, item, width] of each level."""
    pooling, is_centred = READINGS[reading]
    shape = (len(texts), len(texts[0]), -1)
    levels = [states.vectors[pooling][:, place] for place in range(len(states.levels))]
    shaped = [level.reshape(shape) for level in levels]
    return [centred(level) for level in shaped] if is_centred else shaped


def _hits(levels: Sequence[NDArray[Any]], numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.stack([mexa_hits(level, numbers) for level in levels])


def mexa_rows(found: Aligned, *, data: str, resamples: int, seed: int) -> list[Row]:
    """Rows of the table `mexa`: every pivot and language at every level, with controls beside.

    identical: `kept` counts all items; `dropped` leaves out, for each pair, items that both
    languages write alike and texts that occur twice. Intervals are over whole problems.
    """
    rows: list[Row] = []
    kept = {"kept": np.ones_like(found.hits["bag"][0]), "dropped": differing(found.texts)}
    weights = problem_weights(found.problems, draws=resamples, seed=seed)[1:]
    for (identical, items), name in product(kept.items(), READINGS):
        rows += _rows(found, name, items, weights, where={"identical": identical, "data": data})
    return rows


def _rows(
    found: Aligned, name: str, items: NDArray[np.bool_], weights: NDArray[np.float64], where: Row
) -> list[Row]:
    """The rows of one reading. items: bool [language, language, item]."""
    pooling, is_centred = READINGS[name]
    shuffled = "shuffled" if pooling == WEIGHTED else "last shuffled"
    counts = items.sum(axis=-1)
    beside = {"shuffled": shuffled, "bag_of_tokens": "bag", "untrained": "untrained"}
    controls = {
        column: _score(found.hits[key], items, counts)
        for column, key in beside.items()
        if key in found.hits
    }
    scores = _score(found.hits[name], items, counts)
    low, high = _intervals(found.hits[name], items, weights)
    ceiling = _score(_unique_pairs(found)[None], items, counts)[0]
    rows = []
    for at in np.ndindex(scores.shape):
        level, p, q = at
        score, most = float(scores[at]), float(ceiling[p, q])
        rows.append(
            where
            | {
                "pivot": found.languages[p],
                "language": found.languages[q],
                "layer": found.levels[level],
                "pooling": pooling,
                "centred": is_centred,
                "score": known(score),
                "ceiling": known(most),
                "score_over_ceiling": known(score / most if most else np.nan),
                **{
                    column: known(float(controls[column][at])) if column in controls else None
                    for column in beside
                },
                "n": len(np.unique(found.problems[items[p, q]])),
                "unit": "problem",
                "low": known(float(low[at])),
                "high": known(float(high[at])),
            }
        )
    return rows


def _intervals(
    hits: NDArray[np.bool_], items: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the intervals [level, language, language]. weights: [draw, item]."""
    low, high = np.full((2, *hits.shape[:3]), np.nan)
    for p, q in combinations_with_replacement(range(hits.shape[1]), 2):
        kept = items[p, q]
        drawn = weights[:, kept]
        size = drawn.sum(axis=1, keepdims=True)
        if not kept.any() or not len(drawn):
            continue
        with np.errstate(invalid="ignore"):
            means = drawn @ hits[:, p, q, kept].T.astype(np.float64) / size
        ends = [percentile_interval(level) for level in means.T]
        low[:, p, q] = low[:, q, p] = [each for each, _ in ends]
        high[:, p, q] = high[:, q, p] = [each for _, each in ends]
    return low, high


def _unique_pairs(found: Aligned) -> NDArray[np.bool_]:
    alone = unique(found.texts)
    both: NDArray[np.bool_] = alone[:, None] & alone[None]
    return both


def _score(
    hits: NDArray[np.bool_], items: NDArray[np.bool_], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        found: NDArray[np.float64] = (hits & items).sum(axis=-1) / np.where(counts, counts, np.nan)
    return found
