"""The tuned lens: each level's states go through a map of their own before the lens reads them.

A record that the functions of the lens take, and files of it; `train.tuned_lens` makes one. The
last level has no map: what it says is the model's own prediction.

Source: Belrose et al., "Eliciting Latent Predictions from Transformers with the Tuned Lens",
arXiv 2303.08112.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.lm.sites import OUTSIDE
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors


@dataclass(frozen=True, eq=False)
class TunedLens:
    """Affine maps of the residual stream, one for each level below the last, made for one model.

    A state h [width] becomes h + h A^T + b. fingerprint: the model's. weight: float32 [level,
    width, width], each level's A; bias: float32 [level, width], its b; the embedding comes first.
    """

    fingerprint: str
    weight: Tensor
    bias: Tensor

    @classmethod
    def identity(cls, lm: LM) -> Self:
        """Maps that change nothing: through them the lens is the plain one."""
        return cls(
            lm.fingerprint,
            torch.zeros(lm.n_layers, lm.width, lm.width, device=lm.device),
            torch.zeros(lm.n_layers, lm.width, device=lm.device),
        )

    @classmethod
    def load(cls, file: str | Path, lm: LM) -> Self:
        """What `save` wrote, on the model's device.

        Raises ConfigError for a file of another model or of something else, StorageError and
        RunError for one that cannot be read.
        """
        path = Path(file)
        arrays, metadata = read_tensors(path), read_metadata(path)
        if arrays.keys() != {"weight", "bias"} or "fingerprint" not in metadata:
            raise ConfigError(f"{path} holds no tuned lens: give a file that TunedLens.save wrote")
        weight, bias = (torch.from_numpy(arrays[name]) for name in ("weight", "bias"))
        found = cls(metadata["fingerprint"], weight.to(lm.device), bias.to(lm.device))
        found.refuse_other(lm)
        return found

    def save(self, file: str | Path) -> None:
        """Write a safetensors file with the model's fingerprint. Raises StorageError."""
        write_tensors(Path(file), self.arrays(), metadata=self.metadata())

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """By name, as they are written."""
        return {"weight": self.weight.cpu().numpy(), "bias": self.bias.cpu().numpy()}

    def metadata(self) -> dict[str, str]:
        """For the tensor file: whose it is."""
        return {"fingerprint": self.fingerprint}

    def refuse_other(self, lm: LM) -> None:
        """Raise ConfigError for a model that it was not made for."""
        if self.fingerprint != lm.fingerprint:
            raise ConfigError(
                f"the tuned lens is of another model ({self.fingerprint[:12]}) than {lm.name} "
                f"({lm.fingerprint[:12]}): train one for this model"
            )

    def translated(self, lm: LM, states: Tensor, levels: Sequence[int]) -> Tensor:
        """States [place, level, width] as norm and head are to read them; the last layer's as is.

        levels: of the second axis, -1 the embedding. Raises ConfigError for another model.
        """
        self.refuse_other(lm)
        found = states.clone()
        for place, level in enumerate(levels):
            if level < lm.n_layers - 1:
                at = level - OUTSIDE
                found[:, place] = translate(states[:, place], self.weight[at], self.bias[at])
        return found


def translate(states: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """States h [place, width] as h + h A^T + b: in float32 at least, given in their own format."""
    wide = states.to(torch.promote_types(states.dtype, weight.dtype))
    moved: Tensor = wide + wide @ weight.to(wide.dtype).T + bias
    return moved.to(states.dtype)
