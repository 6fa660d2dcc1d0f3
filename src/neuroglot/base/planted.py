"""The answer: which neurons of the planted model are planted, and what its texts are written for.

Fifty neurons per language. Thirty-two are shared, sixteen with each of the two languages beside it
in the ring, and lie in the bottom quarter of the layers; eighteen are its own, sixteen of them in
the top quarter. Every other neuron is background of a known kind. Knows no weights and no text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from neuroglot.base.seeds import generator

Place = tuple[int, int]
"""(layer, neuron)."""

PLANTED_LANGUAGES = ("python", "java", "javascript", "go", "rust", "english")
LAYERS = 8
NEURONS = 320
"""Neurons per layer."""

PAIRS = tuple(zip(PLANTED_LANGUAGES, PLANTED_LANGUAGES[1:] + PLANTED_LANGUAGES[:1], strict=True))
"""Neighbours in the ring of languages: each pair shares neurons."""
SHARED_PER_PAIR = 16
EXCLUSIVE_IN_TOP = 16
EXCLUSIVE_IN_BOTTOM = 2
BOTTOM = (0, 1)
TOP = (6, 7)
GENERIC_PER_LAYER = 30
RARE_PER_LANGUAGE = 8
DEAD_PER_LAYER = 4


@dataclass(frozen=True)
class Plan:
    """Where each kind of neuron lies; together they are all neurons of the model, each once.

    shared: fires in the texts of two languages. exclusive: in those of one. rare: fires at the
    markers of one language and so in few of its positions: of low entropy, but below LAPE's bound.
    generic: fires by position and by what a repository writes about, in every language alike.
    content: fires at a few words, whatever the language. dead: never fires.
    """

    shared: Mapping[tuple[str, str], tuple[Place, ...]]
    exclusive: Mapping[str, tuple[Place, ...]]
    rare: Mapping[str, tuple[Place, ...]]
    generic: tuple[Place, ...]
    content: tuple[Place, ...]
    dead: tuple[Place, ...]


def _free_places(layers: tuple[int, ...]) -> dict[int, Iterator[Place]]:
    """For each layer its neurons in a drawn order."""
    return {
        layer: iter(
            [(layer, n) for n in generator(0, "planted", layer).permutation(NEURONS).tolist()]
        )
        for layer in layers
    }


def _plan() -> Plan:
    everywhere = tuple(range(LAYERS))
    free = _free_places(everywhere)

    def take(count: int, layers: tuple[int, ...]) -> tuple[Place, ...]:
        return tuple(next(free[layers[i % len(layers)]]) for i in range(count))

    shared = {pair: take(SHARED_PER_PAIR, BOTTOM) for pair in PAIRS}
    exclusive = {
        name: take(EXCLUSIVE_IN_TOP, TOP) + take(EXCLUSIVE_IN_BOTTOM, BOTTOM)
        for name in PLANTED_LANGUAGES
    }
    rare = {name: take(RARE_PER_LANGUAGE, everywhere) for name in PLANTED_LANGUAGES}
    generic = take(GENERIC_PER_LAYER * LAYERS, everywhere)
    dead = take(DEAD_PER_LAYER * LAYERS, everywhere)
    content = tuple(place for layer in everywhere for place in free[layer])
    return Plan(
        MappingProxyType(shared),
        MappingProxyType(exclusive),
        MappingProxyType(rare),
        generic,
        content,
        dead,
    )


PLAN = _plan()

PLANTED: Mapping[str, tuple[Place, ...]] = MappingProxyType(
    {
        name: PLAN.exclusive[name]
        + tuple(place for pair in PAIRS if name in pair for place in PLAN.shared[pair])
        for name in PLANTED_LANGUAGES
    }
)
"""The answer that LAPE should find: fifty places per language."""
