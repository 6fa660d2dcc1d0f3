"""A matrix of ablations: neuroglot beside one full run per cell.

The full run is what a notebook does: for each cell the whole model under a hook, logits for all
positions, cross-entropy. Both score the same rows under the same sets, half of which start in the
upper half of the layers; two sets stand in the plan twice, as exclusive sets often do.
"""

import argparse
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Answer, Task, measure
from benchmarks.machine import loads
from benchmarks.reports import COSTS, add_round_options, line_against, publish, rounds_of
from benchmarks.shapes import (
    SEED,
    SHAPES,
    Shape,
    random_llama,
    reading_of,
    token_ids,
    word_tokenizer,
)
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.loading import wrap
from neuroglot.measure.ablation import score_variants
from neuroglot.measure.variants import Variant

HEADER = (*COSTS, "scores")
BASE = "one full run per cell"
N_SETS, N_NEURONS = 6, 50
CLOSE = 1e-4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=7)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = rounds_of(arguments)
    model, ids, before = random_llama(shape), token_ids(shape), loads()
    sets = _sets(shape)
    lm, reading = wrap(model, word_tokenizer(shape)), reading_of(ids)
    variants = [_variant(units) for units in sets]
    found: dict[str, np.ndarray] = {}

    def ours() -> Answer | None:
        found["ours"] = score_variants(lm, reading, variants).nll
        return None

    def theirs() -> Answer | None:
        found["theirs"] = np.stack([_full_run(model, ids, None), *_each(model, ids, sets)])
        return None

    tasks = [Task(BASE, theirs, BASE), Task("neuroglot", ours, BASE)]
    timed = measure(tasks, rounds=rounds, tell=print)
    apart = float(np.abs(found["ours"] - found["theirs"]).max() / found["theirs"].max())
    same = "equal" if apart <= CLOSE else "NOT EQUAL"
    publish(
        "ablation",
        about=f"{shape}. {len(sets)} sets of {N_NEURONS} neurons and the clean model. "
        f"Median of {rounds} rounds. Multiplications: {_share(shape, sets):.0%} of full runs. "
        f"Largest difference of a row's score: {apart:.1e} of the largest score.",
        header=HEADER,
        lines=[(*line_against(each, timed[BASE]), same) for each in timed.values()],
        before=before,
        command=f"ablation --rounds {rounds}",
        write=arguments.write,
    )


def _sets(shape: Shape) -> list[NeuronSet]:
    """Sets over all layers and over the upper half, and the first of each once more."""
    sets = []
    for number in range(N_SETS):
        lowest = shape.layers // 2 if number % 2 else 0
        draw = generator(SEED, "ablation sets", number)
        flat = draw.choice((shape.layers - lowest) * shape.mlp, size=N_NEURONS, replace=False)
        sets.append(NeuronSet.of_flat(flat + lowest * shape.mlp, shape.mlp))
    return [*sets, sets[0], sets[1]]


def _variant(units: NeuronSet) -> Variant:
    return Variant(
        ablated="random",
        operation="zero",
        arm="neurons",
        draw=0,
        dose=1.0,
        units=units,
        evaluated=("random",),
        values=np.zeros(len(units)),
    )


def _each(model: LlamaForCausalLM, ids: Tensor, sets: Sequence[NeuronSet]) -> list[np.ndarray]:
    return [_full_run(model, ids, units) for units in sets]


def _full_run(model: LlamaForCausalLM, ids: Tensor, units: NeuronSet | None) -> np.ndarray:
    """Surprise of each row by the whole model under plain hooks: float64 [row]."""
    handles = []
    for layer in [] if units is None else sorted(set(units.layers.tolist())):
        assert units is not None
        chosen = torch.from_numpy(units.in_layer(layer))
        handles.append(model.model.layers[layer].mlp.act_fn.register_forward_hook(_zeroing(chosen)))
    try:
        with torch.no_grad():
            logits = model(input_ids=ids, use_cache=False).logits.float()
    finally:
        for handle in handles:
            handle.remove()
    each = torch.nn.functional.cross_entropy(
        logits[:, :-1].reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="none"
    )
    return each.reshape(len(ids), -1).double().sum(dim=1).numpy()


def _zeroing(chosen: Tensor) -> Callable[[object, object, Tensor], Tensor]:
    def hook(_: object, __: object, output: Tensor) -> Tensor:
        edited = output.clone()
        edited[..., chosen] = 0
        return edited

    return hook


def _share(shape: Shape, sets: Sequence[NeuronSet]) -> float:
    """Multiplications that are left, as a share of those of full runs."""
    attention, mlp = 4 * shape.hidden**2, 3 * shape.hidden * shape.mlp
    head = shape.hidden * shape.vocabulary
    whole = shape.layers * (attention + mlp) + head
    left = whole
    for units in dict.fromkeys(sets):
        first = int(units.layers.min())
        left += (shape.layers - first) * (attention + mlp) - attention + head
    return left / (whole * (1 + len(sets)))
