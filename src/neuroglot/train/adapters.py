"""Low-rank adapters of projections, by peft: put in for a training, taken out after it.

Takes a model and a Choice with adapters; gives their two factors, which alone are to be moved. What
they add is a LowRank, so that an adapted model becomes one with plain weights.

Source: Hu et al., "LoRA", arXiv 2106.09685.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from neuroglot.base.errors import MissingExtraError
from neuroglot.base.seeds import generator
from neuroglot.lm.deltas import LowRank
from neuroglot.lm.entries import Entry
from neuroglot.lm.model import LM
from neuroglot.lm.projections import weight_of
from neuroglot.lm.quiet import quiet
from neuroglot.train.moving import Piece
from neuroglot.train.selection import Choice, LoRA

ADAPTER = "default"
"""What peft calls an adapter that is given no name."""


@dataclass(frozen=True, eq=False)
class Adapters:
    """Adapters in a model: their factors as pieces, by the name of the adapted projection."""

    pieces: list[Piece]
    factors: dict[str, tuple[nn.Parameter, nn.Parameter]]
    choice: Choice

    def updates(self) -> list[LowRank]:
        """What they add to each weight."""
        assert isinstance(self.choice.selection, LoRA)
        found = []
        for name, (a, b) in self.factors.items():
            _, outputs = weight_of((self.choice.adapted or {})[name])
            scale, factors = self.choice.selection.scale, (a.detach().cpu(), b.detach().cpu())
            found.append(LowRank(f"{name}.weight", outputs, *factors, scale))
        return found


def refuse_without_peft() -> None:
    """Raise MissingExtraError where peft is not installed."""
    if find_spec("peft") is None:
        raise MissingExtraError("training with LoRA", "peft", "train")


@contextmanager
def adapted(lm: LM, choice: Choice, *, seed: int) -> Iterator[Adapters]:
    """The model with adapters that change nothing yet; as it was when the context ends.

    Raises MissingExtraError without peft.
    """
    refuse_without_peft()
    from peft import LoraConfig, inject_adapter_in_model

    lora = choice.selection
    assert isinstance(lora, LoRA)
    targets = choice.adapted or {}
    model: Any = lm.hf
    flags = [(each, each.requires_grad) for each in model.parameters()]
    strength: Any = lora.scale * lora.rank
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=strength,
        lora_dropout=0.0,
        target_modules=list(targets),
        fan_in_fan_out=any(weight_of(each)[1] == 1 for each in targets.values()),
    )
    try:
        with quiet():
            inject_adapter_in_model(config, model)
        yield _made(lm, choice, seed=seed)
    finally:
        for name, module in targets.items():
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, module)
        for parameter, flag in flags:
            parameter.requires_grad_(flag)


def _made(lm: LM, choice: Choice, *, seed: int) -> Adapters:
    factors, pieces = {}, []
    for name, projection in (choice.adapted or {}).items():
        wrapper: Any = lm.hf.get_submodule(name)
        wrapper.eval()
        weight, _ = weight_of(projection)
        wide = torch.promote_types(weight.dtype, torch.float32)
        a, b = (each[ADAPTER].weight for each in (wrapper.lora_A, wrapper.lora_B))
        # As LoRA begins: b is 0, a uniform with the bounds that peft takes.
        bound = a.shape[1] ** -0.5
        drawn = generator(seed, "adapter", name).uniform(-bound, bound, tuple(a.shape))
        for factor, values in ((a, torch.from_numpy(drawn)), (b, torch.zeros(b.shape))):
            factor.data = values.to(weight.device, wide)
            factor.requires_grad_(True)
            whole = Entry(f"{name}.lora_{'A' if factor is a else 'B'}.{ADAPTER}.weight")
            pieces.append(Piece(whole, factor, factor, _nothing()))
        factors[name] = (a, b)
    return Adapters(pieces, factors, choice)


def _nothing() -> Tensor:
    return torch.zeros(0)
