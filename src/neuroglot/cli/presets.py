"""The flag --preset: whose definitions are run beside ours."""

from typing import TYPE_CHECKING, Literal

from neuroglot.cli.options import Preset

if TYPE_CHECKING:
    from neuroglot.studies.parameters import AblationParameters, PublishedParameters

_BESIDE: dict[Preset, Literal["published", "release"]] = {
    Preset.published: "published",
    Preset.release: "release",
}


def beside_parameters(
    preset: Preset, ablated: "AblationParameters"
) -> "PublishedParameters | None":
    """Parameters of the published procedure, on as much text as the ablation; None for `sound`."""
    from neuroglot.studies.parameters import PublishedParameters

    if preset not in _BESIDE:
        return None
    return PublishedParameters(
        preset=_BESIDE[preset],
        eval_tokens=ablated.tokens if ablated.profile else ablated.eval_tokens,
        batch_tokens=ablated.batch_tokens,
        seed=ablated.seed,
    )
