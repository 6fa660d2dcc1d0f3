"""What each arm of a transfer trains, and in which stages.

Takes a model's layers, the concept band and a recipe; gives a selection for each arm. Arms of one
recipe train as many numbers as can be: the ranks of wider ones are lower.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neuroglot.analyses.transfer_claim import BAND, SHUFFLED, SINGLE
from neuroglot.base.errors import ConfigError
from neuroglot.train.selection import LayerBand, LoRA, Selection

ATTENTION = ("q", "k", "v", "o")
RANK = 8
RELEASED_RANK, RELEASED_ALPHA = 16, 32.0
DIRECT = "direct"
"""All layers, the target alone: the paper's first baseline."""


@dataclass(frozen=True)
class Arm:
    """A selection, whether the source languages come first, and whether with foreign summaries."""

    selection: Selection
    two_stages: bool = True
    shuffled: bool = False


def arms_of(preset: str, *, layers: int, band: tuple[int, int], quick: bool) -> Mapping[str, Arm]:
    """The arms of a recipe by their names. band: first and last layer. quick: without those that
    no verdict of the quick profile needs.

    sound: adapters of attention in the band, beside all layers and as many outside of the band: the
    lowest and the highest that there are.
    published (arXiv 2512.19980, 4.3): in the band and all layers above. release: all weights of the
    band, beside adapters of all projections. Raises ConfigError for a band that the model has not,
    or one as wide as the model.
    """
    first, last = band
    width = last - first + 1
    if not 0 <= first <= last < layers or width == layers:
        raise ConfigError(
            f"the band {first}-{last} leaves no other layers of 0-{layers - 1}: give a narrower "
            "one with --band"
        )
    if preset == "release":
        return {
            BAND: Arm(LayerBand(first, last)),
            SINGLE: Arm(LayerBand(first, last), two_stages=False),
            DIRECT: Arm(LoRA(RELEASED_RANK, RELEASED_ALPHA), two_stages=False),
        }
    if preset == "published":
        above = _adapters(range(first, layers), RANK)
        everywhere = _adapters(range(layers), RANK)
        return {
            BAND: Arm(above),
            "all": Arm(everywhere),
            SINGLE: Arm(above, two_stages=False),
            DIRECT: Arm(everywhere, two_stages=False),
        }
    own = _adapters(range(first, last + 1), RANK)
    found = {
        BAND: Arm(own),
        "all": Arm(_adapters(range(layers), max(1, round(RANK * width / layers)))),
        SINGLE: Arm(own, two_stages=False),
    }
    if quick:
        return found
    elsewhere = _elsewhere(layers, first, width)
    return {
        **found,
        "low": Arm(_adapters(elsewhere[0], RANK)),
        "high": Arm(_adapters(elsewhere[-1], RANK)),
        SHUFFLED: Arm(own, shuffled=True),
    }


def _elsewhere(layers: int, first: int, width: int) -> list[range]:
    """Other layers of this width, from below; of a band so wide that all others share some of its
    layers, these.
    """
    others = [range(at, at + width) for at in range(layers - width + 1) if at != first]
    return [each for each in others if abs(each.start - first) >= width] or others


def _adapters(layers: range, rank: int) -> LoRA:
    return LoRA(rank, sites=ATTENTION, layers=tuple(layers))
