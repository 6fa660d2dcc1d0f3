"""A model from a folder, the Hugging Face hub, memory, or the package itself, as an LM.

Its family's row is proved right for it before it is given out. Weights come from safetensors files;
pickles and a model's own code only where they are allowed by name.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from neuroglot.base.errors import AnatomyError, ConfigError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.anatomy import FAMILIES, Anatomy, distinct_rows
from neuroglot.lm.body import Body, dissect
from neuroglot.lm.bundled import REFERENCE, reference_folder
from neuroglot.lm.checkpoints import refuse_not_finite
from neuroglot.lm.checks import Check, finite_weights, prove
from neuroglot.lm.deltas import Delta
from neuroglot.lm.fingerprint import fingerprint
from neuroglot.lm.model import LM
from neuroglot.lm.planted import planted
from neuroglot.lm.pretrained import Source, find_folder, read_pretrained
from neuroglot.lm.refusals import refuse_what_cannot_be_read
from neuroglot.lm.tokenizers import make_tokenizer

_DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def load(
    id_or_path: str | Path,
    *,
    dtype: str | torch.dtype | None = None,
    device: str | torch.device | None = None,
    device_map: str | dict[str, Any] | None = None,
    revision: str | None = None,
    attn_implementation: str | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    delta: str | Path | None = None,
) -> LM:
    """Load a causal language model and prove that neuroglot reads it right.

    id_or_path: a folder, an id on the Hugging Face hub, "reference", the small model that comes
    with neuroglot, or "planted", one with hand-set weights whose language neurons are known.
    dtype: number format (float32, bfloat16, float16, float64); None: the checkpoint's own.
    device: where it goes; None: CUDA where there is one. device_map: spread over several instead
    (needs accelerate). attn_implementation: None takes sdpa where the family accepts it. delta: a
    file that a training or an edit left, put into the weights.
    Raises ModelError, WeightsError (missing, pickled, damaged, not finite) or AnatomyError (not a
    model that neuroglot reads).
    """
    if delta is not None:
        # Read first: a file that is none must not wait for gigabytes.
        changes = Delta.load(delta)
        base = load(
            id_or_path,
            dtype=dtype,
            device=device,
            device_map=device_map,
            revision=revision,
            attn_implementation=attn_implementation,
            allow_pickle=allow_pickle,
            trust_remote_code=trust_remote_code,
        )
        return changes.apply(base, source=str(Path(delta).resolve()))
    name = str(id_or_path)
    if device is not None and device_map is not None:
        raise ConfigError("both device and device_map are given: give one of them")
    wanted, target = _dtype(dtype), device_named(device)
    if name == "planted":
        return _load_planted(wanted, target, attn_implementation)
    is_bundled = name == REFERENCE
    folder = reference_folder() if is_bundled else find_folder(name)
    source = Source(name, folder, revision, allow_pickle, trust_remote_code)
    found = read_pretrained(
        source,
        dtype=wanted or "auto",
        attn_implementation=attn_implementation,
        device_map=device_map,
    )
    model: Any = found.hf
    if device_map is None:
        model.to(target)
    shown = name if source.folder is None else source.folder.resolve().name
    # Errors name the model as it was asked for, which says where it lies.
    lm = wrap(model, found.tokenizer, name=name)
    if is_bundled:
        # Where the package lies says nothing: a run may be taken up on another machine.
        return replace(lm, source=REFERENCE)
    return replace(lm, name=shown, source=source.place, revision=revision)


def wrap(
    model: PreTrainedModel,
    tokenizer: Any,
    *,
    name: str | None = None,
    anatomy: Anatomy | None = None,
) -> LM:
    """An LM of a model that is in memory already; `lm.hf` gives it back.

    tokenizer: its Hugging Face tokenizer, or a base.tokenizer.Tokenizer. anatomy: the row to use
    instead of the family's own. Raises AnatomyError where the row is wrong for this model,
    WeightsError where weights are not finite.
    """
    name = name or str(getattr(model, "name_or_path", "")) or type(model).__name__
    refuse_what_cannot_be_read(model, name)
    n_tensors = refuse_not_finite(model, name)
    is_record = isinstance(tokenizer, Tokenizer)
    record = tokenizer if is_record else make_tokenizer(tokenizer)
    body, checks = _proved(model, record, anatomy)
    return LM(
        body=body,
        tokenizer=record,
        hf_tokenizer=None if is_record else tokenizer,
        name=name,
        fingerprint=fingerprint(model, record),
        checks=(finite_weights(n_tensors), *checks),
    )


def _load_planted(dtype: torch.dtype | None, device: torch.device, attention: str | None) -> LM:
    hf, hf_tokenizer = planted()
    if attention is not None:
        hf.set_attn_implementation(attention)
    if dtype is not None:
        # Not model.to(dtype): that would round the rotary table too, which stays in float32 when a
        # checkpoint is loaded in another format.
        for parameter in hf.parameters():
            parameter.data = parameter.data.to(dtype)
    hf.to(device)
    return replace(wrap(hf, hf_tokenizer, name="planted"), source="planted")


def _proved(
    hf: PreTrainedModel, tokenizer: Tokenizer, anatomy: Anatomy | None
) -> tuple[Body, tuple[Check, ...]]:
    """Body and checks by the row given, the family's row, or the first row that proves right."""
    model_type = hf.config.get_text_config().model_type
    row = anatomy or FAMILIES.get(model_type)
    if row is not None:
        body = dissect(hf, row)
        return body, prove(body, tokenizer)
    for candidate in distinct_rows():
        try:
            body = dissect(hf, candidate)
            return body, prove(body, tokenizer)
        except AnatomyError:
            continue
    raise AnatomyError(
        f"unknown family {model_type!r}, and no known row fits it; known are "
        f"{', '.join(FAMILIES)}; name its parts: wrap(model, tokenizer, anatomy=Anatomy(...))"
    )


def _dtype(dtype: str | torch.dtype | None) -> torch.dtype | None:
    if dtype is None or isinstance(dtype, torch.dtype):
        return dtype
    if dtype not in _DTYPES:
        raise ConfigError(f"unknown dtype {dtype!r}: known are {', '.join(_DTYPES)}")
    return _DTYPES[dtype]


def device_named(device: str | torch.device | None) -> torch.device:
    """A device by its name; None: CUDA where there is one. Raises ConfigError."""
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        said = str(error).strip().splitlines()[0]
        raise ConfigError(f"no device {str(device)!r} on this machine: {said}") from None
