"""Components taken away: what the right closers' lead loses without each of them.

A part of the step `effects`: attention, MLPs and heads at zero, at their mean, and as in another
prompt of the same length, at the last token and at all.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import fixed_lead
from neuroglot.analyses.bracket_effects import Place, Removed
from neuroglot.lm.edits import mean, zero
from neuroglot.lm.model import LM
from neuroglot.measure.bracket_units import last_inputs, mean_inputs
from neuroglot.measure.sweep_variants import Variant, patch
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_readings import TENSORS
from neuroglot.studies.bracket_samples import (
    ALL,
    LAST,
    components,
    equally_long,
    every_id,
    sampled_prompts,
    swept_pairs,
    units_of,
)
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float64]
OPERATIONS = ("zero", "mean", "resample")
SITES = {"head": "head", "mlp": "mlp_out", "attention": "attn_out"}


def removed_components(
    writer: RunWriter, lm: LM, data: BracketData, watch: Watcher
) -> list[Removed]:
    """Every component under each operation, at the last token and at all."""
    asked, sampled = data.asked, data.parameters.sampled
    logits, places = writer.run.tensors(TENSORS)["logits"], components(lm)
    means = _means(lm, data)
    found = []
    for role, n in ((LAST, 4 * sampled), (ALL, sampled)):
        prompts = sampled_prompts(data, n, f"removed at {role}")
        pairs = np.stack([prompts, equally_long(data, prompts)], axis=1)
        swept = swept_pairs(
            lm,
            data,
            pairs,
            _variants(lm, places, means[role]),
            at=role,
            targets=every_id(data, pairs),
            watch=watch,
            what=f"without, {role}",
        )
        clean, right = logits[prompts], asked.right[prompts]
        lead = fixed_lead(swept.edited.logits, clean, right)
        change = lead - fixed_lead(swept.clean.logits, clean, right)
        for operation, own in zip(OPERATIONS, np.split(change, len(OPERATIONS)), strict=True):
            found.append(Removed(places, operation, role, prompts, own))
    return found


def _variants(lm: LM, places: Sequence[Place], means: Mapping[str, Floats]) -> list[Variant]:
    """Every component under the first operation, then under the next."""
    units = [(units_of(lm, place), means[place[0]]) for place in places]
    return [
        *(zero(own) for own, _ in units),
        *(mean(own, values) for own, values in units),
        *(patch(own) for own, _ in units),
    ]


def _means(lm: LM, data: BracketData) -> dict[str, dict[str, Floats]]:
    """The mean of each kind of component over the prompts of train, by where it is taken."""
    train = np.flatnonzero(data.asked.split == "train")
    rows = data.rows_of(train)
    some, batch = rows[: 4 * data.parameters.sampled], data.parameters.batch_tokens
    return {
        LAST: {
            kind: last_inputs(lm, rows, site, batch_tokens=batch).mean(axis=0)
            for kind, site in SITES.items()
        },
        ALL: {
            kind: mean_inputs(lm, some, site, batch_tokens=batch) for kind, site in SITES.items()
        },
    }
