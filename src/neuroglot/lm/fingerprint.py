"""A name for a model by its content: configuration, tokenizer, and weights.

Takes a Hugging Face model in memory, so one that was loaded and the same one wrapped have the same
name. Of each tensor the name, shape, format and evenly spaced values are hashed; all values on
request. Where the model lies and how it attends do not matter.
"""

import hashlib
import math
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from neuroglot.base.digests import json_digest
from neuroglot.base.tokenizer import Tokenizer

_SAMPLED = 65_536
"""Values hashed of a tensor; smaller tensors are hashed whole."""
_NOT_CONTENT = ("_name_or_path", "architectures", "transformers_version", "dtype", "use_cache")


def fingerprint(hf: PreTrainedModel, tokenizer: Tokenizer, *, full: bool = False) -> str:
    """sha256 in hex that changes with the configuration, the tokenizer and the weights.

    full: hash every value, which reads all of the weights; a fingerprint of another kind.
    """
    config = {key: value for key, value in hf.config.to_dict().items() if key not in _NOT_CONTENT}
    parts = [
        "full" if full else "sampled",
        type(hf).__name__,
        json_digest(_plain(config)),
        tokenizer.digest,
        weights_digest(hf, full=full),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def weights_digest(model: nn.Module, *, full: bool = False) -> str:
    """sha256 in hex of a model's tensors, in the order of their names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        if not tensor.is_meta:
            digest.update(_content(tensor, full=full))
    return digest.hexdigest()


def _content(tensor: Tensor, *, full: bool) -> bytes:
    flat = tensor.detach().reshape(-1)
    if not full and len(flat) > _SAMPLED:
        places = torch.linspace(0, len(flat) - 1, _SAMPLED, dtype=torch.float64, device=flat.device)
        flat = flat[places.long()]
    return flat.contiguous().view(torch.uint8).cpu().numpy().tobytes()


def _plain(value: Any) -> Any:
    """A configuration's values as JSON knows them."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
