"""What is asked of recorded activity before anything is concluded: is the arithmetic sound?

Rows of the table `checks`.
"""

import numpy as np

from neuroglot.analyses.claims import Row
from neuroglot.analyses.draws import identity, label_sums
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.selection import Floats, entropies, probabilities
from neuroglot.stats.activity import NeuronActivity

ROUNDING = 1e-9
LEAST_LIVE = 0.5


def activity_checks(activity: NeuronActivity) -> list[Row]:
    """One row per check: name, what, value, bound, passed, remedy (None when passed)."""
    counts = grouped_counts(activity)
    probability = probabilities(*(one[0] for one in label_sums(counts, identity(counts))))
    alive = probability.any(axis=0)
    return [
        _normalised(probability[:, alive]),
        _live(float(alive.mean())),
    ]


def _normalised(probability: Floats) -> Row:
    """Shares over labels sum to one and no entropy exceeds that of equal shares."""
    shares = probability / probability.sum(axis=0)
    off = float(np.abs(shares.sum(axis=0) - 1).max(initial=0.0))
    above = float((entropies(probability) - np.log(len(probability))).max(initial=0.0))
    worst = max(off, above)
    return _row(
        "normalised entropy",
        "largest deviation of a neuron's shares over languages from 1, or of its entropy above "
        "ln(languages)",
        value=worst,
        bound=ROUNDING,
        passed=worst <= ROUNDING,
        remedy="the activity is damaged: record it again",
    )


def _live(share: float) -> Row:
    return _row(
        "live neurons",
        "share of neurons that fire at least once",
        value=share,
        bound=LEAST_LIVE,
        passed=share >= LEAST_LIVE,
        remedy="read more text, or check the model's weights: most neurons never fire",
    )


def _row(name: str, what: str, *, value: float, bound: float, passed: bool, remedy: str) -> Row:
    return {
        "name": name,
        "what": what,
        "value": value,
        "bound": bound,
        "passed": passed,
        "remedy": None if passed else remedy,
    }
