"""Edits that act on rows of their own: many variants of a model in one forward pass.

Takes rows of a batch, units, and what becomes of them there; gives one Editor for a site that does
all of them. Knows no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neuroglot.lm.hooks import Editor


@dataclass(frozen=True, eq=False)
class RowEdit:
    """Units of one site, and what becomes of them in some rows of a batch.

    units: int64 [unit]. values: [row, token, unit, width], each axis but `unit` full or 1: taken in
    place of what was computed; None: that is multiplied by factor. places: bool [row, token], where
    it acts; None: everywhere. Tokens are counted from the end: a pass may run the last ones only.
    """

    rows: slice
    units: Tensor
    values: Tensor | None
    factor: float = 1.0
    places: Tensor | None = None

    def act(self, batch: Tensor) -> None:
        """Change units of a batch in place: [row, token, unit, width]."""
        here, units = batch[self.rows], self.units.to(batch.device)
        n_tokens = here.shape[1]
        if self.values is None:
            new = here[:, :, units] * self.factor
        else:
            new = self.values[:, -n_tokens:].to(here)
        if self.places is not None:
            acts = self.places[:, -n_tokens:, None, None].to(here.device)
            new = torch.where(acts, new, here[:, :, units])
        here[:, :, units] = new


def together(edits: Sequence[RowEdit]) -> Editor:
    """One editor of a site's tensor [row, token, unit], for heads [row, token, head, width]."""

    def edit(tensor: Tensor) -> Tensor:
        edited = tensor.clone()
        for each in edits:
            each.act(edited if edited.ndim == 4 else edited.unsqueeze(-1))
        return edited

    return edit
