"""Tables of an ablation from its scores: per document, per cell, whole lines, raised sets.

Folds are disjoint sets of documents, so their sums add. Intervals resample repositories, paired
between variants.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row
from neuroglot.analyses.damage import CLEAN, Damage, Variation
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.analyses.verdicts import Part, arm
from neuroglot.base.seeds import generator
from neuroglot.measure.ablation import AblationScores
from neuroglot.measure.variants import Variant

Floats = NDArray[np.float64]
UNIT = "repository"


def document_rows(scores: Sequence[AblationScores]) -> dict[str, list[Any]]:
    """Columns of `ablation_documents`; the clean model has ablated = none and fold as scored."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            *("selection", "fold", "ablated", "operation", "arm", "draw", "dose"),
            *("document", "repo", "language", "tokens", "bytes", "nll_sum"),
        )
    }
    for one in scores:
        documents = [one.reading.documents[row.document] for row in one.reading.rows]
        for place, what in _rows_of(one):
            for at in np.flatnonzero(np.isfinite(one.nll[place])).tolist():
                values = (
                    *what,
                    documents[at].id,
                    documents[at].repo,
                    one.reading.labels[one.label[at]],
                    int(one.tokens[at]),
                    int(one.bytes[at]),
                    float(one.nll[place, at]),
                )
                for column, value in zip(columns.values(), values, strict=True):
                    column.append(value)
    return columns


def _rows_of(one: AblationScores) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Row of the sums and what it is; what only looks at the clean model's mass is left out."""
    fold = one.variants[0].fold
    yield 0, (one.variants[0].selection, fold, CLEAN, CLEAN, CLEAN, 0, 0.0)
    for place, v in enumerate(one.variants, start=1):
        if len(v.units) or v.operation != "raise":
            yield place, (v.selection, v.fold, v.ablated, v.operation, v.arm, v.draw, v.dose)


def ablation_rows(
    scores: Sequence[AblationScores], found: Damage, *, unit: str = UNIT
) -> list[Row]:
    """Rows of `ablation`: every cell over all its documents, folds together (fold -1).

    unit: what was resampled.
    """
    selection = scores[0].variants[0].selection
    clean = {label: _Clean.of(scores, k) for k, label in enumerate(scores[0].reading.labels)}
    rows = [
        {**_names(None, label), "selection": selection, **one.surprise(0.0), **_no_change()}
        for label, one in clean.items()
    ]
    for v, label in _cells(scores):
        one = clean[label]
        change = found.change(Variation(v.ablated, v.operation, v.arm, v.draw, v.dose), label)
        nats = change.value * one.bytes
        cell = one.surprise(nats)
        changes = {
            "nll_change": nats / one.tokens,
            "ppl_change": cell["ppl"] - one.surprise(0.0)["ppl"],
            "nll_per_byte_change": change.value,
        }
        tail = _tail(found.repositories[label], change.replicates) | {"unit": unit}
        rows.append({**_names(v, label), **cell, **changes, **tail})
    return rows


def _names(v: Variant | None, evaluated: str) -> Row:
    """The key of a cell; None is the clean model."""
    return {
        "selection": CLEAN if v is None else v.selection,
        "fold": -1,
        "ablated": CLEAN if v is None else v.ablated,
        "evaluated": evaluated,
        "operation": CLEAN if v is None else v.operation,
        "arm": CLEAN if v is None else v.arm,
        "draw": 0 if v is None else v.draw,
        "dose": 0.0 if v is None else v.dose,
    }


def _no_change() -> Row:
    return {"nll_change": None, "ppl_change": None, "nll_per_byte_change": None}


def _tail(n: int, replicates: Floats) -> Row:
    low, high = percentile_interval(replicates)
    return {"n": n, "unit": UNIT, "low": low, "high": high}


@dataclass(frozen=True)
class _Clean:
    """What was scored of a label, and the clean model's surprise in nats."""

    tokens: int
    bytes: int
    documents: int
    nll: float

    @classmethod
    def of(cls, scores: Sequence[AblationScores], label: int) -> "_Clean":
        """All folds of a label together."""
        here = [one.label == label for one in scores]
        pairs = list(zip(scores, here, strict=True))
        return cls(
            sum(int(one.tokens[at].sum()) for one, at in pairs),
            sum(int(one.bytes[at].sum()) for one, at in pairs),
            sum(int(at.sum()) for at in here),
            sum(float(one.nll[0, at].sum()) for one, at in pairs),
        )

    def surprise(self, more: float) -> Row:
        """The columns of a cell whose surprise is this much more, in nats."""
        per_token = (self.nll + more) / self.tokens
        return {
            "tokens": self.tokens,
            "bytes": self.bytes,
            "documents": self.documents,
            "nll": per_token,
            "ppl": exp(per_token),
        }


def _cells(scores: Sequence[AblationScores]) -> Iterator[tuple[Variant, str]]:
    """Every (variant, label) of the plan, the folds' alike."""
    for v in scores[0].variants:
        for label in v.evaluated:
            if len(v.units) or v.operation != "raise":
                yield v, label


@dataclass(frozen=True, eq=False)
class _Units:
    """A label's repositories over all folds, and how often each resample draws each.

    place: (fold, document) -> repository. weights: [replicate, repository].
    """

    place: Mapping[tuple[int, int], int]
    weights: Floats
    n: int

    @classmethod
    def of(
        cls, scores: Sequence[AblationScores], label: str, *, resamples: int, seed: int
    ) -> "_Units":
        """Documents without a repository are units of their own."""
        k = scores[0].reading.labels.index(label)
        names: dict[tuple[int, int], str] = {}
        for fold, one in enumerate(scores):
            for at in np.flatnonzero(one.label == k).tolist():
                document = one.reading.documents[one.reading.rows[at].document]
                names[fold, at] = document.repo or f"document {document.id}"
        order = {name: number for number, name in enumerate(sorted(set(names.values())))}
        n = len(order)
        draws = generator(seed, "damage", label).multinomial(n, np.full(n, 1 / n), size=resamples)
        return cls({key: order[name] for key, name in names.items()}, draws.astype(np.float64), n)

    def sums(self, values: Iterable[NDArray[np.generic]]) -> Floats:
        """Values per document, [fold][document], added up per repository."""
        found = list(values)
        sums = np.zeros(self.n)
        for (fold, at), place in self.place.items():
            sums[place] += float(found[fold][at])
        return sums

    def share(self, part: Floats, whole: Floats) -> tuple[float, Floats]:
        """Sum of the one over sum of the other, and its replicates; 0 where there is nothing."""
        weighted, total = self.weights @ part, self.weights @ whole
        drawn = np.divide(weighted, total, out=np.zeros_like(total), where=total > 0)
        return (float(part.sum() / whole.sum()) if whole.sum() else 0.0), drawn


Shares = dict[str, list[tuple[float, Floats]]]
"""arm -> a change and its replicates for each cell that counts."""


def next_line_rows(
    scores: Sequence[AblationScores], *, resamples: int, seed: int
) -> tuple[list[Row], list[Part]]:
    """Rows of `next_line`, and the arm that says what removal does to whole lines."""
    labels = scores[0].reading.labels
    units = {k: _Units.of(scores, k, resamples=resamples, seed=seed) for k in labels}
    lines = {k: u.sums(one.lines for one in scores) for k, u in units.items()}
    clean = {k: u.sums(one.lines_right[0] for one in scores) for k, u in units.items()}
    rows: list[Row] = []
    for k, u in units.items():
        value, _ = u.share(clean[k], lines[k])
        rows.append({**_line_names(None, k), "value": value, "change": None})
    own: Shares = {}
    for place, v in enumerate(scores[0].variants, start=1):
        for k in v.evaluated if v.dose == 1 and v.operation != "raise" else ():
            u = units[k]
            right = u.sums(one.lines_right[place] for one in scores)
            value, _ = u.share(right, lines[k])
            change, drawn = u.share(right - clean[k], lines[k])
            cell = {**_line_names(v, k), "value": value, "change": change}
            rows.append({**cell, **_tail(u.n, drawn)})
            if k == v.ablated and v.operation == "mean" and v.draw == 0:
                own.setdefault(v.arm, []).append((change, drawn))
    return rows, _beyond_matched(own, "whole lines of the own language, beyond matched neurons")


def _line_names(v: Variant | None, evaluated: str) -> Row:
    names = _names(v, evaluated)
    wanted = ("ablated", "evaluated", "operation", "arm", "draw", "fold")
    return {name: names[name] for name in wanted}


def sufficiency_rows(
    scores: Sequence[AblationScores], *, resamples: int, seed: int
) -> tuple[list[Row], list[Part]]:
    """Rows of `sufficiency`, and the arm that says whether raising a set brings its keywords."""
    labels = scores[0].reading.labels
    units = {k: _Units.of(scores, k, resamples=resamples, seed=seed) for k in labels}
    raised = [
        (place, v) for place, v in enumerate(scores[0].variants, start=1) if v.operation == "raise"
    ]
    clean_at = {v.ablated: place for place, v in raised if v.dose == 0}
    rows: list[Row] = []
    found: Shares = {}
    for place, v in raised:
        for k in v.evaluated if v.dose else ():
            u = units[k]
            mass = u.sums(one.mass[place] for one in scores)
            if not np.isfinite(mass).all():
                continue  # no id is a keyword of the one and never of the other
            tokens = u.sums(one.tokens for one in scores)
            value, _ = u.share(mass, tokens)
            more = mass - u.sums(one.mass[clean_at[v.ablated]] for one in scores)
            change, drawn = u.share(more, tokens)
            names = {"raised": v.ablated, "read": k, "arm": v.arm, "draw": v.draw}
            cell = {**names, "keyword_mass": value, "change": change}
            rows.append({**cell, **_tail(u.n, drawn)})
            found.setdefault(v.arm, []).append((change, drawn))
    name = "mass on its keywords when raised elsewhere, beyond matched neurons"
    return rows, _beyond_matched(found, name)


def _beyond_matched(found: Shares, name: str) -> list[Part]:
    """The mean change of the sets minus that of their controls, as an arm."""
    if not found.get("neurons") or not found.get("matched"):
        return []
    value = {a: float(np.mean([change for change, _ in each])) for a, each in found.items()}
    drawn = {a: np.mean([draws for _, draws in each], axis=0) for a, each in found.items()}
    low, high = percentile_interval(drawn["neurons"] - drawn["matched"])
    return [arm(name, value["neurons"] - value["matched"], low=low, high=high)]
