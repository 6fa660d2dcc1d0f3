"""Recipes: what to measure and what to conclude for one study."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuroglot.studies.language_neurons import neurons as neurons
    from neuroglot.studies.parameters import NeuronsParameters as NeuronsParameters

__all__ = ["NeuronsParameters", "neurons"]


def __getattr__(name: str) -> Any:
    """Studies are imported when they are first asked for: each brings torch with it."""
    if name == "neurons":
        from neuroglot.studies.language_neurons import neurons

        return neurons
    if name == "NeuronsParameters":
        from neuroglot.studies.parameters import NeuronsParameters

        return NeuronsParameters
    raise AttributeError(f"module 'neuroglot.studies' has no attribute {name!r}")
