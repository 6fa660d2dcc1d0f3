"""A part of the step `roles`: what neurons that pass a count do, as heads were asked before.

Of every such neuron what it writes into the right closers' lead; of those that write most, also
what the lead loses without them, and what they carry over from a prompt with another count. All at
the last token. What is replaced is the activation, as everywhere: in a gated MLP the other factor
stays the prompt's own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import fixed_lead
from neuroglot.analyses.bracket_effects import PairEffects, overall_shares
from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import mean
from neuroglot.lm.model import LM
from neuroglot.measure.attribution import direct_logit_attribution
from neuroglot.measure.bracket_units import last_inputs
from neuroglot.measure.sweep_variants import patch
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_readings import PAIRS, TENSORS, pair_lead
from neuroglot.studies.bracket_samples import (
    LAST,
    every_id,
    right_ids,
    sampled_pairs,
    sampled_prompts,
    swept_pairs,
)
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROLE_STEP = "roles"
TRIED = 64
"""Neurons that are taken away and over, those that write most."""
AT_ONCE = 16
"""Prompts of which what every neuron writes is held at a time."""


@dataclass(frozen=True, eq=False)
class UnitEffects:
    """What units do: float64, in their order, nan for those that were not tried.

    written: [unit, prompt], of the right closers' lead over the best wrong ones. removed: [unit,
    some prompt], change of that lead where the unit is at its mean; prompts: int64 [some prompt].
    patched: [unit], share of the difference between two counts.
    """

    written: Floats
    removed: Floats
    prompts: Ints
    patched: Floats


def neuron_effects(
    writer: RunWriter, lm: LM, data: BracketData, neurons: NeuronSet, watch: Watcher
) -> UnitEffects:
    """What these neurons do."""
    logits = writer.run.tensors(TENSORS)["logits"]
    raised = _raised(lm, data, neurons, watch)
    written = fixed_lead(np.moveaxis(raised, 0, 1), logits, data.asked.right)
    order = np.argsort(-np.abs(written.mean(axis=1)), kind="stable")
    tried = np.sort(order[:TRIED])
    prompts = sampled_prompts(data, 4 * data.parameters.sampled, f"removed at {LAST}")
    removed = np.full((len(neurons), len(prompts)), np.nan)
    patched = np.full(len(neurons), np.nan)
    places = np.stack([neurons.layers, neurons.indices], axis=1)[tried].tolist()
    some = [NeuronSet.of([(layer, neuron)]) for layer, neuron in places]
    for at, leads in zip(tried, _removed(lm, data, some, prompts, watch), strict=True):
        removed[at] = fixed_lead(leads, logits[prompts], data.asked.right[prompts])
    patched[tried] = _patched(writer, lm, data, some, watch)
    return UnitEffects(written, removed, prompts, patched)


def _raised(lm: LM, data: BracketData, neurons: NeuronSet, watch: Watcher) -> Floats:
    """What each neuron adds to the closers' logits: [prompt, neuron, closer]."""
    found = []
    for start in range(0, len(data.rows), AT_ONCE):
        rows = data.rows[start : start + AT_ONCE]
        every = direct_logit_attribution(
            lm,
            rows,
            targets=np.tile(np.array(data.ids), (len(rows), 1)),
            others=None,
            heads=False,
            neurons=True,
            batch_tokens=data.parameters.batch_tokens,
        ).neurons
        assert every is not None
        found.append(np.moveaxis(every[:, :, neurons.layers, neurons.indices], 1, 2))
        watch(ROLE_STEP, start + len(rows), len(data.rows), "prompts", "neurons")
    return np.concatenate(found)


def _removed(
    lm: LM, data: BracketData, neurons: list[NeuronSet], prompts: Ints, watch: Watcher
) -> NDArray[np.floating]:
    """What the closers' logits gain where each is at its mean: [neuron, prompt, closer]."""
    means = _means(lm, data)
    pairs = np.stack([prompts, prompts], axis=1)
    swept = swept_pairs(
        lm,
        data,
        pairs,
        [mean(each, means) for each in neurons],
        targets=every_id(data, pairs),
        watch=watch,
        what="without neurons",
        step=ROLE_STEP,
    )
    gained: NDArray[np.floating] = swept.edited.logits - swept.clean.logits
    return gained


def _means(lm: LM, data: BracketData) -> Floats:
    """Of every neuron at the last token, over the prompts of train: [layer, neuron]."""
    rows = data.rows_of(np.flatnonzero(data.asked.split == "train"))
    batch = data.parameters.batch_tokens
    sums = [
        last_inputs(lm, rows[at : at + AT_ONCE], "neuron", batch_tokens=batch).sum(
            axis=0, dtype=np.float64
        )
        for at in range(0, len(rows), AT_ONCE)
    ]
    means: Floats = np.asarray(sum(sums), dtype=np.float64) / len(rows)
    return means


def _patched(
    writer: RunWriter, lm: LM, data: BracketData, neurons: list[NeuronSet], watch: Watcher
) -> Floats:
    """What each carries of the difference between two counts."""
    stored, chosen = writer.run.tensors(PAIRS), sampled_pairs(data, data.count_pairs, "neurons")
    pairs = data.count_pairs[chosen]
    swept = swept_pairs(
        lm,
        data,
        pairs,
        [patch(each) for each in neurons],
        targets=right_ids(data, pairs),
        watch=watch,
        what="patched neurons",
        step=ROLE_STEP,
    )
    effects = PairEffects(
        places=tuple(("neuron", int(one.layers[0]), int(one.indices[0])) for one in neurons),
        role=LAST,
        pairs=pairs,
        clean=stored["clean"][chosen],
        counterfactual=stored["counterfactual"][chosen],
        patched=pair_lead(swept.edited.logits),
    )
    shares: Floats = overall_shares(data.asked, effects, np.ones((1, len(data.asked.k))))[0]
    return shares
