"""A model folder, looked at before anything is loaded from it; and weights, looked at after.

Takes a folder or a model, raises ModelError or WeightsError with one clear line. Reads headers of
safetensors files only; a pickle is never opened here.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from neuroglot.base.errors import ModelError, WeightsError

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_INDEX = "model.safetensors.index.json"


def inspect_folder(folder: Path, *, allow_pickle: bool) -> None:
    """Refuse a folder that cannot give a model.

    Raises ModelError without a config.json; WeightsError for weights that are missing, pickled,
    incomplete or cut short.
    """
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"{folder} holds no config.json: give a model's folder, as save_pretrained writes it"
        )
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        _refuse_without_safetensors(folder, allow_pickle=allow_pickle)
        return
    _check_index(folder)
    for file in files:
        _check_header(file)


def refuse_incomplete(info: Mapping[str, Any], source: str) -> None:
    """Refuse a model some of whose tensors were not in the files, or not of the right shape."""
    missing = sorted(info.get("missing_keys") or ())
    if missing:
        raise WeightsError(
            f"{source} lacks {len(missing)} of the model's tensors (first: {missing[0]}): the "
            "files are incomplete or belong to another model; download them again"
        )
    mismatched = sorted(info.get("mismatched_keys") or (), key=str)
    if mismatched:
        name, in_file, in_model = mismatched[0]
        raise WeightsError(
            f"{source}: tensor {name} has shape {tuple(in_file)} in the file and {tuple(in_model)} "
            "in the model: config.json belongs to other weights"
        )
    errors = list(info.get("error_msgs") or ())
    if errors:
        raise WeightsError(f"{source}: {str(errors[0]).strip().splitlines()[0]}")


def refuse_not_finite(hf: nn.Module, source: str) -> int:
    """Refuse a model that holds NaN or infinite weights; the number of tensors that were read.

    Reads tensor by tensor, without a copy.
    """
    tensors = hf.state_dict()
    for name, tensor in tensors.items():
        if tensor.is_meta or not tensor.is_floating_point() or tensor.numel() == 0:
            continue
        # The smallest and largest value are NaN where any value is.
        if not all(bool(torch.isfinite(bound)) for bound in torch.aminmax(tensor)):
            raise WeightsError(
                f"{source}: tensor {name} holds values that are not finite: the checkpoint is "
                "damaged or its training diverged; download it again or take another one"
            )
    return len(tensors)


def _refuse_without_safetensors(folder: Path, *, allow_pickle: bool) -> None:
    pickles = sorted(file.name for pattern in _PICKLES for file in folder.glob(pattern))
    if not pickles:
        raise WeightsError(f"{folder} holds no weights: give a folder with *.safetensors files")
    if not allow_pickle:
        raise WeightsError(
            f"{folder} holds pickled weights only ({pickles[0]}), and a pickle can run code: "
            "convert them to safetensors, or allow them with --allow-pickle if you trust the source"
        )


def _check_index(folder: Path) -> None:
    index = folder / _INDEX
    if not index.is_file():
        return
    try:
        named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError):
        raise WeightsError(f"{index} cannot be read: download it again") from None
    absent = sorted(name for name in named if not (folder / name).is_file())
    if absent:
        raise WeightsError(
            f"{folder} lacks {len(absent)} of {len(named)} weight files (first: {absent[0]}): "
            "download them again"
        )


def _check_header(file: Path) -> None:
    try:
        with safe_open(file, framework="pt") as opened:
            opened.keys()
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"{file} is damaged or cut short ({str(error).strip()}): download it again"
        ) from None
