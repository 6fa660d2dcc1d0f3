"""Rows of the tables that need the text or the model: examples, and what neurons write."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import torch

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.base.units import NeuronSet, Place, Units
from neuroglot.lm.model import LM
from neuroglot.measure.examples import Example, Examples
from neuroglot.text.reading import Reading

Row = dict[str, Any]
WRITTEN = 10
"""Tokens listed of what a neuron writes."""


def example_rows(found: Examples, reading: Reading, tokenizer: Tokenizer) -> list[Row]:
    """Rows of `neuron_examples`."""
    return [
        {
            "language": label,
            "layer": layer,
            "neuron": neuron,
            "rank": rank,
            **_shown(example, reading, tokenizer),
            "activations": example.values.tolist(),
        }
        for (label, (_, layer, neuron)), examples in found.items()
        for rank, example in enumerate(examples, start=1)
    ]


def unit_example_rows(found: Examples, reading: Reading, tokenizer: Tokenizer) -> list[Row]:
    """Rows of `pls_examples`."""
    return [
        {
            "language": label,
            "layer": layer,
            "projection": site,
            "neuron": index,
            "rank": rank,
            **_shown(example, reading, tokenizer),
            "scores": example.values.tolist(),
        }
        for (label, (site, layer, index)), examples in found.items()
        for rank, example in enumerate(examples, start=1)
    ]


def _shown(example: Example, reading: Reading, tokenizer: Tokenizer) -> Row:
    """Where an example stands, and its tokens."""
    row = reading.rows[example.row]
    document = reading.documents[row.document]
    ids = row.ids[example.first : example.first + len(example.values)]
    return {
        "document": document.id,
        "path": document.path,
        "start": int(row.offsets[example.token, 0]),
        "tokens": [tokenizer.token_text(int(id)) for id in ids],
    }


def write_rows(lm: LM, sets: Mapping[str, NeuronSet]) -> list[Row]:
    """Rows of `neuron_writes`: the tokens that each neuron's output row promotes most.

    The row goes through the final norm's weight and the unembedding, without the norm's scale: the
    order of tokens is that of a small step in the neuron's direction.
    """
    neurons = sorted({("neuron", *unit) for chosen in sets.values() for unit in chosen})
    return [
        {"layer": layer, "neuron": neuron, **written}
        for (_, layer, neuron), written in _written(lm, neurons)
    ]


def unit_write_rows(lm: LM, sets: Mapping[str, Units]) -> list[Row]:
    """Rows of `pls_writes`: the same for coordinates of projections that write by themselves.

    gate and up write with their neuron's output row, o and down into one coordinate of the residual
    stream; q, k and v act through others and have no rows.
    """
    units = sorted(
        {place for chosen in sets.values() for place in chosen.places() if place[0] in _WRITING}
    )
    return [
        {"layer": layer, "projection": site, "neuron": index, **written}
        for (site, layer, index), written in _written(lm, units)
    ]


_WRITING = frozenset({"o", "gate", "up", "down"})


def _written(lm: LM, units: Sequence[Place]) -> Iterator[tuple[Place, Row]]:
    """The tokens that each unit's direction promotes most, best first. units: sorted."""
    for (site, layer), group in groupby(units, key=lambda unit: unit[:2]):
        own = list(group)
        indices = [index for _, _, index in own]
        with torch.no_grad():
            logits = lm.promoted(_directions(lm, site, layer, indices))
        top = torch.topk(logits.to(torch.float32), WRITTEN, dim=1)
        for unit, weights, ids in zip(own, top.values.tolist(), top.indices.tolist(), strict=True):
            for rank, (weight, token_id) in enumerate(zip(weights, ids, strict=True), start=1):
                token = lm.tokenizer.token_text(token_id)
                yield unit, {"rank": rank, "token_id": token_id, "token": token, "weight": weight}


def _directions(lm: LM, site: str, layer: int, indices: Sequence[int]) -> torch.Tensor:
    """What units add to the residual stream when they rise by one: [unit, width]."""
    if site in {"o", "down"}:
        return torch.eye(lm.width, dtype=lm.dtype, device=lm.device)[indices]
    return lm.output_rows(layer)[indices]


def planted_rows(planted: Mapping[str, Sequence[tuple[int, int]]]) -> list[Row]:
    """Rows of `planted`: the neurons that were put there by hand."""
    owners: dict[tuple[int, int], int] = {}
    for units in planted.values():
        for unit in units:
            owners[unit] = owners.get(unit, 0) + 1
    return [
        {
            "language": language,
            "layer": layer,
            "neuron": neuron,
            "exclusive": owners[layer, neuron] == 1,
        }
        for language, units in planted.items()
        for layer, neuron in units
    ]
