"""At which layers do texts that say the same look the same: in two languages, or under other names?

Takes a model and parallel items, and the same items with other names where there are any; gives six
measures of similarity at every level and site, and how often each task finds its match in another
language, which claim B-5b is decided by. The residual stream (`resid_post`), what the MLP adds
(`mlp_out`), and what the whole block adds (`update`) are looked at apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import bags, centred, numbered
from neuroglot.analyses.claims import known
from neuroglot.analyses.concept_band import BAG, TWIN
from neuroglot.analyses.similarity import distractors, outliers, retrieved, similarities
from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.pooling import site_means
from neuroglot.runs.directory import Run
from neuroglot.text.parallel import ParallelCorpus

Floats = NDArray[np.float64]
Notice = Callable[[str, int, int], None]
STREAM, MLP, UPDATE = "resid_post", "mlp_out", "update"
SITES = (STREAM, MLP, UPDATE)
CROSS, INTRA = "cross", "intra"


@dataclass(frozen=True, eq=False)
class ConceptLayers:
    """levels: -1 for the embedding, then layers; sites that add to the stream have none at -1.

    cross: site -> measure -> float64 [level, language, language]; intra: the same [level, language]
    of texts and their renamed copies. quality: site -> float64 [level, task], how often a task's
    texts find their match in other languages; others: the same of the untrained twin (`resid_post`)
    and of counts of tokens (one level). outliers: level -> dimensions of the stream whose mean
    stands far out, largest first; nothing is done to them.
    """

    languages: tuple[str, ...]
    levels: tuple[int, ...]
    tasks: tuple[str, ...]
    items: int
    cross: Mapping[str, Mapping[str, Floats]]
    intra: Mapping[str, Mapping[str, Floats]]
    quality: Mapping[str, Floats]
    others: Mapping[str, Floats]
    twin: Mapping[str, Floats]
    outliers: Mapping[int, tuple[int, ...]]

    def rows(self, corpus: str) -> list[dict[str, Any]]:
        """Rows of the table `concept_layers`."""
        found = []
        for site in SITES:
            for kind, measures in ((CROSS, self.cross[site]), (INTRA, self.intra.get(site, {}))):
                for measure, values in measures.items():
                    for at in np.ndindex(values.shape):
                        level, *languages = at
                        if len(languages) == 2 and languages[0] >= languages[1]:
                            continue
                        twin = self.twin.get(measure) if (site, kind) == (STREAM, CROSS) else None
                        a, b = languages[0], languages[-1]
                        found.append(
                            {
                                "corpus": corpus,
                                "site": site,
                                "layer": self.levels_of(site)[level],
                                "measure": measure,
                                "kind": kind,
                                "a": self.languages[a],
                                "b": self.languages[b],
                                "value": known(float(values[at])),
                                "untrained": None if twin is None else known(float(twin[at])),
                                "items": self.items,
                            }
                        )
        return found

    def levels_of(self, site: str) -> tuple[int, ...]:
        """The levels that a site has: what adds to the stream has none before layer 0."""
        return self.levels if site == STREAM else self.levels[1:]


def found_band(run: Run) -> tuple[int, int] | None:
    """First and last level of the band that a run has found in the stream, None without one."""
    rows = run.table("concept_band").to_pylist() if run.has("concept_band") else []
    own = next((row for row in rows if row["site"] == STREAM), None)
    return None if own is None else (own["start"], own["end"])


def concept_layers(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    renamed: ParallelCorpus | None = None,
    twin: bool = True,
    seed: int = 0,
    batch_tokens: int = 4096,
    notice: Notice = lambda *_: None,
) -> ConceptLayers:
    """renamed: the same items in the same languages with other names. twin: of an untrained model.

    Raises ConfigError for fewer than two languages, for too few items to tell texts of like length
    apart, and for renamed items that are not the same ones.
    """
    languages = corpus.languages
    if len(languages) < 2:
        raise ConfigError(f"{corpus.source} is in one language: similarity needs two")
    if renamed is not None:
        corpus, renamed = _both(corpus, renamed)
    texts = [[item[language] for item in corpus.items] for language in languages]
    numbers = numbered(texts)
    read = _Reader(lm, len(languages), batch_tokens, notice)
    states, tokens = read.sites(texts, "texts")
    candidates = np.stack(
        [distractors(own, same) for own, same in zip(tokens, numbers, strict=True)]
    )
    task_of, tasks = _tasks(corpus)
    others = {BAG: _quality(_hits([bags(_ids(lm, texts))], candidates), task_of)}
    fresh: dict[str, Floats] = {}
    if twin:
        blank = _Reader(untrained_twin(lm, seed=seed), len(languages), batch_tokens, notice)
        other, _ = blank.sites(texts, "untrained twin")
        hits = _hits(other[STREAM], candidates)
        others[TWIN] = _quality(hits, task_of)
        fresh = _measured(other[STREAM], candidates, hits)
    intra: dict[str, dict[str, Floats]] = {}
    if renamed is not None:
        again = [[item[language] for item in renamed.items] for language in languages]
        intra = _intra(states, read.sites(again, "renamed")[0], candidates)
    found = {site: _hits(states[site], candidates) for site in SITES}
    return ConceptLayers(
        languages=languages,
        levels=tuple(range(-1, lm.n_layers)),
        tasks=tasks,
        items=len(corpus.items),
        cross={site: _measured(states[site], candidates, found[site]) for site in SITES},
        intra=intra,
        quality={site: _quality(found[site], task_of) for site in SITES},
        others=others,
        twin=fresh,
        outliers={
            level - 1: tuple(far.tolist())
            for level, vectors in enumerate(states[STREAM])
            if len(far := outliers(vectors))
        },
    )


@dataclass(frozen=True)
class _Reader:
    """Vectors of texts of several languages at every site."""

    lm: LM
    n_languages: int
    batch_tokens: int
    notice: Notice

    def sites(
        self, texts: list[list[str]], name: str
    ) -> tuple[dict[str, list[Floats]], NDArray[np.int64]]:
        """Site -> [language, item, width] of each of its levels; tokens [language, item]."""
        found = site_means(
            self.lm,
            [text for own in texts for text in own],
            [STREAM, MLP],
            batch_tokens=self.batch_tokens,
            on_progress=lambda done, total: self.notice(name, done, total),
        )
        shape = (self.n_languages, len(texts[0]))
        stream, added = (
            [
                level.reshape(*shape, -1)
                for level in np.moveaxis(found.vectors[site].astype(np.float64), 1, 0)
            ]
            for site in (STREAM, MLP)
        )
        # Means are linear: what a block adds on average is the difference of the two streams.
        update = [after - before for before, after in pairwise(stream)]
        return {STREAM: stream, MLP: added[1:], UPDATE: update}, found.tokens.reshape(shape)


def _hits(levels: list[Floats], candidates: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    """Which texts find their match: bool [language, language, item] of each level."""
    return [retrieved(centred(vectors), candidates) for vectors in levels]


def _measured(
    levels: list[Floats], candidates: NDArray[np.int64], hits: list[NDArray[np.bool_]]
) -> dict[str, Floats]:
    each = [
        similarities(vectors, candidates, own) for vectors, own in zip(levels, hits, strict=True)
    ]
    return {measure: np.stack([level[measure] for level in each]) for measure in each[0]}


def _intra(
    states: Mapping[str, list[Floats]],
    renamed: Mapping[str, list[Floats]],
    candidates: NDArray[np.int64],
) -> dict[str, dict[str, Floats]]:
    """Measures of each language's texts against their renamed copies, [level, language]."""
    found: dict[str, dict[str, Floats]] = {}
    for site in SITES:
        each = []
        for number, mine in enumerate(candidates):
            levels = [
                np.stack([before[number], after[number]])
                for before, after in zip(states[site], renamed[site], strict=True)
            ]
            own = np.stack([mine, mine])
            each.append(_measured(levels, own, _hits(levels, own)))
        found[site] = {
            measure: np.stack([language[measure][:, 0, 1] for language in each], axis=1)
            for measure in each[0]
        }
    return found


def _quality(hits: list[NDArray[np.bool_]], task_of: NDArray[np.int64]) -> Floats:
    """How often items find their match in other languages, mean over a task's: [level, task]."""
    off = ~np.eye(len(hits[0]), dtype=bool)
    counts = np.bincount(task_of)
    means = [own[off].mean(axis=0) for own in hits]
    return np.stack([np.bincount(task_of, weights=mean) for mean in means]) / counts


def _tasks(corpus: ParallelCorpus) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    names = tuple(dict.fromkeys(item.problem for item in corpus.items))
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[item.problem] for item in corpus.items]), names


def _ids(lm: LM, texts: list[list[str]]) -> list[list[NDArray[np.integer]]]:
    return [[lm.tokenizer.encode(text).ids for text in own] for own in texts]


def _both(corpus: ParallelCorpus, renamed: ParallelCorpus) -> tuple[ParallelCorpus, ParallelCorpus]:
    """The items that both hold, in one order and the same languages."""
    copies = {item.id: item for item in renamed.items}
    kept = tuple(item for item in corpus.items if item.id in copies)
    if not kept or not set(corpus.languages) <= set(renamed.languages):
        raise ConfigError(
            f"{renamed.source} does not hold the items of {corpus.source} in the same languages"
        )
    return replace(corpus, items=kept), replace(
        renamed.only(corpus.languages), items=tuple(copies[item.id] for item in kept)
    )
