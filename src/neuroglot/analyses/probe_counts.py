"""What probes said of each task's tokens, in counts: enough for every score and every interval.

Takes counts by task and class; gives accuracy, balanced accuracy and macro F1 under weights on
tasks, and rows of the table `probe`. A task alone has no balanced accuracy: most classes do not
occur in it. So tasks are what is drawn, their counts are added up, and the score is taken of the
sum. Probes stay as they were trained.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import known
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.text.probed_tokens import AST

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HIDDEN, MAJORITY, TOKEN, CONTROL = "hidden", "majority", "token_identity", "shuffled_labels"
UNTRAINED, UNTRAINED_CONTROL = "untrained", "untrained_shuffled"
FEATURES = (HIDDEN, MAJORITY, TOKEN, CONTROL, UNTRAINED, UNTRAINED_CONTROL)
"""What classes are told by: the stream, nothing, the token's id. Then the control task, whose
classes are dealt to ids at random, read from the stream; and both from the untrained twin's."""

UNIT = "task"


@dataclass(frozen=True, eq=False)
class TargetCounts:
    """One target. classes: their names; rows: int64 [features, task, class], how many tokens of it
    there are (the control task has classes of its own); said, correct: int64 [level, features,
    task, class], of how many tokens it was said, and rightly.
    """

    classes: tuple[str, ...]
    rows: Ints
    said: Ints
    correct: Ints


@dataclass(frozen=True, eq=False)
class ProbeCounts:
    """levels: -1 for the embedding, then layers. tasks: the units of resampling, by name.

    features: those of FEATURES that were looked at; what does not read the stream says the same at
    every level. notes: sentences for the user.
    """

    levels: tuple[int, ...]
    tasks: tuple[str, ...]
    features: tuple[str, ...]
    targets: Mapping[str, TargetCounts]
    notes: tuple[str, ...] = ()

    def accuracy(self, target: str, feature: str, weights: Floats) -> Floats:
        """Share of tokens that are right, under weights [draw, task]: float64 [draw, level]."""
        rows, _, correct = self._summed(target, feature, weights)
        return _shares(correct.sum(axis=-1), rows.sum(axis=-1))

    def balanced_accuracy(self, target: str, feature: str, weights: Floats) -> Floats:
        """Mean over the classes that occur of the share of each that is right: [draw, level]."""
        rows, _, correct = self._summed(target, feature, weights)
        return _mean_of_known(_shares(correct, rows))

    def macro_f1(self, target: str, feature: str, weights: Floats) -> Floats:
        """Mean over the classes that occur of each one's F1: float64 [draw, level]."""
        rows, said, correct = self._summed(target, feature, weights)
        return _mean_of_known(np.where(rows > 0, _shares(2 * correct, rows + said), np.nan))

    def weights(self, *, draws: int, seed: int) -> Floats:
        """How often each task is drawn: float64 [1 + draw, task], first all once."""
        return problem_weights(np.arange(len(self.tasks)), draws=draws, seed=seed)

    def n_tasks(self, target: str) -> int:
        """How many tasks have a token of this target."""
        return int(self.targets[target].rows[0].any(axis=-1).sum())

    def rows(self, corpus: str, *, resamples: int, seed: int) -> list[dict[str, Any]]:
        """Rows of the table `probe`; the interval is that of the balanced accuracy."""
        weights = self.weights(draws=resamples, seed=seed)
        found = []
        for target in self.targets:
            for feature in self.features:
                accuracy = self.accuracy(target, feature, weights[:1])[0]
                balanced = self.balanced_accuracy(target, feature, weights)
                f1 = self.macro_f1(target, feature, weights[:1])[0]
                for at, level in enumerate(self.levels):
                    low, high = percentile_interval(balanced[1:, at])
                    found.append(
                        {
                            "corpus": corpus,
                            "target": target,
                            "layer": level,
                            "features": feature,
                            "accuracy": known(float(accuracy[at])),
                            "balanced_accuracy": known(float(balanced[0, at])),
                            "macro_f1": known(float(f1[at])),
                            "n": self.n_tasks(target),
                            "unit": UNIT,
                            "low": known(low),
                            "high": known(high),
                        }
                    )
        return found

    def arrays(self) -> dict[str, Ints]:
        """The tensor `probes`; `from_arrays` is the way back.

        correct, rows: int64 [target, level, features, task]; beside them what they are sums of,
        `<target>.correct`, `<target>.said` and `<target>.rows`.
        """
        each = self.targets.values()
        rows = np.stack([own.rows.sum(axis=-1) for own in each])
        found = {
            "correct": np.stack([own.correct.sum(axis=-1) for own in each]),
            "rows": np.repeat(rows[:, None], len(self.levels), axis=1),
        }
        for target, own in self.targets.items():
            found |= {f"{target}.{name}": getattr(own, name) for name in _BY_CLASS}
        return found

    def metadata(self) -> dict[str, str]:
        """Everything that is no array, as JSON strings."""
        classes = {target: own.classes for target, own in self.targets.items()}
        named = {name: getattr(self, name) for name in ("levels", "tasks", "features", "notes")}
        return {name: json.dumps(value) for name, value in (named | {"classes": classes}).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Ints], metadata: Mapping[str, str]) -> Self:
        """The counts that `arrays` and `metadata` describe."""
        read = {name: json.loads(text) for name, text in metadata.items()}
        targets = {
            target: TargetCounts(
                tuple(names), **{name: arrays[f"{target}.{name}"] for name in _BY_CLASS}
            )
            for target, names in read["classes"].items()
        }
        return cls(
            tuple(read["levels"]),
            tuple(read["tasks"]),
            tuple(read["features"]),
            targets,
            tuple(read["notes"]),
        )

    def _summed(self, target: str, feature: str, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Counts over weighted tasks: rows, said and correct, float64 [draw, level, class].

        Rows have one level, for all.
        """
        own, at = self.targets[target], self.features.index(feature)
        said, correct = (
            np.stack([weights @ level[at] for level in counts], axis=1)
            for counts in (own.said, own.correct)
        )
        return (weights @ own.rows[at])[:, None], said, correct


_BY_CLASS = ("rows", "said", "correct")


def counted(
    classes: Ints, said: Ints, tasks: Ints, *, n_tasks: int, n_classes: int
) -> tuple[Ints, Ints, Ints]:
    """Tokens by task and class, of what they are, what was said of them, and where both agree.

    classes, said, tasks: int64 [token]; gives int64 [task, class] three times.
    """

    def tally(of: Ints, among: NDArray[np.bool_]) -> Ints:
        flat = tasks[among] * n_classes + of[among]
        return np.bincount(flat, minlength=n_tasks * n_classes).reshape(n_tasks, n_classes)

    all_of_them = np.ones(len(classes), dtype=np.bool_)
    return tally(classes, all_of_them), tally(said, all_of_them), tally(classes, classes == said)


def syntax_of_tasks(found: ProbeCounts, tasks: tuple[str, ...]) -> Floats:
    """How well the kind of node is read in each task, above its control: float64 [level, task].

    A task's tokens are weighted so that over all tasks every kind counts the same: the mean over
    tasks then goes with the balanced accuracy, whatever a task has of each kind. What claim B-5b
    takes as `syntax`. Raises CorpusError for a task without a token, ConfigError for one that was
    not probed.
    """
    place = {name: number for number, name in enumerate(found.tasks)}
    missing = [name for name in tasks if name not in place]
    if missing:
        raise ConfigError(
            f"no probe was tested on task {missing[0]!r}: train probes on the same items"
        )
    chosen = [place[name] for name in tasks]
    above = _by_task(found, HIDDEN) - _by_task(found, CONTROL)
    empty = [name for name, number in zip(tasks, chosen, strict=True) if np.isnan(above[0, number])]
    if empty:
        raise CorpusError(
            f"task {empty[0]!r} has no token whose kind was probed: draw more tokens, or leave it "
            "out"
        )
    return above[:, chosen]


def _by_task(found: ProbeCounts, feature: str) -> Floats:
    own, at = found.targets[AST], found.features.index(feature)
    share = _shares(np.ones(len(own.classes)), own.rows[at].sum(axis=0).astype(np.float64))
    each = np.nan_to_num(share)
    return _shares(own.correct[:, at] @ each, own.rows[at] @ each)


def _shares(part: Floats, whole: Floats) -> Floats:
    """The part over the whole, nan where the whole is nothing."""
    part, whole = np.broadcast_arrays(part, whole)
    found = np.full(part.shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found


def _mean_of_known(values: Floats) -> Floats:
    """Mean over the last axis without nan; nan where nothing else is there."""
    there = np.isfinite(values)
    return _shares(np.where(there, values, 0.0).sum(axis=-1), there.sum(axis=-1).astype(np.float64))
