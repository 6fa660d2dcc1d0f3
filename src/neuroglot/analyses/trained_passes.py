"""Programs that pass before and after a model was changed: pass@1 of one greedy answer each.

Takes whether each task's answer passed, by who wrote it; gives shares, changes with intervals over
what is resampled as one, and rows of the table `finetune`, metric `pass1`. Runs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.passing import PASSED, UNJUDGED, Whole
from neuroglot.analyses.uncertainty import percentile_interval

BASE = "base"
"""The writer that nobody trained."""
METRIC = "pass1"


@dataclass(frozen=True)
class Answer:
    """What became of one task's program. whole: what it is resampled with."""

    task: str
    language: str
    whole: Whole
    passed: bool


def answers(
    rows: Sequence[Mapping[str, object]], wholes: Mapping[str, Whole], languages: Mapping[str, str]
) -> list[Answer]:
    """Of scored samples, those that say something of the model."""
    return [
        Answer(task, languages[task], wholes[task], row["status"] == PASSED)
        for row in rows
        for task in (str(row["task_id"]),)
        if row["status"] not in UNJUDGED
    ]


@dataclass(frozen=True, eq=False)
class PassChange:
    """Shares before and after, over the same tasks; changes: float64 [1 + draw]. n: units drawn."""

    before: float
    after: float
    changes: NDArray[np.float64]
    n: int
    unit: str


def pass_change(
    before: Sequence[Answer], after: Sequence[Answer], *, resamples: int, seed: int
) -> PassChange | None:
    """Over tasks that both were judged on; None where there is none."""
    untouched = {each.task: each for each in before}
    own = [each for each in after if each.task in untouched]
    if not own:
        return None
    first = np.array([untouched[each.task].passed for each in own], dtype=np.float64)
    last = np.array([each.passed for each in own], dtype=np.float64)
    wholes = np.unique([each.whole.name for each in own], return_inverse=True)[1]
    weights = problem_weights(wholes, draws=resamples, seed=seed)
    changes = weights @ (last - first) / weights.sum(axis=1)
    n, unit = int(wholes.max()) + 1, own[0].whole.unit
    return PassChange(float(first.mean()), float(last.mean()), changes, n, unit)


def trained_pass_rows(
    written: Mapping[str, Sequence[Answer]],
    *,
    target: str,
    step: int,
    trainable: Mapping[str, int],
    resamples: int,
    seed: int,
) -> list[Row]:
    """Two rows for each arm and language: before the first step, and after the last.

    written: by arm, and by BASE. trainable: numbers trained, by arm.
    """
    rows = []
    for arm, numbers in trainable.items():
        for language in dict.fromkeys(each.language for each in written[arm]):
            own = [each for each in written[arm] if each.language == language]
            found = pass_change(written[BASE], own, resamples=resamples, seed=seed)
            if found is None:
                continue
            same = {
                "arm": arm,
                "target": target,
                "evaluated": language,
                "seed": 0,
                "trainable": numbers,
                "metric": METRIC,
                "n": found.n,
                "unit": found.unit,
            }
            low, high = percentile_interval(found.changes[1:])
            rows += [
                {**same, "step": 0, "value": found.before, "change": 0.0, "low": 0.0, "high": 0.0},
                {
                    **same,
                    "step": step,
                    "value": found.after,
                    "change": float(found.changes[0]),
                    "low": known(low),
                    "high": known(high),
                },
            ]
    return rows
