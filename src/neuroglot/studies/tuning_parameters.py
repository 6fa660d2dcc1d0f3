"""What is asked of the step `finetune`: a frozen record, kept whole in the manifest."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from neuroglot.analyses.tuning_claims import ARMS, LORA, RANDOM, UNITS
from neuroglot.analyses.tuning_claims import FULL as EVERYTHING
from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import parse_languages
from neuroglot.studies.parameters import CHOICES, RESAMPLES

QUICK_ARMS = (UNITS, RANDOM, LORA, EVERYTHING)
QUICK_RATES = (1e-4, 1e-3, 1e-2)
FULL_RATES = (1e-5, 1e-4, 1e-3, 1e-2)
PLS_WORD = "pls"


def selected_languages(select: str) -> tuple[str, ...]:
    """The languages of `pls:python` or `pls:python,java`. Raises ConfigError for other words."""
    word, _, languages = select.partition(":")
    if word != PLS_WORD or not languages:
        raise ConfigError(
            f"unknown selection {select!r}: give {PLS_WORD}:LANGUAGE, as {PLS_WORD}:python"
        )
    return parse_languages(languages)


def rates_of(words: str) -> tuple[float, ...]:
    """Learning rates separated by commas. Raises ConfigError for what is no number."""
    try:
        return tuple(float(word) for word in words.split(","))
    except ValueError:
        raise ConfigError(f"rates {words!r}: give numbers with commas, as 1e-4,1e-3") from None


@dataclass(frozen=True)
class FinetuneParameters:
    """Parameters of the step `finetune`, with the names of the command's flags.

    targets: languages whose units are trained, None for the one that the model reads worst. data: a
    file of instructions, None for generated programs. arms: what is trained (None: all; four in the
    quick profile). seeds: trainings of each, None for 5 (3). steps: of each, None for 100 (12).
    rates: one of these is chosen for each arm by texts that are not trained on. columns: units with
    the column that reads each. programs: items of each task family that are read, None for 4 (1).
    tasks: a suite that trained models write programs for, None to write none. Raises ConfigError.
    """

    profile: Literal["quick", "full"] = "full"
    targets: tuple[str, ...] | None = None
    data: str | None = None
    arms: tuple[str, ...] | None = None
    seeds: int | None = None
    steps: int | None = None
    rates: tuple[float, ...] | None = None
    examples_per_step: int | None = None
    columns: bool = False
    programs: int | None = None
    tasks: str | None = None
    batch_tokens: int = 4096
    seed: int = 0

    def __post_init__(self) -> None:
        if self.profile not in CHOICES["profile"]:
            raise ConfigError(f"unknown profile {self.profile!r}: known are quick, full")
        for name in ("seeds", "steps", "examples_per_step", "programs", "batch_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"{name} is {value}: give at least 1")
        unknown = [arm for arm in self.arms or () if arm not in ARMS]
        if unknown or self.arms == ():
            raise ConfigError(
                f"no arm {', '.join(unknown) or 'is named'}: known are {', '.join(ARMS)}"
            )
        if self.arms is not None and UNITS not in self.arms:
            raise ConfigError(f"the arm {UNITS} is what others are compared with: name it too")
        if self.rates is not None and (not self.rates or min(self.rates) <= 0):
            raise ConfigError("rates are to be above 0: give one or more")

    def settled(self, targets: Sequence[str]) -> "FinetuneParameters":
        """With everything filled in that the profile decides."""
        quick = self.profile == "quick"
        return replace(
            self,
            targets=tuple(targets),
            arms=self.arms or (QUICK_ARMS if quick else ARMS),
            seeds=self.seeds or (3 if quick else 5),
            steps=self.steps or (12 if quick else 100),
            rates=self.rates or (QUICK_RATES if quick else FULL_RATES),
            examples_per_step=self.examples_per_step or (4 if quick else 16),
            programs=self.programs or (1 if quick else 4),
        )

    @property
    def look_every(self) -> int:
        """Steps between two looks at every language: 3 looks in the quick profile, else 10."""
        return max(1, (self.steps or 1) // (3 if self.profile == "quick" else 10))

    @property
    def sentence(self) -> str:
        """What will be done, once everything is filled in."""
        n_arms, rates, seeds = len(self.arms or ()), len(self.rates or ()), self.seeds or 0
        tried = rates if rates > 1 else 0
        total = len(self.targets or ()) * n_arms * (tried + seeds)
        return (
            f"finetune: {n_arms} arms, each with {tried} trainings to choose a rate and {seeds} to "
            f"compare: {total} trainings of {self.steps} steps"
        )

    @property
    def resamples(self) -> int:
        """Bootstrap replicates."""
        return RESAMPLES[self.profile]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        values = asdict(self)
        for name in ("targets", "arms", "rates"):
            values[name] = None if values[name] is None else list(values[name])
        return values
