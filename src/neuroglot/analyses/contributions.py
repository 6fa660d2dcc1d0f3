"""What attention and MLP of each layer add to a token, mean over a language's tokens.

Takes sums per text, gives rows of the table `contributions` with intervals over tasks. Knows no
model.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import known
from neuroglot.analyses.uncertainty import percentile_interval

Floats = NDArray[np.float64]


def contribution_rows(
    sums: Mapping[str, Floats],
    tokens: NDArray[np.int64],
    *,
    languages: Sequence[str],
    tasks: Sequence[str],
    mode: str,
    resamples: int = 2000,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Rows of the table, in the order of languages' first texts, parts and layers.

    sums: part (attention, mlp) -> [text, layer]; tokens: int64 [text], counted ones. languages,
    tasks: of each text. mode: teacher, generated. A value is the mean over a language's tokens;
    whole tasks are resampled, alike in languages that have the same tasks. A language without a
    counted token has no value, and one of a single task no interval.
    """
    rows = []
    for language in dict.fromkeys(languages):
        own = np.flatnonzero([each == language for each in languages])
        _, task = np.unique([tasks[text] for text in own.tolist()], return_inverse=True)
        n_tasks = int(task.max()) + 1
        weights = problem_weights(task, draws=resamples, seed=seed)
        counted = weights @ tokens[own]
        for part, values in sums.items():
            with np.errstate(invalid="ignore"):
                means = (weights @ values[own]) / counted[:, None]
            for layer, (value, *draws) in enumerate(means.T.tolist()):
                low, high = percentile_interval(draws if n_tasks > 1 else ())
                rows.append(
                    {
                        "language": language,
                        "layer": layer,
                        "part": part,
                        "mode": mode,
                        "value": known(value),
                        "n": n_tasks,
                        "unit": "task",
                        "low": known(low),
                        "high": known(high),
                    }
                )
    return rows
