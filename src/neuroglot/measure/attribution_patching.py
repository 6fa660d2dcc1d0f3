"""What putting in the values of another prompt would do, by one gradient: attribution patching.

Takes prompts, equally long sources and two ids for each; gives for every head, attention and MLP at
the last token the first-order change of the difference of their logits. Two forward passes and one
backward pass in place of one pass for each component; bad where softmax and norms saturate, so it
stands beside exact patching and never in its place.

Source: Nanda, "Attribution Patching", 2023; Heimersheim and Nanda, arXiv 2404.15255.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.lm.backward import backward_from
from neuroglot.lm.model import LM
from neuroglot.lm.unembedding import unembed
from neuroglot.measure.batches import longest_first, padded
from neuroglot.measure.bracket_units import last_inputs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SITES = ("head", "attn_out", "mlp_out")


def patching_approximation(
    lm: LM,
    rows: Sequence[Ints],
    sources: Sequence[Ints],
    targets: Ints,
    *,
    batch_tokens: int = 4096,
) -> dict[str, Floats]:
    """First-order changes of the first id's logit less the second's, by site.

    targets: int64 [row, 2]. `head`: float64 [row, layer, head]; `attn_out`, `mlp_out`: [row,
    layer].
    """
    given = {site: last_inputs(lm, sources, site, batch_tokens=batch_tokens) for site in SITES}
    shapes = {"head": (lm.n_layers, lm.n_heads)}
    found = {site: np.zeros((len(rows), *shapes.get(site, (lm.n_layers,)))) for site in SITES}
    for batch in longest_first([len(row) for row in rows], batch_tokens):
        numbers = list(batch)
        at = torch.tensor([len(rows[number]) - 1 for number in numbers])
        every = torch.arange(len(numbers))
        wanted = torch.from_numpy(targets[numbers]).to(lm.device)

        def tap(
            site: str,
            layer: int,
            numbers: list[int] = numbers,
            at: Tensor = at,
            every: Tensor = every,
        ) -> Callable[[Tensor, Tensor], None]:
            def see(value: Tensor, gradient: Tensor) -> None:
                own, slope = value[every, at].double().cpu(), gradient[every, at].double().cpu()
                change = torch.from_numpy(given[site][numbers, layer]).double() - own
                found[site][numbers, layer] = (change * slope).sum(dim=-1).numpy()

            return see

        def score(
            last: Tensor, at: Tensor = at, every: Tensor = every, wanted: Tensor = wanted
        ) -> Tensor:
            logits = unembed(lm.body, last[every, at]).float()
            both = logits.gather(1, wanted)
            return both[:, 0] - both[:, 1]

        taps = [(site, layer, tap(site, layer)) for site in SITES for layer in range(lm.n_layers)]
        backward_from(lm.body, padded([rows[n] for n in numbers]).to(lm.device), score, taps)
    return found
