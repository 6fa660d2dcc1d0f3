"""What each arm of the comparison trains: selections beside a language's own units.

Takes the sets of the half that chose them, and a model; gives a selection for each arm and seed.
Random units are drawn anew for each seed; other languages' units come in turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.pls_controls import matched_units
from neuroglot.analyses.tuning_claims import FULL, LORA, LORA_16, MODULES, OTHER, RANDOM, UNITS
from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.studies.pls_sets import HalfSets
from neuroglot.train.selection import (
    Everything,
    HostingModules,
    LoRA,
    Selection,
    UnitRows,
    choose,
    hosted_lora,
)

Ints = NDArray[np.int64]

RANK, ALPHA = 16, 32.0


@dataclass(frozen=True, eq=False)
class Arms:
    """The selections for one target. seeds: how many trainings each arm has."""

    lm: LM
    sets: HalfSets
    target: str
    seeds: int
    columns: bool = False

    @property
    def n_real(self) -> int:
        """How many of the target's units are real."""
        return len(self.sets.own[self.target])

    @cached_property
    def units(self) -> Ints:
        """The target's real units; where none is, all that were chosen, which decides nothing."""
        if self.n_real:
            return self.sets.own[self.target]
        chosen: Ints = self.sets.choice.chosen[self.sets.pls.labels.index(self.target)]
        return chosen

    def selection(self, arm: str, seed: int) -> Selection:
        """What an arm trains. Raises ConfigError for a target or others without units."""
        if not len(self.units):
            raise ConfigError(f"{self.target} has no units in this run: select another language")
        own = self._rows(self.units)
        count = choose(self.lm.body, own).n_trainable
        made: dict[str, Callable[[], Selection]] = {
            UNITS: lambda: own,
            RANDOM: lambda: self._rows(self._matched[seed]),
            OTHER: lambda: self._rows(self._others(seed)),
            MODULES: lambda: HostingModules(own.units),
            LORA: lambda: hosted_lora(self.lm.body, own.units, count),
            LORA_16: lambda: LoRA(RANK, ALPHA),
            FULL: Everything,
        }
        return made[arm]()

    @cached_property
    def _matched(self) -> list[Ints]:
        sets = self.sets
        return matched_units(
            self.units,
            sets.magnitude[sets.pls.labels.index(self.target)],
            sets.cells,
            draws=self.seeds,
            seed=sets.seed,
            name=f"finetune {self.target}",
        )

    def _others(self, seed: int) -> Ints:
        """As many units of other languages, best first, each language in turn."""
        chosen = dict(zip(self.sets.pls.labels, self.sets.choice.chosen, strict=True))
        others = [chosen[label] for label in chosen if label != self.target]
        turned = others[seed % len(others) :] + others[: seed % len(others)]
        pool = [unit for unit in chain(*zip_longest(*turned)) if unit is not None]
        if not pool:
            raise ConfigError(f"no language but {self.target} has units: leave out the arm {OTHER}")
        return np.array(pool[: len(self.units)], dtype=np.int64)

    def _rows(self, flat: Ints) -> UnitRows:
        return UnitRows(self.sets.units(flat), columns=self.columns)
