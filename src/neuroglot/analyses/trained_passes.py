"""Programs that pass before and after a training: rows of the table `finetune`, metric `pass1`.

Takes whether each task's one greedy answer passed, by who wrote it; gives shares, and changes from
the untrained model with intervals over what is resampled as one. Runs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

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
    before = {answer.task: answer for answer in written[BASE]}
    rows = []
    for arm, numbers in trainable.items():
        own = [each for each in written[arm] if each.task in before]
        for language in dict.fromkeys(each.language for each in own):
            after = [each for each in own if each.language == language]
            first = np.array([before[each.task].passed for each in after], dtype=np.float64)
            last = np.array([each.passed for each in after], dtype=np.float64)
            wholes = np.unique([each.whole.name for each in after], return_inverse=True)[1]
            weights = problem_weights(wholes, draws=resamples, seed=seed)
            changes = weights @ (last - first) / weights.sum(axis=1)
            same = {
                "arm": arm,
                "target": target,
                "evaluated": language,
                "seed": 0,
                "trainable": numbers,
                "metric": METRIC,
                "n": int(wholes.max()) + 1,
                "unit": after[0].whole.unit,
            }
            for at, value, drawn in ((0, first, 0 * changes), (step, last, changes)):
                low, high = percentile_interval(drawn[1:])
                rows.append(
                    {
                        **same,
                        "step": at,
                        "value": float(value.mean()),
                        "change": float(drawn[0]),
                        "low": known(low),
                        "high": known(high),
                    }
                )
    return rows
