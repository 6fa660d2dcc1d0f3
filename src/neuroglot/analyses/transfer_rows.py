"""Rows of the table `summaries`: mean scores of each training, with intervals over families."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.uncertainty import percentile_interval

Row = Mapping[str, Any]
KEY = ("arm", "stage", "target", "size", "seed")
SCORES = ("bleu4", "rouge_l", "chrf")


def score_rows(items: Iterable[Row], *, resamples: int, seed: int) -> list[dict[str, Any]]:
    """items: rows of `summary_items`. low and high are of ROUGE-L, families being resampled."""
    trainings: dict[tuple[Any, ...], list[Row]] = {}
    for row in items:
        trainings.setdefault(tuple(row[name] for name in KEY), []).append(row)
    found = []
    for key, rows in trainings.items():
        means = {name: float(np.mean([row[name] for row in rows])) for name in SCORES}
        names, family = np.unique([row["family"] for row in rows], return_inverse=True)
        weights = problem_weights(family, draws=resamples, seed=seed)
        values = np.array([row["rouge_l"] for row in rows])
        low, high = percentile_interval((weights @ values / weights.sum(axis=1))[1:])
        found.append(
            {
                **dict(zip(KEY, key, strict=True)),
                **means,
                "n": len(names),
                "unit": "program family",
                "low": low,
                "high": high,
            }
        )
    return found
