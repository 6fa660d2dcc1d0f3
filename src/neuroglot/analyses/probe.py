"""A linear probe: what can be read off vectors by a straight cut, and what by less than vectors.

Takes features, classes and tasks; gives the classes predicted for tasks that the probe was not
trained on: each task is tested by one of three probes. Multinomial logistic regression, its penalty
chosen on tasks of its own (L-BFGS, scipy). A probe with shuffled labels tells what the probe itself
can learn by heart (control task: Hewitt and Liang, arXiv 1909.03368); the commonest class, and the
commonest class of each token, tell what needs no vectors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from neuroglot.base.errors import CorpusError
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PENALTIES = (1.0, 10.0, 100.0)
"""Of the mean squared weight, beside the mean surprise in nats. Weaker ones chose no better on real
streams, and their search did not end."""
MOST_STEPS = 200
ENOUGH = 1e-4
"""When the search ends: a hundredth of it takes twice the steps and moves no accuracy by 0.01."""
TRAIN, CHOOSE, TEST = 0, 1, 2
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Probe:
    """Classes by a straight cut: weights float64 [feature + 1, class], of standardised features."""

    mean: Floats
    scale: Floats
    weights: Floats

    def predicted(self, features: NDArray[np.floating]) -> Ints:
        """The likeliest class of each row [row, feature]: int64 [row]."""
        logits: Floats = _with_one(features, self.mean, self.scale) @ self.weights
        found: Ints = logits.argmax(axis=1)
        return found


def rounds(tasks: Ints, *, seed: int) -> list[Ints]:
    """Which part each row is in (TRAIN, CHOOSE, TEST), in so many ROUNDS: int64 [row] each.

    Whole tasks stay together, and each is tested in one round: a third of them, half as many
    choose, the rest train. Raises CorpusError for fewer tasks than parts.
    """
    names, task = np.unique(tasks, return_inverse=True)
    n = len(names)
    if n < ROUNDS:
        raise CorpusError(
            f"a probe is trained, chosen and tested on different tasks: {n} given, give three or "
            "more"
        )
    thirds = np.array_split(generator(seed, "rounds of probes").permutation(n), ROUNDS)
    found = []
    for number, tested in enumerate(thirds):
        following = thirds[(number + 1) % ROUNDS]
        part = np.full(n, TRAIN)
        part[tested] = TEST
        part[following[: (len(following) + 1) // 2]] = CHOOSE
        found.append(part[task])
    return found


def trained(features: NDArray[np.floating], classes: Ints, parts: Ints, *, n_classes: int) -> Probe:
    """A probe trained on TRAIN, with the penalty that predicts CHOOSE best.

    features: [row, feature]; classes: int64 [row], below n_classes.
    """
    train, choose = (parts == part for part in (TRAIN, CHOOSE))
    own = np.asarray(features[train], dtype=np.float64)
    mean, spread = own.mean(axis=0), own.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    rows = _with_one(own, mean, scale)
    weights = np.zeros((rows.shape[1], n_classes))
    best: tuple[float, Probe] | None = None
    # From the strongest penalty down: each start is near its end.
    for penalty in sorted(PENALTIES, reverse=True):
        weights = _fitted(rows, classes[train], weights, penalty)
        probe = Probe(mean, scale, weights)
        right = float(np.mean(probe.predicted(features[choose]) == classes[choose]))
        if best is None or right > best[0]:
            best = right, probe
    assert best is not None
    return best[1]


def shuffled_classes(tokens: ArrayLike, classes: Ints, *, seed: int) -> Ints:
    """The control task: every token has one class, drawn by how common these are: int64 [row]."""
    names, place = np.unique(np.asarray(tokens), return_inverse=True)
    share = np.bincount(classes) / len(classes)
    drawn = generator(seed, "control task").choice(len(share), size=len(names), p=share)
    return np.asarray(drawn[place], dtype=np.int64)


def by_token(tokens: ArrayLike, classes: Ints, parts: Ints) -> Ints:
    """The commonest class of each token in TRAIN, of all tokens where one is new: int64 [row]."""
    names, place = np.unique(np.asarray(tokens), return_inverse=True)
    train = parts == TRAIN
    counts = np.zeros((len(names), int(classes.max()) + 1))
    np.add.at(counts, (place[train], classes[train]), 1)
    common = np.full(len(names), np.bincount(classes[train]).argmax())
    seen = counts.any(axis=1)
    common[seen] = counts[seen].argmax(axis=1)
    return np.asarray(common[place], dtype=np.int64)


def balanced_accuracy(classes: Ints, predicted: Ints) -> float:
    """Mean over the classes that occur of the share of each that is right."""
    right = classes == predicted
    return float(np.mean([right[classes == each].mean() for each in np.unique(classes)]))


def macro_f1(classes: Ints, predicted: Ints) -> float:
    """Mean over the classes that occur of each one's F1."""
    scores = []
    for each in np.unique(classes):
        both = np.sum((classes == each) & (predicted == each))
        scores.append(2 * both / (np.sum(classes == each) + np.sum(predicted == each)))
    return float(np.mean(scores))


def _with_one(features: NDArray[np.floating], mean: Floats, scale: Floats) -> Floats:
    """Standardised features with a column of ones."""
    rows = (np.asarray(features, dtype=np.float64) - mean) / scale
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)


def _fitted(rows: Floats, classes: Ints, start: Floats, penalty: float) -> Floats:
    """Weights of least mean surprise and penalty. rows: [row, feature + 1]."""
    n, shape = len(rows), start.shape
    at = np.arange(n)

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        logits = rows @ weights
        logits -= logits.max(axis=1, keepdims=True)
        total = np.exp(logits)
        summed = total.sum(axis=1, keepdims=True)
        surprise = float(np.mean(np.log(summed[:, 0]) - logits[at, classes]))
        total /= summed
        total[at, classes] -= 1
        slope = rows.T @ total / n
        # The bias in the last row is free.
        held = weights[:-1]
        slope[:-1] += 2 * penalty * held / held.size
        return surprise + penalty * float(np.mean(held**2)), slope.ravel()

    found = minimize(
        objective,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST_STEPS, "ftol": ENOUGH, "gtol": ENOUGH},
    )
    return np.asarray(found.x.reshape(shape))
