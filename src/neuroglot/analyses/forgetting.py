"""What a training gains in its own language and costs in the others, all along its way.

Takes the rows of the table `finetune_items` of one target, gives Paths: changes in nats per byte at
each look, with bootstrap replicates over seeds and task families, paired over arms. F(g) is the
worst rise of another language where the target has gained g. Knows no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.base.errors import RunError
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Row = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]

REACHED = 0.8
"""The share of the smaller best gain at which two arms are compared."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The ways of all arms to one target, over the same items.

    steps: of the looks. nats: float64 [arm, seed, look, language, family]; bytes: [language,
    family]. families: how often each task family is drawn, [replicate, family]; seeds: how often
    each seed, [replicate, seed]; in both the first row is the sample itself.
    """

    target: str
    arms: tuple[str, ...]
    languages: tuple[str, ...]
    seeds: tuple[int, ...]
    steps: tuple[int, ...]
    trainable: Mapping[str, int]
    nats: Floats
    bytes: Floats
    families: Floats
    drawn_seeds: Floats

    @classmethod
    def drawn(cls, *, resamples: int, seed: int, **known: Any) -> Self:
        """With replicates drawn: the same families in every seed and arm, and seeds beside."""
        rng = generator(seed, "bootstrap of seeds and families")
        families = _drawn(rng, known["bytes"].shape[1], resamples)
        return cls(
            **known, families=families, drawn_seeds=_drawn(rng, len(known["seeds"]), resamples)
        )

    @property
    def n_families(self) -> int:
        """Task families in the sample."""
        return int(self.bytes.shape[1])

    @cached_property
    def _changes(self) -> Floats:
        """Nats per byte above the first look: [replicate, arm, seed, look, language]."""
        above = np.tensordot(self.families, self.nats - self.nats[:, :, :1], axes=(1, 4))
        found: Floats = above / (self.families @ self.bytes.T)[:, None, None, None]
        return found

    def changes(self, arm: str) -> Floats:
        """Nats per byte above the first look: [replicate, seed, look, language]."""
        return self._changes[:, self.arms.index(arm)]

    def gain(self, arm: str) -> Floats:
        """What the target has gained: [replicate, seed, look]."""
        found: Floats = -self.changes(arm)[..., self.languages.index(self.target)]
        return found

    def rise(self, arm: str) -> Floats:
        """What the other languages have lost: [replicate, seed, look, language]."""
        others = [n for n, label in enumerate(self.languages) if label != self.target]
        return self.changes(arm)[..., others]

    def over_seeds(self, values: Floats) -> Floats:
        """The mean of values [replicate, seed] over the seeds drawn in each replicate."""
        found: Floats = (values * self.drawn_seeds).sum(axis=1) / self.drawn_seeds.sum(axis=1)
        return found

    def reached_gain(self, arm: str) -> Floats:
        """The gain at the look where the mean over seeds is highest: [replicate]."""
        gains = self.gain(arm)
        return self.over_seeds(gains[:, :, int(gains[0].mean(axis=0).argmax())])

    def excess(self, arm: str, other: str) -> Floats:
        """How much more `arm` forgets than `other` at equal gain: [replicate], in nats per byte.

        Per seed F(g) of the one less F(g) of the other, g being 80% of the smaller best gain.
        """
        gains = {name: self.gain(name) for name in (arm, other)}
        level = REACHED * np.minimum(*(each.max(axis=2) for each in gains.values()))
        costs = [
            forgetting(gains[name], self.rise(name), level=level).max(axis=2)
            for name in (arm, other)
        ]
        return self.over_seeds(costs[0] - costs[1])


def paths_of(columns: Columns, *, target: str, resamples: int, seed: int = 0) -> Paths:
    """The ways to one target, from columns of `finetune_items`.

    Raises RunError where arms, seeds or looks were not all read on the same items.
    """
    names = ("arm", "seed", "step", "evaluated", "family", "item")
    own = [place for place, name in enumerate(columns["target"]) if name == target]
    keys = {name: [columns[name][place] for place in own] for name in names}
    axes = {name: tuple(dict.fromkeys(keys[name])) for name in names}
    axes |= {name: tuple(sorted(axes[name])) for name in ("seed", "step", "family")}
    index = {name: {value: n for n, value in enumerate(axes[name])} for name in names}
    shape = tuple(len(axes[name]) for name in ("arm", "seed", "step", "evaluated", "family"))
    nats, sizes, seen = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    trainable = {}
    at = tuple(
        np.array([index[name][value] for value in keys[name]], dtype=np.int64)
        for name in ("arm", "seed", "step", "evaluated", "family")
    )
    for array, name in ((nats, "nll_sum"), (sizes, "bytes")):
        np.add.at(array, at, np.array([columns[name][place] for place in own], dtype=np.float64))
    np.add.at(seen, at, 1)
    if not own or (seen != seen[:1, :1, :1]).any():
        raise RunError(
            f"the trainings for {target!r} were not all read on the same items: train them again"
        )
    for place in own:
        trainable[columns["arm"][place]] = int(columns["trainable"][place])
    return Paths.drawn(
        target=target,
        arms=axes["arm"],
        languages=axes["evaluated"],
        seeds=axes["seed"],
        steps=axes["step"],
        trainable=trainable,
        nats=nats,
        bytes=sizes[0, 0, 0],
        resamples=resamples,
        seed=seed,
    )


def forgetting(gain: Floats, rise: Floats, *, level: Floats) -> Floats:
    """What other languages have lost where the gain first reaches a level.

    gain: [..., look], 0 at the first; rise: [..., look, language]; level: [...], at most the best
    gain. In a straight line between looks. Gives [..., language].
    """
    after = (gain >= level[..., None]).argmax(axis=-1)
    before = np.maximum(after - 1, 0)

    def at(looks: NDArray[np.int64]) -> tuple[Floats, Floats]:
        chosen = looks[..., None]
        gains = np.take_along_axis(gain, chosen, axis=-1)[..., 0]
        return gains, np.take_along_axis(rise, chosen[..., None], axis=-2)[..., 0, :]

    (low, rise_low), (high, rise_high) = at(before), at(after)
    span = np.where(high > low, high - low, 1.0)
    share = np.where(high > low, (level - low) / span, 1.0)[..., None]
    found: Floats = rise_low + share * (rise_high - rise_low)
    return found


def finetune_rows(paths: Paths) -> list[Row]:
    """Rows of the table `finetune`: every language at every look of every arm and seed."""
    rows = []
    for number, arm in enumerate(paths.arms):
        changes = paths.changes(arm)
        values = paths.nats[number].sum(axis=-1) / paths.bytes.sum(axis=-1)
        for s, seed in enumerate(paths.seeds):
            for look, step in enumerate(paths.steps):
                for k, label in enumerate(paths.languages):
                    drawn = changes[:, s, look, k]
                    low, high = percentile_interval(drawn[1:])
                    rows.append(
                        {
                            "arm": arm,
                            "target": paths.target,
                            "evaluated": label,
                            "seed": seed,
                            "step": step,
                            "trainable": paths.trainable[arm],
                            "metric": "nll",
                            "value": float(values[s, look, k]),
                            "change": float(drawn[0]),
                            "n": paths.n_families,
                            "unit": "task family",
                            "low": low,
                            "high": high,
                        }
                    )
    return rows


def _drawn(rng: np.random.Generator, n: int, draws: int) -> Floats:
    times = rng.multinomial(n, np.full(n, 1 / n), draws)
    return np.concatenate([np.ones((1, n)), times]).astype(np.float64)
