"""Rows of the tables that need the text or the model: examples, and what neurons write."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.examples import Example
from neuroglot.text.reading import Reading

Row = dict[str, Any]
WRITTEN = 10
"""Tokens listed of what a neuron writes."""


def example_rows(
    found: Mapping[tuple[str, int, int], Sequence[Example]],
    reading: Reading,
    tokenizer: Tokenizer,
) -> list[Row]:
    """Rows of `neuron_examples`."""
    rows: list[Row] = []
    for (label, layer, neuron), examples in found.items():
        for rank, example in enumerate(examples, start=1):
            row = reading.rows[example.row]
            last = example.first + len(example.activations)
            document = reading.documents[row.document]
            rows.append(
                {
                    "language": label,
                    "layer": layer,
                    "neuron": neuron,
                    "rank": rank,
                    "document": document.id,
                    "path": document.path,
                    "start": int(row.offsets[example.token, 0]),
                    "tokens": [
                        tokenizer.token_text(int(id)) for id in row.ids[example.first : last]
                    ],
                    "activations": [float(value) for value in example.activations],
                }
            )
    return rows


def write_rows(lm: LM, sets: Mapping[str, NeuronSet]) -> list[Row]:
    """Rows of `neuron_writes`: the tokens that each neuron's output row promotes most.

    The row goes through the final norm's weight and the unembedding, without the norm's scale: the
    order of tokens is that of a small step in the neuron's direction.
    """
    rows: list[Row] = []
    units = sorted({unit for chosen in sets.values() for unit in chosen})
    for layer in sorted({layer for layer, _ in units}):
        neurons = [neuron for in_layer, neuron in units if in_layer == layer]
        with torch.no_grad():
            logits = lm.promoted(lm.output_rows(layer)[neurons])
        top = torch.topk(logits.to(torch.float32), WRITTEN, dim=1)
        for neuron, weights, ids in zip(
            neurons, top.values.tolist(), top.indices.tolist(), strict=True
        ):
            rows.extend(
                {
                    "layer": layer,
                    "neuron": neuron,
                    "rank": rank,
                    "token_id": token_id,
                    "token": lm.tokenizer.token_text(token_id),
                    "weight": weight,
                }
                for rank, (weight, token_id) in enumerate(zip(weights, ids, strict=True), start=1)
            )
    return rows


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
