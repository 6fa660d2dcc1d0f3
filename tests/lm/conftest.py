"""What the tests of this room share: ids, sites by model, and a count of registered hooks."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from neuroglot.base.errors import SiteError
from neuroglot.lm.sites import SITES, layers_of, place


@pytest.fixture(autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(scope="session")
def ids() -> torch.Tensor:
    """Three rows of ten ids, within every tiny vocabulary."""
    return torch.randint(3, 100, (3, 10), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="session")
def present() -> Callable[[Any], list[tuple[str, int]]]:
    """(lm) -> every (site, layer) that the model has."""

    def places(lm: Any) -> list[tuple[str, int]]:
        found = []
        for site in SITES:
            for layer in layers_of(lm.body, site):
                try:
                    place(lm.body, site, layer)
                except SiteError:
                    continue
                found.append((site, layer))
        return found

    return places


@pytest.fixture(scope="session")
def n_hooks() -> Callable[[Any], int]:
    """(model) -> how many hooks are registered anywhere in it."""

    def count(model: Any) -> int:
        return sum(
            len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks)
            for part in model.modules()
        )

    return count
