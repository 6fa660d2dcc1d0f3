"""What `neuroglot check` asks of recorded activity: is the arithmetic sound, is there enough text?

Rows of the table `checks`.
"""

import numpy as np

from neuroglot.analyses.claims import Row
from neuroglot.analyses.draws import identity, label_sums
from neuroglot.analyses.grouped import GroupedCounts, grouped_counts
from neuroglot.analyses.selection import Floats, entropies, probabilities
from neuroglot.analyses.specificity import LEAST_REPOSITORIES, LEAST_TOKENS
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
        _scarcest("tokens", counts.tokens_per_label(), LEAST_TOKENS, counts),
        _scarcest("repositories", counts.repositories_per_label(), LEAST_REPOSITORIES, counts),
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


def _scarcest(what: str, values: Floats, bound: int, counts: GroupedCounts) -> Row:
    """The language that has the least of something, against the gate of the claims."""
    least = int(np.argmin(values))
    return _row(
        f"{what} per language",
        f"{what} of {counts.labels[least]}, which has the fewest",
        value=float(values[least]),
        bound=float(bound),
        passed=bool(values[least] >= bound),
        remedy=f"give more text of {counts.labels[least]}, or leave it out",
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
