"""A projection's weight, and the rows that its units write, whatever kind of module holds it."""

import torch
from torch import Tensor, nn

from neuroglot.base.errors import WeightsError
from neuroglot.lm.body import Body, width_in, width_out
from neuroglot.lm.sites import place

_ROWS_AT_ONCE = 1024


def output_rows(body: Body, layer: int) -> Tensor:
    """What each neuron of a layer writes per unit of `neuron_out`: [neuron, width].

    The down projection's column of the neuron, before a post-norm or multiplier of the family.
    Raises SiteError where the model has no neurons.
    """
    return written_rows(place(body, "neuron_out", layer).module)


def written_rows(projection: nn.Module) -> Tensor:
    """A projection's rows [input, output]: Linear and Conv1D give theirs, others are probed."""
    weight = getattr(projection, "weight", None)
    inputs, outputs = width_in(projection), width_out(projection)
    if isinstance(weight, Tensor) and weight.is_floating_point():
        rows = weight.detach()
        if isinstance(projection, nn.Linear):
            return rows.T
        if tuple(rows.shape) == (inputs, outputs):
            return rows
    return _probed(projection, inputs)


def weight_of(projection: nn.Module) -> tuple[nn.Parameter, int]:
    """A projection's weight, and the axis of it that counts outputs: 0 in Linear, 1 in Conv1D.

    Raises WeightsError for a weight that is packed: its entries are no numbers to be moved.
    """
    weight = getattr(projection, "weight", None)
    if not isinstance(weight, nn.Parameter) or not weight.is_floating_point():
        raise WeightsError(
            f"the weights of {type(projection).__name__} are packed, so that single ones cannot be "
            "changed: load the model in bfloat16 or float32"
        )
    return weight, 0 if isinstance(projection, nn.Linear) else 1


def _probed(projection: nn.Module, inputs: int) -> Tensor:
    """Rows of a projection whose weight is packed: each unit's effect, one by one."""
    bias = getattr(projection, "bias", None)
    reference = bias if isinstance(bias, Tensor) else next(iter(projection.parameters()), None)
    device = torch.device("cpu") if reference is None else reference.device
    dtype = bias.dtype if isinstance(bias, Tensor) else torch.get_default_dtype()
    parts = []
    with torch.no_grad():
        nothing = projection(torch.zeros(1, inputs, dtype=dtype, device=device))
        for start in range(0, inputs, _ROWS_AT_ONCE):
            units = torch.arange(start, min(start + _ROWS_AT_ONCE, inputs), device=device)
            one_each = torch.zeros(len(units), inputs, dtype=dtype, device=device)
            one_each[torch.arange(len(units), device=device), units] = 1
            parts.append(projection(one_each) - nothing)
    return torch.cat(parts)
