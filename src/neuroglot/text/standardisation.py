"""Weights that give every label the same mix of token classes.

Languages differ in how much of their text is keywords, comments or brackets; a neuron that fires
on brackets then looks like a neuron of the language with most brackets. Takes a reading, gives one
integer weight per label and class. Standardised probability: sum over classes of w_class times
the activation probability in that class, with the same w_class for all labels.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.text.reading import Reading
from neuroglot.text.token_classes import TOKEN_CLASSES

UNIT = 1_024
"""What a position counts where no class has to be weighted: weights are integers, so that weighted
counts add exactly."""

LEAST_SHARE = 0.01
"""A class with a smaller share of a label gets no weight there: too few tokens to speak for it."""


def class_counts(reading: Reading) -> NDArray[np.int64]:
    """Counted tokens per label and class: int64 [label, class]."""
    counts = np.zeros((len(reading.labels), len(TOKEN_CLASSES)), dtype=np.int64)
    for row in reading.rows:
        np.add.at(counts[row.label], row.classes[row.counted], 1)
    return counts


def standard_weights(reading: Reading) -> NDArray[np.int64]:
    """What each counted position of a label and class counts: int64 [label, class].

    round(1024 w_class / share of the class in the label), where w_class is the class's mean share
    over labels. A class under 1% of a label gets 0 there, and the label's other weights are divided
    by the sum of the w_class that remain, so that before rounding a label's weighted tokens are
    1024 times its tokens.
    """
    return weights_of_counts(class_counts(reading))


def weights_of_counts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """`standard_weights` from counted tokens per label and class: int64 [label, class]."""
    shares = np.divide(counts, np.maximum(counts.sum(axis=1, keepdims=True), 1))
    wanted = np.broadcast_to(shares.mean(axis=0), shares.shape)
    present = shares >= LEAST_SHARE
    remaining = np.where(present, wanted, 0.0).sum(axis=1, keepdims=True)
    weights: NDArray[np.float64] = np.zeros_like(shares)
    np.divide(UNIT * wanted, shares * remaining, out=weights, where=present)
    return np.rint(weights).astype(np.int64)
