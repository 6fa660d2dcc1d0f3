"""What removing neurons does to the prediction of each language, from sums per document.

Takes the rows of the table `ablation_documents`, gives changes in nats per byte with bootstrap
replicates over repositories. Repositories of a language are resampled together for every variant,
so differences between variants are paired. Knows no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Columns = Mapping[str, Sequence[Any]]
CLEAN = "none"


@dataclass(frozen=True)
class Variation:
    """What was done: whose set, the operation, and which set it was."""

    ablated: str
    operation: str
    arm: str = "neurons"
    draw: int = 0
    dose: float = 1.0


@dataclass(frozen=True)
class Change:
    """A change in nats per byte and its bootstrap replicates, float64 [replicate]."""

    value: float
    replicates: Floats


@dataclass(frozen=True, eq=False)
class Damage:
    """Changes of all variations, ready to be asked for.

    repositories: label -> how many were scored. Arrays are kept per label: bytes [repository],
    changes of the surprise in nats [variation][repository], weights [replicate, repository].
    """

    labels: tuple[str, ...]
    repositories: Mapping[str, int]
    _bytes: Mapping[str, Floats] = field(repr=False)
    _changes: Mapping[str, Mapping[Variation, Floats]] = field(repr=False)
    _weights: Mapping[str, Floats] = field(repr=False)

    def change(self, variation: Variation, label: str) -> Change:
        """What a variation does to a label. KeyError where it was not scored on it."""
        changes, weights = self._changes[label][variation], self._weights[label]
        lengths = self._bytes[label]
        return Change(
            float(changes.sum() / lengths.sum()), (weights @ changes) / (weights @ lengths)
        )

    def matrix(
        self, operation: str, arm: str = "neurons", *, draw: int = 0, dose: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Ablated x evaluated: [label, label], and replicates [replicate, label, label]."""
        cells = [
            [self.change(Variation(a, operation, arm, draw, dose), b) for b in self.labels]
            for a in self.labels
        ]
        values = np.array([[cell.value for cell in row] for row in cells])
        drawn = np.array([[cell.replicates for cell in row] for row in cells])
        return values, np.moveaxis(drawn, 2, 0)

    def own(
        self, label: str, operation: str, arm: str, *, dose: float = 1.0
    ) -> tuple[Floats, Floats]:
        """All draws of a control on the label itself: [draw], and [replicate, draw]."""
        draws = self.draws(label, operation, arm, label, dose=dose)
        found = [self.change(Variation(label, operation, arm, draw, dose), label) for draw in draws]
        if not found:
            return np.zeros(0), np.zeros((len(self._weights[label]), 0))
        return np.array([f.value for f in found]), np.stack([f.replicates for f in found], axis=1)

    def draws(
        self, ablated: str, operation: str, arm: str, label: str, *, dose: float = 1.0
    ) -> list[int]:
        """Numbers of the draws of a control of one set that were scored on a label."""
        return sorted(
            v.draw
            for v in self._changes[label]
            if (v.ablated, v.operation, v.arm, v.dose) == (ablated, operation, arm, dose)
        )

    def has(self, operation: str, arm: str = "neurons") -> bool:
        """Whether every label's set was scored on every label."""
        return all(
            Variation(a, operation, arm) in self._changes[b]
            for a in self.labels
            for b in self.labels
        )


def damage(columns: Columns, *, labels: Sequence[str], resamples: int, seed: int = 0) -> Damage:
    """Changes against the clean model.

    columns: of `ablation_documents`; a document without a repository is one of its own. The clean
    rows have ablated = none. Raises ConfigError for a variation without its clean row.
    """
    names = ("language", "repo", "document", "bytes", "nll_sum")
    language, repo, document, lengths, surprise = (columns[name] for name in names)
    what = list(
        zip(*(columns[n] for n in ("ablated", "operation", "arm", "draw", "dose")), strict=True)
    )
    units = [name or f"document {own}" for name, own in zip(repo, document, strict=True)]
    clean: dict[tuple[str, str], float] = {}
    size: dict[str, dict[str, float]] = {label: {} for label in labels}
    for k, unit, own, n_bytes, nats, (ablated, *_) in zip(
        language, units, document, lengths, surprise, what, strict=True
    ):
        if ablated == CLEAN:
            clean[k, own] = nats
            size[k][unit] = size[k].get(unit, 0.0) + n_bytes
    place = {k: {unit: n for n, unit in enumerate(sorted(size[k]))} for k in labels}
    changes: dict[str, dict[Variation, Floats]] = {label: {} for label in labels}
    for k, unit, own, nats, (ablated, *rest) in zip(
        language, units, document, surprise, what, strict=True
    ):
        if ablated == CLEAN:
            continue
        if (k, own) not in clean:
            raise ConfigError(f"document {own} was scored under {ablated} but never clean")
        sums = changes[k].setdefault(Variation(ablated, *rest), np.zeros(len(place[k])))
        sums[place[k][unit]] += nats - clean[k, own]
    return Damage(
        labels=tuple(labels),
        repositories={k: len(place[k]) for k in labels},
        _bytes={k: np.array([size[k][unit] for unit in sorted(size[k])]) for k in labels},
        _changes=changes,
        _weights={k: _weights(len(place[k]), draws=resamples, seed=seed, label=k) for k in labels},
    )


def _weights(n_units: int, *, draws: int, seed: int, label: str) -> Floats:
    """How often each repository is in each resample: [replicate, repository]."""
    draw = generator(seed, "damage", label)
    counts = draw.multinomial(n_units, np.full(n_units, 1 / n_units), size=draws)
    return np.asarray(counts, dtype=np.float64)
