"""What `neuroglot summarise` is asked: languages, sizes, seeds, rates, and which recipe."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import language_id
from neuroglot.studies.parameters import CHOICES, RESAMPLES

Preset = Literal["sound", "published", "release"]
PRESETS: dict[str, tuple[str, ...]] = {
    "sound": ("python", "java"),
    "published": ("python", "java"),
    "release": ("python", "go", "java", "javascript", "php"),
}
"""Each recipe's source languages."""
EPOCHS = {"sound": (1, 3), "published": (2, 3), "release": (2, 3)}
"""Of both stages in the full profile. Of generated programs, new ones teach more than old ones."""
MOST_TRIED = 1_000
"""Examples of the target with which rates are tried."""


@dataclass(frozen=True)
class SummaryParameters:
    """Parameters of the step `summaries`, with the names of the command's flags.

    target: the language that is transferred to. sources: of the first stage, None as the recipe
    has them. data: a file of pairs, None for generated programs. band: first and last layer, None
    for the run's. sizes: examples of the target. seeds: trainings of each arm, None for 5 (3 in the
    quick profile). rates: of which each arm takes one, by dev texts; with more examples than
    MOST_TRIED the rate of fewer. first: pairs of the first stage. items: summaries that are written
    and judged. epochs: of both stages, None as recipe and profile have them. Raises ConfigError.
    """

    profile: Literal["quick", "full"] = "full"
    preset: Preset = "sound"
    target: str = "ruby"
    sources: tuple[str, ...] | None = None
    data: str | None = None
    band: tuple[int, int] | None = None
    sizes: tuple[int, ...] | None = None
    seeds: int | None = None
    rates: tuple[float, ...] | None = None
    first: int | None = None
    items: int | None = None
    epochs: tuple[int, int] | None = None
    examples_per_step: int = 16
    batch_tokens: int = 4096
    seed: int = 0

    def __post_init__(self) -> None:
        if self.profile not in CHOICES["profile"]:
            raise ConfigError(f"unknown profile {self.profile!r}: known are quick, full")
        if self.preset not in PRESETS:
            raise ConfigError(f"unknown preset {self.preset!r}: known are {', '.join(PRESETS)}")
        for language in (self.target, *(self.sources or ())):
            if language_id(language) != language:
                raise ConfigError(f"unknown language {language!r}: give ids, as ruby")
        numbers = [
            self.examples_per_step,
            self.batch_tokens,
            *(self.epochs or ()),
            *(self.sizes or ()),
        ]
        numbers += [each for each in (self.seeds, self.first, self.items) if each is not None]
        if min(numbers) < 1 or not (self.sizes is None or self.sizes):
            raise ConfigError("sizes, seeds, items, epochs and batches are to be at least 1")
        if self.rates is not None and (not self.rates or min(self.rates) <= 0):
            raise ConfigError("rates are to be above 0: give one or more")

    def settled(self, band: Sequence[int]) -> "SummaryParameters":
        """With everything filled in that the profile and the recipe decide."""
        quick = self.profile == "quick"
        first, last = band
        return replace(
            self,
            sources=self.sources or PRESETS[self.preset],
            band=(first, last),
            sizes=tuple(sorted(self.sizes or ((100, 1_000) if quick else (100, 1_000, 10_000)))),
            seeds=self.seeds or (3 if quick else 5),
            rates=self.rates or ((2e-3,) if quick else (5e-4, 2e-3, 5e-3)),
            first=self.first or (400 if quick else 2_000),
            items=self.items or (60 if quick else 200),
            epochs=self.epochs or ((1, 1) if quick else EPOCHS[self.preset]),
        )

    @property
    def sentence(self) -> str:
        """What will be done, once everything is filled in."""
        sizes = " and ".join(f"{size:,}" for size in self.sizes or ())
        return (
            f"summaries: {', '.join(self.sources or ())}, then {self.target} with {sizes} "
            f"examples, {self.seeds} trainings of each arm and size, rates: {len(self.rates or ())}"
        )

    @property
    def resamples(self) -> int:
        """Bootstrap replicates."""
        return RESAMPLES[self.profile]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }
