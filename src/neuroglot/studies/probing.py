"""At which layers can syntax and language be read off a token by a straight cut?

Takes a model and parallel items; trains linear probes of each token's kind in the syntax tree, of
the kind of the node around it, and of the language of identifiers that many languages share. Gives
counts by task, from which `analyses` conclude; every task is tested by probes that never saw it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.probe import (
    ROUNDS,
    TEST,
    TRAIN,
    by_token,
    rounds,
    shuffled_classes,
    trained,
)
from neuroglot.analyses.probe_counts import (
    CONTROL,
    FEATURES,
    HIDDEN,
    MAJORITY,
    TOKEN,
    UNTRAINED,
    UNTRAINED_CONTROL,
    ProbeCounts,
    TargetCounts,
    counted,
)
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.token_states import token_states
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.probed_tokens import TARGETS, PlacedTokens, Sample, placed_tokens, samples

Ints = NDArray[np.int64]
Notice = Callable[[str, int, int], None]
Said = dict[tuple[str, str], Ints]
"""(target, features) -> class said of each token: int64 [level, row]."""

MOST_TOKENS = 3_000
"""Tokens of syntax, and as many identifiers. Training takes as long as there are tokens, classes
and levels: with so many, 12 layers of width 192 and their twin take three minutes of one core."""
ITEMS = 30
"""Items that tokens are drawn from, one of each task at least: more texts take longer to read and
say little more."""
OF_MODEL, OF_TWIN = (HIDDEN, CONTROL), (UNTRAINED, UNTRAINED_CONTROL)
CLASSES, STEPS = 20, 60
"""How many classes a target has, and how often the objective of a probe is computed, roughly."""


def probes(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    most_tokens: int = MOST_TOKENS,
    twin: bool = True,
    seed: int = 0,
    batch_tokens: int = 4096,
    notice: Notice = lambda *_: None,
) -> ProbeCounts:
    """What linear probes say of single tokens at the embedding and after every layer.

    most_tokens: how many are drawn of syntax, and of identifiers. twin: an untrained model too.
    Holds levels x tokens x width in float32, for one model at a time. Raises CorpusError for fewer
    than two languages with a grammar, fewer than three tasks, and texts in which fewer than two
    classes are common enough; ConfigError for a text with more tokens than the model was made for.
    """
    items = corpus.sample(max(ITEMS, len(corpus.problems)), seed=seed)
    tokens = placed_tokens(items, lm.tokenizer)
    drawn, notes = samples(tokens, most_tokens, seed=seed)
    asked = {target: _Question.of(tokens, drawn[target], seed=seed) for target in TARGETS}
    levels = tuple(range(-1, lm.n_layers))
    said: Said = {}
    for target, question in asked.items():
        for name, plain in zip((MAJORITY, TOKEN), question.without_stream(), strict=True):
            said[target, name] = np.tile(plain, (len(levels), 1))
    reader = _Reader(tokens, asked, batch_tokens, notice)
    said |= reader.said(lm, "texts", OF_MODEL)
    if twin:
        said |= reader.said(untrained_twin(lm, seed=seed), "untrained twin", OF_TWIN)
    features = tuple(name for name in FEATURES if twin or name not in OF_TWIN)
    return ProbeCounts(
        levels=levels,
        tasks=tokens.tasks,
        features=features,
        targets={
            target: _counts(question, {name: said[target, name] for name in features}, tokens)
            for target, question in asked.items()
        },
        notes=(*tokens.notes, *notes),
    )


def planned_probes(lm: LM, *, twin: bool) -> int:
    """How many probes are trained."""
    return (1 + twin) * len(TARGETS) * len(OF_MODEL) * ROUNDS * (lm.n_layers + 1)


def seconds_per_probe(lm: LM, most_tokens: int) -> float:
    """What training one takes: products of its vectors and weights, there and back."""
    rows, weights = np.ones((most_tokens // 2, lm.width)), np.ones((lm.width, CLASSES))
    started = time.perf_counter()
    for _ in range(3):
        rows.T @ (rows @ weights)
    return STEPS * (time.perf_counter() - started) / 3


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of a sample. ids, tasks, classes, dealt (classes of the control task): int64
    [row]; parts: of each round, as `rounds` gives them.
    """

    sample: Sample
    ids: Ints
    tasks: Ints
    dealt: Ints
    parts: list[Ints]

    @classmethod
    def of(cls, tokens: PlacedTokens, sample: Sample, *, seed: int) -> "_Question":
        ids, tasks = tokens.id[sample.tokens], tokens.task[sample.tokens]
        dealt = shuffled_classes(ids, sample.classes, seed=seed)
        return cls(sample, ids, tasks, dealt, rounds(tasks, seed=seed))

    def classes(self, feature: str) -> Ints:
        """What would be right."""
        return self.dealt if feature in (CONTROL, UNTRAINED_CONTROL) else self.sample.classes

    def without_stream(self) -> tuple[Ints, Ints]:
        """The commonest class in training, and that of each token: int64 [row] each."""
        classes = self.sample.classes
        common, by_id = np.zeros_like(classes), np.zeros_like(classes)
        for parts in self.parts:
            test = parts == TEST
            common[test] = np.bincount(classes[parts == TRAIN]).argmax()
            by_id[test] = by_token(self.ids, classes, parts)[test]
        return common, by_id

    def said(self, vectors: NDArray[np.float32], feature: str) -> Ints:
        """What probes of these vectors [row, width] say of tasks that they never saw."""
        classes, n_classes = self.classes(feature), len(self.sample.names)
        found = np.zeros_like(classes)
        for parts in self.parts:
            test = parts == TEST
            probe = trained(vectors, classes, parts, n_classes=n_classes)
            found[test] = probe.predicted(vectors[test])
        return found


@dataclass(frozen=True, eq=False)
class _Reader:
    """Trains the probes of one model after another on the same tokens."""

    tokens: PlacedTokens
    asked: dict[str, _Question]
    batch_tokens: int
    notice: Notice

    def said(self, lm: LM, name: str, features: tuple[str, str]) -> Said:
        tokens = self.tokens
        read = np.unique(np.concatenate([own.sample.tokens for own in self.asked.values()]))
        ends = np.searchsorted(tokens.text[read], np.arange(1, len(tokens.texts)))
        states = token_states(
            lm,
            tokens.texts,
            np.split(tokens.place[read], ends),
            batch_tokens=self.batch_tokens,
            on_progress=lambda done, total: self.notice(name, done, total),
        )
        found: Said = {}
        total = len(self.asked) * len(features) * len(states)
        done = 0
        for target, question in self.asked.items():
            rows = np.searchsorted(read, question.sample.tokens)
            for feature in features:
                said = np.zeros((len(states), len(rows)), dtype=np.int64)
                for level, stream in enumerate(states):
                    said[level] = question.said(stream[rows], feature)
                    done += 1
                    self.notice(f"probes of {name}", done, total)
                found[target, feature] = said
        return found


def _counts(question: _Question, said: dict[str, Ints], tokens: PlacedTokens) -> TargetCounts:
    """Counts of what was said, by features: int64 [level, row] each."""
    n_classes = len(question.sample.names)
    n_levels = len(next(iter(said.values())))
    shape = (len(said), len(tokens.tasks), n_classes)
    rows = np.zeros(shape, dtype=np.int64)
    told, correct = (np.zeros((n_levels, *shape), dtype=np.int64) for _ in range(2))
    for at, (feature, levels) in enumerate(said.items()):
        classes = question.classes(feature)
        for level, own in enumerate(levels):
            rows[at], told[level, at], correct[level, at] = counted(
                classes, own, question.tasks, n_tasks=shape[1], n_classes=n_classes
            )
    return TargetCounts(question.sample.names, rows, told, correct)
