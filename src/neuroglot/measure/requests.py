"""What an analysis asks of a pass: read this site, reduce it so, collect it in that statistic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.stats.statistic import Statistic

Observation = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Request:
    """One site, read at every layer of the model (or at `layers`), reduced at once on the device.

    observe: (tensor [row, token, ...], Rows) -> values by field name of `into`, each with the row
    axis first. A field's axes decide the rest: its first axis (`group` or `label`) is what rows are
    pooled into, an axis `layer` is the layer observed; fields without it are taken from the first
    layer alone. Integers are added exactly, floats in float64.
    units: where its values stand on the last axis of their fields, and how long that axis is, where
    several sites share it; None: they fill it.
    constants: values of the fields of `into` that two statistics must share.

        @dataclass(frozen=True, eq=False, kw_only=True)
        class Energy(Statistic):
            squares: np.ndarray = by_block("label layer")

        def observe(tensor, rows):
            return {"squares": (tensor.double().square().sum(-1) * rows.counted).sum(-1)}

        energy = record(lm, corpus, Request("resid_post", observe, Energy))[Energy]
    """

    site: str
    observe: Callable[..., Observation]
    into: type[Statistic]
    layers: tuple[int, ...] | None = None
    units: tuple[int, int] | None = None
    constants: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class GradientRequest(Request):
    """The same of a site's value and of the gradient of the text's surprise there.

    observe: (value [row, token, ...], gradient like it, Rows) -> values. The gradient is that of
    the sum of nats over all tokens but the first and special ones; rows do not reach into others.
    """


def constants_of(requests: tuple[Request, ...]) -> dict[str, NDArray[Any]]:
    """The constants of all requests into one statistic."""
    return {name: np.asarray(value) for r in requests for name, value in r.constants.items()}
