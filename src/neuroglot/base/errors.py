"""Every error neuroglot raises on purpose, as one tree.

NeuroglotError
├── ConfigError            a parameter that cannot be used
├── CorpusError            text that cannot be read, or too little of it
├── ProgramError           a program tree that breaks a rule of the tree
├── ModelError             a model that cannot be loaded or is not what it claims
│   ├── AnatomyError       its parts are not where the family's row says
│   ├── WeightsError       weights missing, damaged, pickled or not finite
│   └── SiteError          a place in the model that does not exist
├── RunError               a run directory that cannot be used
│   ├── OtherRunError      it holds a run of other parameters, data or model
│   ├── UnfinishedRunError it holds a run that has not come to its end
│   ├── LockedRunError     another process writes to it
│   └── StorageError       the disk refused (full, read-only, gone)
├── SandboxError           programs cannot be run safely on this machine
└── MissingExtraError      an optional dependency is not installed

Each message says what was given, what is wanted and what to do, in one line. Only `cli` catches
them: it prints the line and exits with status 2.
"""


class NeuroglotError(Exception):
    """The root: anything a user can mend."""


class ConfigError(NeuroglotError, ValueError):
    """A parameter that cannot be used."""


class CorpusError(NeuroglotError):
    """Text that cannot be read, or too little of it."""


class ProgramError(NeuroglotError):
    """A program tree that breaks a rule of the tree, or a run of it that leaves its bounds."""


class ModelError(NeuroglotError):
    """A model that cannot be loaded, or is not what it claims to be."""


class AnatomyError(ModelError):
    """A model whose parts are not where its family's row says they are."""


class WeightsError(ModelError):
    """Weights that are missing, damaged, pickled or not finite."""


class SiteError(ModelError):
    """A place in the model that does not exist."""


class RunError(NeuroglotError):
    """A run directory that cannot be used."""


class OtherRunError(RunError):
    """The directory holds a run of other parameters, data or model."""


class UnfinishedRunError(RunError):
    """The directory holds a run that has not come to its end."""


class LockedRunError(RunError):
    """Another process writes to this directory."""


class StorageError(RunError):
    """The disk refused: full, read-only or gone."""


class SandboxError(NeuroglotError):
    """No box can be made here, so programs cannot be run safely."""


class MissingExtraError(NeuroglotError):
    """An optional dependency is not installed."""

    def __init__(self, wanted_for: str, package: str, extra: str) -> None:
        super().__init__(
            f"{wanted_for} needs the package {package!r}, which is not installed: "
            f"pip install 'neuroglot[{extra}]'"
        )
