"""What was asked of a run of the study `brackets`: a frozen record, kept whole in the manifest."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from neuroglot.base.errors import ConfigError
from neuroglot.studies.parameters import BUNDLED, RESAMPLES, AblationParameters
from neuroglot.text.bracket_prompts import check_closer

TEMPLATE_SETS = ("crossed", "reference")


@dataclass(frozen=True)
class BracketsParameters:
    """Parameters of the study `brackets`, with the names of the command's flags.

    templates: `crossed`, the fifty of the study, or `reference`, those that the reference model is
    judged on. closer: the bracket that is missing. draws None: 19 sets of random heads, 5 in the
    quick profile. tasks: a suite of which programs are written with heads amplified, None to write
    none. Raises ConfigError.
    """

    profile: Literal["quick", "full"] = "full"
    templates: str = "crossed"
    closer: str = ")"
    draws: int | None = None
    tasks: str | None = None
    batch_tokens: int = 4096
    seed: int = 0

    def __post_init__(self) -> None:
        AblationParameters(
            profile=self.profile, draws=self.draws, batch_tokens=self.batch_tokens, seed=self.seed
        )
        check_closer(self.closer)
        if self.templates not in TEMPLATE_SETS:
            raise ConfigError(
                f"no templates {self.templates!r}: give one of {', '.join(TEMPLATE_SETS)}"
            )
        if self.templates == "reference" and self.closer != ")":
            raise ConfigError(
                f"the reference model's templates are closed by ')', not {self.closer!r}: give "
                "--templates crossed"
            )

    @property
    def quick(self) -> bool:
        """Whether little is to be run."""
        return self.profile == "quick"

    @property
    def layouts(self) -> int:
        """Layouts of each template."""
        return 1 if self.quick else 3

    @property
    def published_each(self) -> int:
        """Published prompts of each count that are asked, at most."""
        return 25 if self.quick else 150

    @property
    def pairs_each(self) -> int:
        """Pairs of neighbouring counts of each template and layout that are patched."""
        return 1 if self.quick else 4

    @property
    def sampled(self) -> int:
        """Prompts, or pairs, of what is run at every token."""
        return 16 if self.quick else 160

    @property
    def n_draws(self) -> int:
        """Sets of random heads."""
        return self.draws or (5 if self.quick else 19)

    @property
    def resamples(self) -> int:
        """Bootstrap replicates."""
        return RESAMPLES[self.profile]

    @property
    def permutations(self) -> int:
        """Draws of a null that needs no model."""
        return 199 if self.quick else 999

    def with_twin(self, model: str) -> bool:
        """Whether the untrained twin is run: always for models that come with the package."""
        return not self.quick or model in BUNDLED

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)
