"""What was asked of a run and of its added steps: frozen records, kept whole in the manifest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

from neuroglot.analyses.pls import PLSRule
from neuroglot.base.errors import ConfigError
from neuroglot.measure.batches import WHOLE, Shard
from neuroglot.text.reading import LEAST_TOKENS

BUNDLED = ("planted", "reference")
"""Models that come with the package: always measured beside their untrained twin."""

QUICK_LANGUAGES = 6
"""The quick profile reads at most this many languages, unless more are named."""

RESAMPLES = {"quick": 500, "full": 2_000}
"""Bootstrap replicates of each profile."""

CHOICES = {
    "selection": ("equal", "original"),
    "profile": ("quick", "full"),
    "headers": ("stripped", "kept"),
    "packing": ("documents", "published"),
}
"""Parameters that are one of a few words."""
PRESETS = ("published", "release")
"""What may be run beside the sound definitions."""


@dataclass(frozen=True)
class NeuronsParameters:
    """Parameters of the run, with the names of the command's flags.

    languages None: all that the data holds. tokens_per_language None: by the profile.
    nu None: by the size of the model. Raises ConfigError for values out of range.
    """

    languages: tuple[str, ...] | None = None
    tokens_per_language: int | None = None
    tau: float = 0.95
    nu: int | None = None
    selection: Literal["equal", "original"] = "equal"
    top: float = 0.01
    profile: Literal["quick", "full"] = "full"
    headers: Literal["stripped", "kept"] = "stripped"
    max_document_tokens: int = 2048
    packing: Literal["documents", "published"] = "documents"
    batch_tokens: int = 4096
    seed: int = 0
    shard: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.tau < 1:
            raise ConfigError(f"tau is {self.tau}: give a quantile between 0 and 1, as 0.95")
        if not 0 < self.top <= 1:
            raise ConfigError(f"top is {self.top}: give a share above 0 and up to 1, as 0.01")
        if self.nu is not None and self.nu < 1:
            raise ConfigError(f"nu is {self.nu}: give a number of neurons, at least 1")
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ConfigError(
                    f"unknown {name} {getattr(self, name)!r}: known are {', '.join(known)}"
                )
        for name, least in (("max_document_tokens", 2), ("batch_tokens", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is {getattr(self, name)}: give at least {least}")
        if self.tokens < LEAST_TOKENS:
            raise ConfigError(
                f"tokens_per_language is {self.tokens:,}: give at least {LEAST_TOKENS:,}"
            )
        self.part()

    @property
    def tokens(self) -> int:
        """Counted tokens of each language."""
        if self.tokens_per_language is not None:
            return self.tokens_per_language
        return 100_000 if self.profile == "quick" else 200_000

    def part(self) -> Shard:
        """The shard asked for, or the whole. Raises ConfigError for anything but I/N."""
        if self.shard is None:
            return WHOLE
        first, slash, second = self.shard.partition("/")
        if not (slash and first.isdecimal() and second.isdecimal()):
            raise ConfigError(f"no shard {self.shard!r}: give I/N, as 2/4")
        return Shard(int(first) - 1, int(second))

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        values = asdict(self)
        values["languages"] = None if self.languages is None else list(self.languages)
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], **changed: Any) -> Self:
        """From a manifest; names it does not know are left out. Raises ConfigError."""
        known = {f.name for f in fields(cls)}
        taken = {name: value for name, value in values.items() if name in known}
        if taken.get("languages") is not None:
            taken["languages"] = tuple(taken["languages"])
        try:
            return replace(cls(**taken), **changed)
        except TypeError as error:
            raise ConfigError(
                f"the run's parameters cannot be read ({error}): its manifest was edited"
            ) from None


@dataclass(frozen=True)
class AblationParameters:
    """Parameters of the step `ablation`, with the names of the command's flags.

    profile None: the run's. eval_tokens None: 20,000 per language, 5,000 in the quick profile.
    draws None: 19 matched sets, 5 in the quick profile. Raises ConfigError.
    """

    profile: Literal["quick", "full"] | None = None
    eval_tokens: int | None = None
    draws: int | None = None
    batch_tokens: int = 4096
    seed: int = 0

    def __post_init__(self) -> None:
        if self.profile not in (None, *CHOICES["profile"]):
            raise ConfigError(f"unknown profile {self.profile!r}: known are quick, full")
        for name, least in (("eval_tokens", LEAST_TOKENS), ("draws", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"{name} is {value:,}: give at least {least:,}")
        for name, least in (("batch_tokens", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is {getattr(self, name)}: give at least {least}")

    def profiled(self, profile: Literal["quick", "full"]) -> "AblationParameters":
        """With what the profile decides filled in; `profile` is the run's."""
        chosen = replace(self, profile=self.profile or profile)
        return replace(chosen, eval_tokens=chosen.tokens, draws=chosen.n_draws)

    @property
    def tokens(self) -> int:
        """Counted tokens scored of each language."""
        return self.eval_tokens or (5_000 if self.profile == "quick" else 20_000)

    @property
    def n_draws(self) -> int:
        """Draws of each control."""
        return self.draws or (5 if self.profile == "quick" else 19)

    @property
    def resamples(self) -> int:
        """Bootstrap replicates."""
        return RESAMPLES[self.profile or "full"]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


@dataclass(frozen=True)
class PublishedParameters:
    """Parameters of the step `published`.

    preset: `published` scores documents, `release` joined rows of equal weight. eval_tokens None:
    by the profile, as in `AblationParameters`. Raises ConfigError.
    """

    preset: Literal["published", "release"] = "published"
    eval_tokens: int | None = None
    batch_tokens: int = 4096
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ConfigError(
                f"unknown preset {self.preset!r}: known are sound, {', '.join(PRESETS)}"
            )
        AblationParameters(
            eval_tokens=self.eval_tokens, batch_tokens=self.batch_tokens, seed=self.seed
        )

    @property
    def tokens(self) -> int:
        """Counted tokens scored of each language."""
        return self.eval_tokens or 20_000

    def profiled(self, profile: Literal["quick", "full"]) -> "PublishedParameters":
        """With what the profile decides filled in; `profile` is the run's."""
        settled = AblationParameters(profile=profile, eval_tokens=self.eval_tokens)
        return replace(self, eval_tokens=settled.tokens)

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


@dataclass(frozen=True)
class AlignmentParameters:
    """Parameters of the step `mexa`, with the names of the command's flags.

    items None: all, 150 in the quick profile. source, digest: of the parallel items, filled in by
    the study. Raises ConfigError.
    """

    profile: Literal["quick", "full"] = "full"
    items: int | None = None
    batch_tokens: int = 4096
    seed: int = 0
    source: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        AblationParameters(profile=self.profile, batch_tokens=self.batch_tokens, seed=self.seed)
        if self.items is not None and self.items < 1:
            raise ConfigError(f"items is {self.items}: give at least 1")

    @property
    def n_items(self) -> int | None:
        """Items that are looked at, at most; None for all."""
        return self.items or (150 if self.profile == "quick" else None)

    @property
    def with_nulls(self) -> bool:
        """Whether what needs more passes over the model is run."""
        return self.profile == "full"

    def with_twin(self, model: str) -> bool:
        """Whether the untrained twin is run: always for models that come with the package."""
        return self.with_nulls or model in BUNDLED

    @property
    def resamples(self) -> int:
        """Bootstrap replicates."""
        return RESAMPLES[self.profile]

    @property
    def permutations(self) -> int:
        """Draws of a null that needs no model."""
        return 199 if self.profile == "quick" else 999

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


@dataclass(frozen=True)
class ClonesParameters(AlignmentParameters):
    """Parameters of the step `clones`, with the names of the command's flags.

    items None: 240 programs that pairs are generated of, 60 in the quick profile. asked None: 400
    pairs that the model is asked about, none in the quick profile. Raises ConfigError.
    """

    asked: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.asked is not None and self.asked < 0:
            raise ConfigError(f"asked is {self.asked}: give a number of pairs, 0 for none")

    @property
    def n_programs(self) -> int:
        """Programs that pairs are generated of."""
        return self.items or (60 if self.profile == "quick" else 240)

    @property
    def n_asked(self) -> int:
        """Pairs that the model is asked about, at most."""
        return (0 if self.profile == "quick" else 400) if self.asked is None else self.asked


@dataclass(frozen=True)
class LensParameters(AlignmentParameters):
    """Parameters of the step `lens`, with the names of the command's flags.

    items None: 100 in each direction, 20 in the quick profile. sampled: items that are kept token
    by token. keywords: a folder of keyword lists; english: a file of English words; None takes
    those that come with neuroglot. tuned: tokens that a tuned lens is trained on; None trains none.
    Raises ConfigError.
    """

    sampled: int = 6
    top_tokens: int = 10
    keywords: str | None = None
    english: str | None = None
    tuned: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("sampled", 0), ("top_tokens", 1), ("tuned", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ConfigError(f"{name} is {value}: give at least {least}")

    @property
    def n_items(self) -> int:
        """Items in each direction, at most."""
        return self.items or (20 if self.profile == "quick" else 100)


@dataclass(frozen=True)
class GuidedParameters(AlignmentParameters):
    """Parameters of the study `neuron-guided`, with the names of the command's flags.

    items None: all, 150 in the quick profile. ratio, top: how units are chosen by PLS. eval_tokens,
    draws: of the ablation, None as in `AblationParameters`. tasks: the suite that models without
    units write, None to write nothing. finetune: also train one language's units beside others;
    clones: also tell clones by the concept layers; summarise: also train them on summaries. Raises
    ConfigError.
    """

    ratio: float = 1.5
    top: float = 0.01
    eval_tokens: int | None = None
    draws: int | None = None
    tasks: str | None = None
    finetune: bool = False
    clones: bool = False
    summarise: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        PLSRule(ratio=self.ratio, top=self.top)
        self._ablation()

    @property
    def n_draws(self) -> int:
        """Matched sets of each set."""
        return self._ablation().n_draws

    @property
    def eval_tokens_each(self) -> int:
        """Tokens of each language that are read without units."""
        return self._ablation().tokens

    @property
    def effect_units(self) -> int:
        """Units that are set to zero one by one."""
        return 150 if self.profile == "quick" else 300

    @property
    def effect_tokens(self) -> int:
        """Tokens of each language that are read without single units."""
        return 1_000 if self.profile == "quick" else 5_000

    @property
    def written_items(self) -> int:
        """Items whose second half the model writes itself, at most."""
        return 15 if self.profile == "quick" else 100

    @property
    def written_tokens(self) -> int:
        """Tokens of a second half that are read or written, at most."""
        return 48 if self.profile == "quick" else 128

    @property
    def pass_draws(self) -> int:
        """Matched sets of each set that write programs."""
        return min(1 if self.profile == "quick" else 5, self.n_draws)

    @property
    def probe_tokens(self) -> int:
        """Tokens of syntax that probes are trained on, and as many identifiers."""
        return 1_500 if self.profile == "quick" else 3_000

    def _ablation(self) -> AblationParameters:
        return AblationParameters(
            profile=self.profile, eval_tokens=self.eval_tokens, draws=self.draws
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From a manifest; names it does not know are left out."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
