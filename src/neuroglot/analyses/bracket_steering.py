"""Whether amplifying heads repairs errors, and at what cost: claim C-8 and what it is against.

Takes answers under each choice of heads and factor, as arrays by prompt, and nats of held-out code;
gives the choice made on dev, the control that needs no heads, and the claim. Knows no model.

Source: arXiv 2507.00322, RASteer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.bracket_answers import BracketAsked, averaged
from neuroglot.analyses.claims import Row, claim_rule, decided_rows
from neuroglot.analyses.trained_passes import PassChange
from neuroglot.analyses.uncertainty import percentile_interval, permutation_p
from neuroglot.analyses.verdicts import Part, arm, drawn_null, gate, missing, single_null

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ROOM = (0.20, 0.90)
"""Accuracies between which a count leaves room to gain and something to go by."""
LEAST_DRAWS = 19
MOST_COST = 0.01
"""Nats per byte of held-out code."""
ROUNDS = 4


@dataclass(frozen=True, order=True)
class Choice:
    """How many heads, and what they are multiplied by."""

    count: int
    alpha: float


def accuracy_of(asked: BracketAsked, right: Bools) -> Floats:
    """Share of the prompts of each count that are right: float64 [count], nan where none is."""
    return np.array(
        [right[asked.k == k].mean() if (asked.k == k).any() else np.nan for k in asked.counts]
    )


def best_choice(
    asked: BracketAsked, tried: Mapping[Choice, Bools], *, k: int | None = None
) -> Choice:
    """The choice with the highest accuracy, mean over counts, or of one; the least of equals.

    tried: which prompts of dev are right under each.
    """

    def score(choice: Choice) -> float:
        of_counts = accuracy_of(asked, tried[choice])
        return float(np.nanmean(of_counts) if k is None else of_counts[asked.counts.index(k)])

    scores = {choice: score(choice) for choice in tried}
    best = max(scores.values())
    return min(choice for choice, each in scores.items() if each >= best - 1e-12)


def counts_with_room(asked: BracketAsked, right: Bools) -> tuple[int, ...]:
    """The counts that the model as it is gets right in 20 to 90% of the prompts of dev."""
    low, high = ROOM
    shares = accuracy_of(asked, right)
    return tuple(
        k for k, share in zip(asked.counts, shares.tolist(), strict=True) if low <= share <= high
    )


def shifted(
    logits: NDArray[np.floating], other: NDArray[np.floating], shift: Floats, right: Ints
) -> Bools:
    """Which prompts are right when a constant is added to each closer's logit: bool [prompt].

    logits: [prompt, closer]; other: [prompt], the largest of all other ids; shift: [closer].
    """
    moved = logits.astype(np.float64) + shift
    found: Bools = (moved.argmax(axis=1) == right) & (moved.max(axis=1) > other)
    return found


def best_shift(
    asked: BracketAsked, logits: NDArray[np.floating], other: NDArray[np.floating]
) -> Floats:
    """The constants that make most of dev right, mean over counts: float64 [closer].

    One closer's constant after another, each at the best of all values that change an answer, a few
    times round; the smallest change among equals.
    """
    right, n = asked.right, len(asked.counts)
    shift = np.zeros(n)
    for _ in range(ROUNDS):
        before = shift.copy()
        for column in range(n):
            moved = logits.astype(np.float64) + shift
            rest = np.maximum(np.delete(moved, column, axis=1).max(axis=1), other)
            edges = np.unique(rest - logits[:, column])
            between = (edges[1:] + edges[:-1]) / 2
            tried = np.concatenate([[shift[column]], between, [edges[0] - 1, edges[-1] + 1]])
            scores = []
            for value in tried:
                own = shift.copy()
                own[column] = value
                hits = shifted(logits, other, own, right)
                scores.append(float(np.nanmean(accuracy_of(asked, hits))))
            best = np.flatnonzero(np.array(scores) >= max(scores) - 1e-12)
            shift[column] = tried[best[np.abs(tried[best]).argmin()]]
        if np.array_equal(before, shift):
            break
    return shift


@dataclass(frozen=True, eq=False)
class Steered:
    """Test prompts under the pair chosen for the model and under what it is against.

    All bool [prompt] over the prompts of `asked`; random [draw, prompt]. nats, nats_clean: of
    held-out texts [text], with their bytes and clusters. passes: programs that pass as it is and
    amplified, None where none were written.
    """

    clean: Bools
    steered: Bools
    bottom: Bools | None
    shifted: Bools
    random: Bools
    nats: Floats
    nats_clean: Floats
    bytes: Ints
    cluster: Ints
    passes: PassChange | None = None

    def cost(self, *, draws: int, seed: int) -> Floats:
        """Change in nats per byte, clusters of texts resampled: [1 + draw]."""
        weights = problem_weights(self.cluster, draws=draws, seed=seed)
        found: Floats = (weights @ (self.nats - self.nats_clean)) / (weights @ self.bytes)
        return found


def steering_claim(
    asked: BracketAsked,
    found: Steered | None,
    *,
    room: Sequence[int],
    closing: Part,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-8. asked: the test prompts; room: their counts.

    found None: no head passes a count, so none can be amplified.
    """
    rule = claim_rule("C-8")
    low, high = ROOM
    parts = [
        closing,
        gate(f"counts that are right in {low:.0%} to {high:.0%} of dev", len(room), least=1),
        gate("heads that pass a count", 0.0 if found is None else 1.0, least=1),
    ]
    own = np.isin(asked.k, list(room))
    n = len(np.unique(asked.template[own])) or asked.n_templates
    if found is None or not own.any():
        claim, rows = decided_rows(rule, value=np.nan, replicates=(), parts=parts, n=n)
        return [claim], rows
    weights = problem_weights(asked.template[own], draws=resamples, seed=seed)

    def gain(right: Bools) -> Floats:
        return averaged(weights, right[own].astype(np.float64) - found.clean[own])

    mine = gain(found.steered)
    drawn = np.array([gain(each)[0] for each in found.random])
    parts.append(_random(float(mine[0]), drawn))
    for name, each in (("last heads of the ranking", found.bottom), ("constants", found.shifted)):
        if each is None:
            parts.append(missing("null", name, "fewer heads than twice as many"))
        else:
            beyond = mine - gain(each)
            parts.append(single_null(name, difference=float(beyond[0]), replicates=beyond[1:]))
    parts.append(_cost(found.cost(draws=resamples, seed=seed)))
    parts += [
        arm("gain of the constants", float(gain(found.shifted)[0])),
        arm("accuracy as it is", float(found.clean[own].mean())),
        arm("accuracy at counts without room, as it is", _mean(found.clean[~own])),
        arm("the same, amplified", _mean(found.steered[~own])),
    ]
    if found.passes is not None:
        low, high = percentile_interval(found.passes.changes[1:])
        change = float(found.passes.changes[0])
        parts += [
            arm("programs that pass as it is", found.passes.before),
            arm("programs that pass, change when amplified", change, low=low, high=high),
        ]
    claim, rows = decided_rows(rule, value=float(mine[0]), replicates=mine[1:], parts=parts, n=n)
    return [claim], rows


def _random(value: float, drawn: Floats) -> Part:
    name = "random heads of the same layers"
    if len(drawn) < LEAST_DRAWS:
        return missing("null", name, f"{len(drawn)} draws, {LEAST_DRAWS} wanted")
    return drawn_null(name, p=permutation_p(value, drawn))


def _cost(cost: Floats) -> Part:
    low, high = percentile_interval(cost[1:])
    return Part(
        "variant",
        "cost in nats per byte of held-out code",
        float(cost[0]),
        MOST_COST,
        bool(high < MOST_COST),
        low=low,
        high=high,
    )


def _mean(values: Bools) -> float:
    return float(values.mean()) if len(values) else np.nan
