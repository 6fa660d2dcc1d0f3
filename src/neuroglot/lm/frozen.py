"""From parts of the residual stream to logits, with every norm on the way frozen.

Takes what is asked of the logits, gives directions in the stream. A part's inner product with one,
times the scale that the final norm has for the whole stream, is what the part adds to the answer:
parts that sum to the stream give values that sum to the answer, biases apart. Logits are meant as
they are before a soft-cap, which is not linear; what else the family multiplies them by counts.

Source: Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from neuroglot.lm.body import Body
from neuroglot.lm.projections import written_rows
from neuroglot.lm.sites import place
from neuroglot.lm.unembedding import norm_gain

HeadRows = tuple[Tensor, Tensor]
"""Logits as directions of normed states: float64 [..., width], and their biases [...]."""

_IDS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class FrozenNorm:
    """A norm as gain * (x - its mean) * scale + bias; the mean stays where it does not centre.

    run: the norm in float64. gain, bias: float64 [width]. scale is one number of the whole row x:
    kept while parts of the row go through, it makes the norm linear.
    """

    run: Callable[[Tensor], Tensor]
    gain: Tensor
    bias: Tensor
    centres: bool

    def in_front(self, directions: Tensor) -> Tensor:
        """Directions [..., width] behind the norm, as directions of what enters it."""
        moved = directions.double() * self.gain.to(directions.device)
        return moved - moved.mean(dim=-1, keepdim=True) if self.centres else moved

    def scale(self, rows: Tensor) -> Tensor:
        """What the norm multiplies each row [..., width] by: float64 [...], on its own device."""
        rows = rows.to(self.gain)
        centred = rows - rows.mean(dim=-1, keepdim=True) if self.centres else rows
        unscaled = centred * self.gain
        scaled = self.run(rows).double() - self.bias
        # The norm's own result says it, whatever epsilon and width it divides by.
        length = (unscaled * unscaled).sum(dim=-1)
        tiny = torch.finfo(torch.float64).tiny
        return (scaled * unscaled).sum(dim=-1) / length.clamp_min(tiny)


def frozen(norm: nn.Module, width: int) -> FrozenNorm:
    """A norm of the model taken apart, in float64. Knows LayerNorm and RMSNorm alike."""
    bare = deepcopy(norm).double().requires_grad_(False)
    # What edits and taps hang on the model's own module is not part of the norm.
    bare._forward_hooks.clear()
    bare._forward_pre_hooks.clear()
    device = next((each.device for each in norm.parameters()), torch.device("cpu"))
    nothing = torch.zeros(1, width, dtype=torch.float64, device=device)
    gain, centres = norm_gain(bare, nothing)
    return FrozenNorm(bare, gain, bare(nothing)[0], centres)


def final_norm(body: Body) -> FrozenNorm:
    """The norm before the head."""
    return frozen(body.final_norm, body.sizes.width)


@dataclass(frozen=True, eq=False)
class Directions:
    """Sums of logits with fixed factors, as directions; one or several for each row of a stream.

    behind: float64 [..., width], of the normed states. rows: float64 [..., width], of the stream
    itself, the final norm's scale left to be multiplied by. norm_bias, head_bias: float64 [...],
    what the biases of final norm and head add.
    """

    behind: Tensor
    rows: Tensor
    norm_bias: Tensor
    head_bias: Tensor


def directions_of(norm: FrozenNorm, behind: Tensor, head_bias: Tensor) -> Directions:
    """Directions of normed states, `behind` [..., width], and what the head's bias adds to them."""
    norm_bias = (behind * norm.bias.to(behind.device)).sum(dim=-1)
    return Directions(behind, norm.in_front(behind), norm_bias, head_bias)


def head_rows(body: Body, ids: Tensor) -> HeadRows:
    """The logits of ids [...]."""
    rows = written_rows(body.head)
    factor, bias = _logit_factor(body), _head_bias(body)
    ids = ids.to(rows.device)
    found = rows.T[ids].double() * factor
    return found, torch.zeros_like(found[..., 0]) if bias is None else bias[ids].double() * factor


def mean_head_row(body: Body) -> HeadRows:
    """The mean logit of the whole vocabulary: [width], and a bias []."""
    rows, bias, factor = written_rows(body.head).T, _head_bias(body), _logit_factor(body)
    total = torch.stack([some.double().sum(dim=0) for some in torch.split(rows, _IDS_AT_ONCE)])
    mean = total.sum(dim=0) / len(rows)
    mean_bias = torch.zeros_like(mean[0]) if bias is None else bias.double().mean()
    return mean * factor, mean_bias * factor


@dataclass(frozen=True, eq=False)
class Added:
    """How what the last projection of a sub-layer gives comes into the residual stream.

    norm: the family's norm behind the sub-layer, None where there is none. factor: the family's
    multiplier of what is added.
    """

    projection: nn.Module
    norm: FrozenNorm | None
    factor: float

    def of_inputs(self, directions: Tensor) -> Tensor:
        """Directions [..., width] of the stream as directions of the projection's inputs.

        float64 [..., input]; the scale of a norm on the way is left to be multiplied by.
        """
        rows = written_rows(self.projection)
        # The weights are not brought to float64, which would double the largest matrices.
        outputs = self._of_outputs(directions).to(rows.device, torch.float32)
        return (outputs @ rows.to(torch.float32).T).double()

    def biases(self, directions: Tensor, within: Tensor, scale: Tensor) -> Tensor:
        """What the biases of projection and norm add along directions [..., width]: [...].

        scale: of the final norm; within: the same times the scale of the norm on the way, if any.
        """
        total = torch.zeros_like(directions[..., 0])
        bias = getattr(self.projection, "bias", None)
        if isinstance(bias, Tensor):
            outputs = self._of_outputs(directions)
            total = total + (outputs * bias.to(outputs)).sum(dim=-1) * within
        if self.norm is not None:
            behind = directions * self.norm.bias.to(directions)
            total = total + behind.sum(dim=-1) * self.factor * scale
        return total

    def _of_outputs(self, directions: Tensor) -> Tensor:
        moved = directions if self.norm is None else self.norm.in_front(directions)
        return moved * self.factor


def attention_added(body: Body, layer: int) -> Added:
    """How the heads of a layer write."""
    block = body.blocks[layer]
    behind = None if block.attn_added is block.attention else block.attn_added
    return _added(body, block.o, behind)


def mlp_added(body: Body, layer: int) -> Added:
    """How the neurons of a layer write. Raises SiteError where the model has no neurons."""
    block = body.blocks[layer]
    behind = None if block.mlp_added is block.mlp else block.mlp_added
    return _added(body, place(body, "neuron_out", layer).module, behind)


def _added(body: Body, projection: nn.Module, behind: nn.Module | None) -> Added:
    norm = None if behind is None else frozen(behind, body.sizes.width)
    return Added(projection, norm, body.residual_scale)


def _logit_factor(body: Body) -> float:
    return body.logit_scale / body.logit_divisor


def _head_bias(body: Body) -> Tensor | None:
    bias = getattr(body.head, "bias", None)
    return bias.detach() if isinstance(bias, Tensor) else None
