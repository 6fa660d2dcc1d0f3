"""What the lens asks over few-shot translation, and what one model answers.

Takes a model and parallel items; gives every direction between their languages its items, prompts
and sets of tokens, and measures them direction by direction. Each is kept as it ends, so that a
stopped run goes on with the next.

Source: arXiv 2506.01074, with its traps avoided (docs/lens.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.lens_claims import half_of_problems
from neuroglot.analyses.lens_curves import Key, Named
from neuroglot.analyses.translations import CONTEXT_OUT, Translations
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.measure.lens import EMBED
from neuroglot.measure.mass import Masses, TokenSets, category_mass
from neuroglot.measure.tuned_lens import TunedLens
from neuroglot.runs.tensors import read_tensors, write_tensors
from neuroglot.studies.lens_sets import (
    CLAIMED,
    SETS,
    DirectionSets,
    Vocabulary,
    counted_ids,
    direction_sets,
)
from neuroglot.studies.parameters import LensParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.keywords import bundled_lists, english_words, read_lists
from neuroglot.text.parallel import ParallelCorpus, ParallelItem
from neuroglot.text.prompts import (
    PUBLISHED,
    PUBLISHED_LINES,
    Prompt,
    drawn_demonstrations,
    tokenized,
    translation,
)

MODEL, TWIN, EXCHANGED, TUNED = "model", "untrained", "exchanged", "tuned"
SHOWN = 40
"""Characters that a sampled item's answer should have, about."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked: items, directions, sets of tokens."""

    lm: LM
    corpus: ParallelCorpus
    parameters: LensParameters
    vocabulary: Vocabulary
    items: Mapping[tuple[str, str], tuple[ParallelItem, ...]]
    too_long: int

    @classmethod
    def of(cls, lm: LM, corpus: ParallelCorpus, parameters: LensParameters) -> "Asked":
        """Raises ConfigError for words and languages that cannot be used, and for a direction whose
        prompts are all longer than the model was made for.
        """
        lists = bundled_lists() if parameters.keywords is None else read_lists(parameters.keywords)
        english = english_words(parameters.english)
        texts = [item[language] for item in corpus.items for language in corpus.languages]
        counted = counted_ids(texts, lm.tokenizer, size=lm.vocabulary)
        vocabulary = Vocabulary.of(lists, english, lm.tokenizer, counted, size=lm.vocabulary)
        shuffled = corpus.shuffled(seed=parameters.seed)
        items, too_long = {}, 0
        for source, target in permutations(corpus.languages, 2):
            kept: list[ParallelItem] = []
            for item in shuffled:
                if len(kept) == parameters.n_items:
                    break
                if fits(lm, prompt_of(corpus, item, source, target)):
                    kept.append(item)
                else:
                    too_long += 1
            if not kept:
                raise ConfigError(
                    f"every prompt from {source} to {target} is longer than the "
                    f"{lm.max_positions:,} tokens that the model has positions for"
                )
            items[source, target] = tuple(kept)
        return cls(lm, corpus, parameters, vocabulary, items, too_long)

    @cached_property
    def problems(self) -> Mapping[str, int]:
        """Number of each problem."""
        return {problem: n for n, problem in enumerate(self.corpus.problems)}

    def measured(
        self, lm: LM, arm: str, folder: Path, watch: Watcher, through: TunedLens | None = None
    ) -> Translations:
        """All directions of one arm; those that the folder holds are read from it."""
        parts = []
        total = sum(map(len, self.items.values()))
        done = 0
        for source, target in self.items:
            file = folder / f"{arm}.{source}.{target}.safetensors"
            if not file.exists():
                watch(f"lens {arm}", done, total, "prompts", f"{source} to {target}")
                part = self._direction(lm, arm, source, target, through)
                write_tensors(file, part.arrays(), metadata={})
            parts.append(Translations.from_arrays(read_tensors(file)))
            done += len(self.items[source, target])
        watch(f"lens {arm}", total, total, "prompts", "")
        return Translations.joined(parts)

    def _direction(
        self, lm: LM, arm: str, source: str, target: str, through: TunedLens | None
    ) -> Translations:
        items = self.items[source, target]
        sets = direction_sets(self.vocabulary, source, target, seed=self.parameters.seed)
        given = items
        if arm == EXCHANGED:
            given = tuple(self._exchanged(item, source, target) for item in items)
        prompts = [prompt_of(self.corpus, item, source, target) for item in given]
        asked = TokenSets(
            sets.whole,
            self.vocabulary.forms,
            # What ten tokens say is asked of the curves' arms alone: no claim rests on it.
            self.vocabulary.members[1] if arm in (MODEL, TUNED) else None,
            frequency=self.vocabulary.frequency,
        )
        size = self.parameters.batch_tokens
        masses = category_mass(lm, prompts, asked, through=through, batch_tokens=size)
        problem = np.array([self.problems[item.problem] for item in items])
        identical = np.array([item[source].strip() == item[target].strip() for item in items])
        half = np.where(self.first_half()[problem], 0, 1)
        keywords = self.vocabulary.keywords
        return reduced(masses, sets, problem, identical, half=half, keywords=keywords)

    def _exchanged(self, item: ParallelItem, source: str, target: str) -> ParallelItem:
        """The item with the source of another problem, one that leaves room for the answer."""
        others = [other for other in self.corpus.items if other.problem != item.problem]
        rng = generator(self.parameters.seed, EXCHANGED, item.id, source)
        for place in rng.permutation(len(others)).tolist():
            found = replace(item, texts={**item.texts, source: others[place][source]})
            if fits(self.lm, prompt_of(self.corpus, found, source, target)):
                return found
        raise ConfigError(
            f"{self.corpus.source} has no source of another problem to exchange that of "
            f"{item.id!r} with: take --profile quick, which exchanges none, or give more problems"
        )

    def first_half(self) -> NDArray[np.bool_]:
        """Whether each problem is of the half on which A-7 chooses its level."""
        return half_of_problems(np.arange(len(self.problems)), seed=self.parameters.seed)

    @cached_property
    def named(self) -> Named:
        """The names that go with the stored arrays."""
        source, target = next(iter(self.items))
        sets = direction_sets(self.vocabulary, source, target, seed=self.parameters.seed)
        keys: list[Key] = [(each.category, each.part, each.scheme) for each in sets.columns]
        primary = set(sets.primary.tolist())
        alike = ("source keywords", "target keywords", "third languages")
        counts = (sets.weights > 0).sum(axis=0)
        return Named(
            layers=self.lm.n_layers,
            levels=(EMBED, *range(self.lm.n_layers)),
            directions=tuple(self.items),
            primary=tuple(keys[n] for n in sets.primary),
            other=tuple(key for n, key in enumerate(keys) if n not in primary),
            sets=self.vocabulary.members[0],
            sizes={
                f"{key[0]} {key[1]}": int(n)
                for key, n in zip(keys, counts, strict=True)
                if key[0] not in alike and key[2] != "exclusive"
            },
        )

    def metadata(self) -> dict[str, str]:
        """For the tensor file: what its axes hold."""
        named = self.named
        return {
            "directions": ";".join(f"{source}>{target}" for source, target in named.directions),
            "primary": ";".join(key[0] for key in named.primary),
            "claimed": ";".join(CLAIMED),
            "levels": ";".join(map(str, named.levels)),
            "data": self.corpus.source,
        }

    def samples(self) -> list[tuple[str, str, ParallelItem, Prompt]]:
        """Some items to be shown one by one: each language is a source in turn."""
        found = []
        languages = self.corpus.languages
        for n in range(min(self.parameters.sampled, len(self.items))):
            source = languages[n % len(languages)]
            target = languages[(n + 1 + n // len(languages)) % len(languages)]
            some = self.items.get((source, target))
            if some is None:
                continue
            differing = [item for item in some if item[source].strip() != item[target].strip()]
            item = min(differing or some, key=lambda each: abs(len(each[target]) - SHOWN))
            found.append((source, target, item, prompt_of(self.corpus, item, source, target)))
        return found

    def notes(self) -> list[str]:
        """What was left out."""
        notes = []
        if self.too_long:
            notes.append(f"{self.too_long} prompts are longer than the model's context: left out")
        if self.vocabulary.without:
            notes.append(
                "no word of these languages' lists is a token by itself, so they have no category: "
                + ", ".join(self.vocabulary.without)
            )
        return notes


def fits(lm: LM, prompt: Prompt) -> bool:
    """Whether the model has positions for all of a prompt."""
    return lm.max_positions is None or len(tokenized(prompt, lm.tokenizer).ids) <= lm.max_positions


def prompt_of(corpus: ParallelCorpus, item: ParallelItem, source: str, target: str) -> Prompt:
    """Four demonstrations: the published ones, or drawn where a language has none."""
    if source in PUBLISHED_LINES and target in PUBLISHED_LINES:
        return translation(item, source=source, target=target, demonstrations=PUBLISHED)
    shown = drawn_demonstrations(corpus, item, source=source, target=target)
    return translation(item, source=source, target=target, demonstrations=shown)


def reduced(
    masses: Masses,
    sets: DirectionSets,
    problem: NDArray[np.int64],
    identical: NDArray[np.bool_],
    *,
    half: NDArray[np.int64],
    keywords: NDArray[np.bool_],
) -> Translations:
    """One direction's masses, by problem.

    problem, identical, half: [prompt]. keywords: bool [id].
    """
    rows, own, count = np.unique(
        np.stack([problem, identical]), axis=1, return_inverse=True, return_counts=True
    )
    own = own.ravel()

    def by_row(values: NDArray[Any]) -> NDArray[Any]:
        sums = np.zeros((len(count), *values.shape[1:]))
        np.add.at(sums, own, values)
        means: NDArray[Any] = sums / count.reshape(-1, *[1] * (values.ndim - 1))
        return means.astype(np.float32)

    def by_likeness(values: NDArray[Any]) -> NDArray[Any]:
        return np.stack([values[~identical].sum(axis=0), values[identical].sum(axis=0)])[None]

    ends = np.cumsum([sets.weights.shape[1], sets.expected.shape[1], sets.named.shape[1]])
    weighed, expected, named, random = np.split(masses.mass, ends, axis=-1)
    others = np.setdiff1d(np.arange(weighed.shape[-1]), sets.primary)
    drawn = random[:, :, CONTEXT_OUT].reshape(*random.shape[:2], len(CLAIMED), SETS)
    halves = [
        drawn[half == each].mean(axis=0) if (half == each).any() else np.full(drawn.shape[1:], 0.0)
        for each in (0, 1)
    ]
    return Translations(
        direction=np.zeros(len(count), dtype=np.int64),
        problem=rows[0].astype(np.int64),
        identical=rows[1].astype(bool),
        count=count.astype(np.int64),
        mass=by_row(weighed[..., sets.primary]),
        expected=by_row(expected),
        named=by_row(named),
        gold=by_row(masses.gold),
        kl=by_row(masses.divergence),
        by_frequency=by_row(masses.by_frequency),
        items=np.array([[np.sum(~identical), np.sum(identical)]], dtype=np.int64),
        random=np.stack(halves)[:, None].astype(np.float32),
        other=by_likeness(weighed[..., others]).astype(np.float32),
        ten=by_likeness(masses.top).astype(np.float32),
        by_id=masses.by_id[None][:, :, keywords].astype(np.float32),
    )
