"""How far the tuned lens and the plain one agree: a check of the lens, never evidence.

Takes what either said of the same translations, and their rows of `lens_depths`; gives rows of
`tuned_depths` and the figures of a sentence.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from neuroglot.analyses.translations import Floats, Translations, macro_means

Row = dict[str, Any]


def compared_depths(plain: Sequence[Row], tuned: Sequence[Row]) -> list[Row]:
    """Rows of `tuned_depths`: where things happen through the tuned lens, and in the plain one.

    plain, tuned: rows of `lens_depths` of the same events in the same order. agrees: both are
    located and their intervals overlap; None where one of them is not located.
    """
    return [
        {**ours, "plain": theirs["layer"], "agrees": _agrees(theirs, ours)}
        for theirs, ours in zip(plain, tuned, strict=True)
    ]


def _agrees(a: Row, b: Row) -> bool | None:
    if not (a["located"] and b["located"]):
        return None
    return bool(a["low"] <= b["high"] and b["low"] <= a["high"])


def mean_divergences(found: Translations) -> Floats:
    """KL of the model's own prediction from each level's, as in the curves: nats [level]."""
    means: Floats = macro_means(found.kl, found.direction, found.count[None].astype(np.float64))[0]
    return means
