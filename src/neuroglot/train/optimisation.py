"""How weights move: Muon for the matrices of the blocks, AdamW for everything else, one schedule.

Takes a model and the share of the training that is done. Muon is torch's own; where the processor
has no bfloat16 arithmetic its products are taken in float32 from the same numbers, which is some
twenty times as fast there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer

from neuroglot.lm.arithmetic import products_of_bfloat16

MUON_RATE = 0.02
ADAM_RATE = 3e-3
MOMENTUM = 0.95
BETAS = (0.9, 0.95)
WARM_UP = 0.01
DECAY = 0.65
"""Shares of the training: the rate rises over the first, and falls to nothing over the last."""
DECAY_AFTER = 1.0
"""The same where a model goes on that has been trained before: the rate falls all along."""

CLIP = 1.0
"""The largest norm of all gradients together."""


@dataclass(frozen=True)
class Optimisers:
    """The two, with the parameters that each moves."""

    muon: Muon
    adam: AdamW

    @property
    def both(self) -> tuple[Optimizer, Optimizer]:
        """In the order in which they step."""
        return self.muon, self.adam


def optimisers(model: nn.Module) -> Optimisers:
    """Muon for every matrix inside the blocks; AdamW for embeddings, head and norms."""
    inside: list[Tensor] = []
    outside: list[Tensor] = []
    for name, parameter in model.named_parameters():
        is_matrix = parameter.ndim == 2 and ".layers." in name
        (inside if is_matrix else outside).append(parameter)
    return Optimisers(
        Muon(inside, lr=MUON_RATE, momentum=MOMENTUM, weight_decay=0.0),
        AdamW(outside, lr=ADAM_RATE, betas=BETAS, weight_decay=0.0),
    )


def rate(done: float, decay: float = DECAY) -> float:
    """The share of the full learning rate once a share `done` of the training is done."""
    return min(1.0, done / WARM_UP, (1 - done) / decay)


def step(
    found: Optimisers, parameters: Sequence[Tensor], *, done: float, decay: float = DECAY
) -> None:
    """Move the weights by their gradients, and forget these."""
    nn.utils.clip_grad_norm_(parameters, CLIP)
    for optimiser, full in zip(found.both, (MUON_RATE, ADAM_RATE), strict=True):
        for group in optimiser.param_groups:
            group["lr"] = full * rate(done, decay)
    with products_of_bfloat16(parameters[0].device):
        found.muon.step()  # type: ignore[no-untyped-call]
    found.adam.step()
    for parameter in parameters:
        parameter.grad = None


def state(found: Optimisers) -> dict[str, Tensor]:
    """What both remember, by name."""
    tensors = {}
    for name, optimiser in zip(("muon", "adam"), found.both, strict=True):
        for place, remembered in optimiser.state_dict()["state"].items():
            for key, tensor in remembered.items():
                tensors[f"{name}.{place}.{key}"] = tensor
    return tensors


def remember(found: Optimisers, tensors: dict[str, Tensor]) -> None:
    """Take up what `state` gave."""
    for name, optimiser in zip(("muon", "adam"), found.both, strict=True):
        content = optimiser.state_dict()
        own: dict[int, dict[str, Tensor]] = {}
        for key, tensor in tensors.items():
            owner, _, rest = key.partition(".")
            if owner == name:
                place, _, what = rest.partition(".")
                own.setdefault(int(place), {})[what] = tensor.clone()
        content["state"] = own
        optimiser.load_state_dict(content)
