"""A model and its tokenizer from a folder or the hub, through transformers.

Takes a folder or an id, gives both, whole. What transformers has to say about a failure
becomes one line. A model that cannot be read is refused before its weights are loaded.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from neuroglot.base.errors import AnatomyError, ModelError, WeightsError
from neuroglot.lm.checkpoints import inspect_folder, refuse_incomplete
from neuroglot.lm.quiet import quiet
from neuroglot.lm.refusals import refuse_what_cannot_be_read

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True)
class Source:
    """What is to be loaded, and what that may run. folder: None for an id on the hub."""

    name: str
    folder: Path | None
    revision: str | None
    allow_pickle: bool
    trust_remote_code: bool

    @property
    def place(self) -> str:
        """What transformers is asked for."""
        return str(self.folder or self.name)


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A model in evaluation mode and its Hugging Face tokenizer."""

    hf: PreTrainedModel
    tokenizer: Any


def find_folder(source: str) -> Path | None:
    """The folder that a user means, None for an id on the hub.

    Raises ModelError for a path that is no folder.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise ModelError(f"{source} is a file: give the model's folder")
    if not _HUB_ID.fullmatch(source) or source.startswith("."):
        raise ModelError(f"no folder {source}: give a model's folder or an id on the hub")
    return None


def read_pretrained(source: Source, **settings: Any) -> Pretrained:
    """Load model and tokenizer; `settings` go to transformers where they are not None.

    Raises ModelError, WeightsError or AnatomyError with one clear line.
    """
    if source.folder is not None:
        inspect_folder(source.folder, allow_pickle=source.allow_pickle)
    common: dict[str, Any] = {"trust_remote_code": source.trust_remote_code}
    if source.revision is not None:
        common["revision"] = source.revision
    given = {key: value for key, value in settings.items() if value is not None}
    if not source.allow_pickle:
        given["use_safetensors"] = True
    try:
        with quiet():
            _refuse_early(source, common)
            tokenizer = AutoTokenizer.from_pretrained(source.place, **common)
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                source.place,
                **common,
                **given,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except (AnatomyError, WeightsError):
        raise
    except Exception as error:
        _explain(source, error)
    hf, info = loaded
    refuse_incomplete(info, source.name)
    return Pretrained(hf.eval(), tokenizer)


def _refuse_early(source: Source, common: dict[str, Any]) -> None:
    """Build the model without weights and refuse it for what it is, before gigabytes are read."""
    config = AutoConfig.from_pretrained(source.place, **common)
    build: Any = AutoModelForCausalLM.from_config
    with torch.device("meta"):
        hf = build(config, trust_remote_code=source.trust_remote_code)
    refuse_what_cannot_be_read(hf, source.name)


def _explain(source: Source, error: Exception) -> NoReturn:
    """Say in one line what transformers could not do."""
    said = " ".join(str(error).split())
    for words, kind, line in _LINES:
        if words in said:
            raise kind(line.format(name=source.name, version=transformers.__version__)) from error
    if source.folder is None and isinstance(error, OSError):
        if "safetensors" in said:
            raise WeightsError(
                f"{source.name} has no safetensors weights on the hub, and a pickle can run code: "
                "allow it with --allow-pickle if you trust the source"
            ) from error
        raise ModelError(
            f"{source.name} is no folder here and could not be had from the Hugging Face hub: "
            "check the name, the network and your access to it"
        ) from error
    short = said if len(said) <= 300 else f"{said[:300]}..."
    raise ModelError(f"{source.name} cannot be loaded: {short}") from error


_LINES: tuple[tuple[str, type[ModelError], str], ...] = (
    (
        "instantiate the backend tokenizer",
        ModelError,
        "{name} has no tokenizer that can be read: put its tokenizer.json and "
        "tokenizer_config.json beside the weights",
    ),
    (
        "trust_remote_code",
        ModelError,
        "{name} needs code of its own to run: allow it with --trust-remote-code if you trust its "
        "makers",
    ),
    (
        "does not recognize this architecture",
        ModelError,
        "{name} is of a kind that transformers {version} does not know: upgrade transformers, or "
        "give another model",
    ),
    (
        "Unrecognized model",
        ModelError,
        "{name}: config.json names no model_type that transformers {version} knows: upgrade "
        "transformers, or give another model",
    ),
    (
        "Unrecognized configuration class",
        AnatomyError,
        "{name} is not a causal language model (an encoder, or a model of something else than "
        "text): give one",
    ),
)
"""Words in what transformers says, the error and the line that they become."""
