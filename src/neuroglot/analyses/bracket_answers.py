"""Whether a model closes brackets: accuracy by count against two simple answers, and claim C-1.

Takes the prompts as arrays and which of them were answered rightly; gives rows of
`brackets_accuracy` and the claim. Templates are resampled whole. Knows no model and no text.

Over brackets: arXiv 2502.18499, 2507.00322.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import Row, claim_row, claim_rule, decided_rows, known
from neuroglot.analyses.uncertainty import percentile_interval, wilson_interval
from neuroglot.analyses.verdicts import Part, arm, decide, gate, nulls_beside

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLAIM = "C-1"
CLOSES = 0.70
"""Accuracy from which a model closes a count of brackets."""
COUNTS_CLOSED = 2
"""Counts that it must close."""
MODEL, UNTRAINED, MAJORITY, COPY = "model", "untrained", "majority", "copy"
ALL, EVERY = "all", -1


@dataclass(frozen=True, eq=False)
class BracketAsked:
    """Prompts as arrays, all [prompt].

    template: number into templates. k, closed: missing closers and closed calls. length: tokens.
    split: train, dev, test. counts: of the closers that are one token, in rising order, which are
    the columns of everything that is kept for each closer.
    """

    templates: tuple[str, ...]
    template: Ints
    k: Ints
    closed: Ints
    length: Ints
    split: NDArray[np.str_]
    counts: tuple[int, ...]

    @property
    def right(self) -> Ints:
        """The column of the right closers: int64 [prompt]."""
        return np.searchsorted(np.array(self.counts), self.k).astype(np.int64)

    def weights(self, *, draws: int, seed: int) -> Floats:
        """How often each prompt is drawn with its template: [1 + draw, prompt], first all once."""
        return problem_weights(self.template, draws=draws, seed=seed)

    def only(self, *splits: str) -> "BracketAsked":
        """The prompts of some splits; templates keep their numbers."""
        chosen = np.isin(self.split, splits)
        return BracketAsked(
            self.templates,
            self.template[chosen],
            self.k[chosen],
            self.closed[chosen],
            self.length[chosen],
            self.split[chosen],
            self.counts,
        )

    @property
    def n_templates(self) -> int:
        """Templates that have a prompt."""
        return len(np.unique(self.template))


@dataclass(frozen=True, eq=False)
class BracketAnswers:
    """What was answered, bool [prompt]: right among the whole vocabulary, and among closers."""

    right: Bools
    among: Bools | None = None


def closer_lead(logits: NDArray[np.floating], right: Ints) -> Floats:
    """Logit of the right closers less that of the best wrong ones (LD_min): float64 [prompt, ...].

    logits: [prompt, ..., closer]; with one closer alone there is nothing wrong: inf.
    """
    found = np.asarray(logits, dtype=np.float64)
    place = right.reshape(-1, *[1] * (found.ndim - 1))
    own = np.take_along_axis(found, place, axis=-1)[..., 0]
    others = np.where(np.arange(found.shape[-1]) == place, -np.inf, found)
    lead: Floats = own - others.max(axis=-1)
    return lead


def fixed_lead(values: NDArray[np.floating], clean: NDArray[np.floating], right: Ints) -> Floats:
    """Lead of the right closers over those that are the best wrong ones in the clean model.

    values: [..., prompt, closer]; clean: [prompt, closer]; right: int64 [prompt]. Linear in values,
    so that parts add up.
    """
    at = np.arange(len(right))
    wrong = np.array(clean, dtype=np.float64)
    wrong[at, right] = -np.inf
    found = np.asarray(values, dtype=np.float64)
    lead: Floats = found[..., at, right] - found[..., at, wrong.argmax(axis=1)]
    return lead


def closer_mean_lead(logits: NDArray[np.floating], right: Ints) -> Floats:
    """Logit of the right closers less the mean of the wrong ones (LD_mean): [prompt, ...]."""
    found = np.asarray(logits, dtype=np.float64)
    place = right.reshape(-1, *[1] * (found.ndim - 1))
    own = np.take_along_axis(found, place, axis=-1)[..., 0]
    lead: Floats = own - (found.sum(axis=-1) - own) / max(found.shape[-1] - 1, 1)
    return lead


def averaged(weights: Floats, values: NDArray[np.floating | np.bool_]) -> Floats:
    """Weighted means over the first axis of values [prompt, ...]: float64 [draw, ...].

    nan where a draw has none of them.
    """
    flat = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    total = weights.sum(axis=1)[:, None]
    means = np.divide(
        weights @ flat, total, out=np.full((len(weights), flat.shape[1]), np.nan), where=total > 0
    )
    found: Floats = means.reshape(len(weights), *np.shape(values)[1:])
    return found


def by_count(
    asked: BracketAsked, weights: Floats, values: NDArray[np.floating | np.bool_]
) -> Floats:
    """Weighted means over the prompts of each count of missing closers: [draw, count, ...]."""
    return np.stack(
        [averaged(weights[:, own], values[own]) for own in (asked.k == k for k in asked.counts)],
        axis=1,
    )


def simple_answers(asked: BracketAsked, seen_last: Sequence[int]) -> dict[str, BracketAnswers]:
    """The two answers that need no model.

    majority: the commonest count, always. copy: as many closers as were seen last before the place
    (seen_last [prompt], 0 for none).
    """
    commonest = max(asked.counts, key=lambda k: (int((asked.k == k).sum()), -k))
    return {
        MAJORITY: BracketAnswers(asked.k == commonest),
        COPY: BracketAnswers(asked.k == np.asarray(seen_last)),
    }


def accuracy_rows(
    asked: BracketAsked,
    answers: Mapping[str, BracketAnswers],
    *,
    template_set: str,
    resamples: int,
    seed: int,
) -> list[Row]:
    """Rows of `brackets_accuracy`: each cell of each template, and each count over all of them.

    Of a cell the interval is Wilson's over prompts, of a count the bootstrap's over templates.
    """
    rows: list[Row] = []
    for name, each in answers.items():
        rows += _cells(asked, each, name, template_set)
        rows += _whole(asked, each, name, template_set, resamples=resamples, seed=seed)
    return rows


def _cells(asked: BracketAsked, answers: BracketAnswers, arm_: str, template_set: str) -> list[Row]:
    rows = []
    cells = sorted(set(zip(asked.template, asked.k, asked.closed, asked.split, strict=True)))
    for template, k, closed, split in cells:
        own = (asked.template == template) & (asked.k == k) & (asked.closed == closed)
        own &= asked.split == split
        hits, n = int(answers.right[own].sum()), int(own.sum())
        low, high = wilson_interval(hits, n)
        rows.append(
            {
                "model_arm": arm_,
                "template_set": template_set,
                "template": asked.templates[template],
                "k": int(k),
                "closed": int(closed),
                "split": str(split),
                "accuracy": hits / n,
                "accuracy_among_closers": _among(answers, own),
                "n": n,
                "unit": "prompt",
                "low": low,
                "high": high,
            }
        )
    return rows


def _whole(
    asked: BracketAsked,
    answers: BracketAnswers,
    arm_: str,
    template_set: str,
    *,
    resamples: int,
    seed: int,
) -> list[Row]:
    """Each count over all templates, and over those of each split."""
    rows = []
    for split, k in product((ALL, *sorted(set(asked.split.tolist()))), asked.counts):
        own = asked.k == k
        own &= (asked.split == split) | (split == ALL)
        if not own.any():
            continue
        weights = problem_weights(asked.template[own], draws=resamples, seed=seed)
        drawn = averaged(weights, answers.right[own])
        low, high = percentile_interval(drawn[1:])
        rows.append(
            {
                "model_arm": arm_,
                "template_set": template_set,
                "template": ALL,
                "k": int(k),
                "closed": EVERY,
                "split": split,
                "accuracy": float(drawn[0]),
                "accuracy_among_closers": _among(answers, own),
                "n": len(np.unique(asked.template[own])),
                "unit": "template",
                "low": known(low),
                "high": known(high),
            }
        )
    return rows


def _among(answers: BracketAnswers, own: Bools) -> float | None:
    return None if answers.among is None else float(answers.among[own].mean())


def closed_counts(asked: BracketAsked, answers: BracketAnswers, weights: Floats) -> Floats:
    """The accuracy that COUNTS_CLOSED counts reach, the best of them left out: float64 [draw].

    nan where fewer counts are asked for.
    """
    of_counts = by_count(asked, weights, answers.right)
    if of_counts.shape[1] < COUNTS_CLOSED:
        return np.full(len(weights), np.nan)
    reached: Floats = np.sort(of_counts, axis=1)[:, -COUNTS_CLOSED]
    return reached


def closing_gate(asked: BracketAsked, answers: BracketAnswers) -> Part:
    """What every further claim about brackets asks first: the model closes two of the counts."""
    reached = float(closed_counts(asked, answers, np.ones((1, len(asked.k))))[0])
    return gate(f"accuracy at {COUNTS_CLOSED} counts of missing closers", reached, least=CLOSES)


def closing_claim(
    asked: BracketAsked, answers: Mapping[str, BracketAnswers], *, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` of C-1: overall, and each count by itself.

    answers: those of the model and of the arms that were run.
    """
    rule = claim_rule(CLAIM)
    weights = asked.weights(draws=resamples, seed=seed)
    reached = {name: closed_counts(asked, each, weights) for name, each in answers.items()}
    mine = reached[MODEL]
    beside = {name: (float(each[0]), each[1:]) for name, each in reached.items() if name != MODEL}
    single = gate("counts whose closers are one token", len(asked.counts), least=COUNTS_CLOSED)
    nulls = nulls_beside((MAJORITY, COPY, UNTRAINED), float(mine[0]), mine[1:], beside)
    parts = [single, *nulls]
    of_counts = by_count(asked, weights, answers[MODEL].right)
    among = answers[MODEL].among
    if among is not None:
        chosen = by_count(asked, weights, among).mean(axis=1)
        low, high = percentile_interval(chosen[1:])
        parts.append(arm("mean accuracy among closers", float(chosen[0]), low=low, high=high))
    for column, k in enumerate(asked.counts):
        own = asked.k == k
        low, high = wilson_interval(int(answers[MODEL].right[own].sum()), int(own.sum()))
        name = f"accuracy at {k} missing (Wilson's interval)"
        parts.append(arm(name, float(of_counts[0, column]), low=low, high=high))
    claim, rows = decided_rows(
        rule, value=float(mine[0]), replicates=mine[1:], parts=parts, n=asked.n_templates
    )
    claims = [claim]
    for column, k in enumerate(asked.counts):
        decision = decide(
            value=float(of_counts[0, column]),
            replicates=of_counts[1:, column],
            margin=rule.margin,
            parts=(),
            units=asked.n_templates,
            minimum=rule.minimum,
            unit=rule.unit,
        )
        claims.append(
            claim_row(
                rule, scope=f"{k} missing", decision=decision, n=asked.n_templates, unit=rule.unit
            )
        )
    return claims, rows
