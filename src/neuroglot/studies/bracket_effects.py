"""The step `effects` of the study `brackets`: what components do, by taking them away or over.

Writes the tables patching and faithfulness, and decides C-6. Everything runs through one sweep for
each question.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_effects import (
    Place,
    help_or_hurt_claim,
    overall_shares,
    removed_rows,
    share_rows,
)
from neuroglot.analyses.claims import Row
from neuroglot.lm.model import LM
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_faithfulness import faithfulness_rows
from neuroglot.studies.bracket_followers import swapped_followers
from neuroglot.studies.bracket_patching import note_agreement, patched_before, patched_last
from neuroglot.studies.bracket_readings import closing_of
from neuroglot.studies.bracket_removal import removed_components
from neuroglot.studies.bracket_samples import LAST
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TENSORS = "bracket_effects"


@dataclass(frozen=True, eq=False)
class HeadEffects:
    """What the step tells of every head, in the order of layers and heads: float64.

    removed: [head, prompt], change of the lead where its output is the mean, at the last token.
    prompts: int64 [prompt]. patched: [head], share of the difference between two counts.
    """

    removed: Floats
    prompts: Ints
    patched: Floats


def write_effects(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """All of the step."""
    parameters, asked = data.parameters, data.asked
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    last = patched_last(writer, lm, data, watch)
    before = patched_before(writer, lm, data, watch)
    removed = removed_components(writer, lm, data, watch)
    rows: list[Row] = []
    for effects in (last, *before):
        rows += share_rows(asked, effects, **drawn)
    for each in removed:
        rows += removed_rows(asked, each, **drawn)
    writer.write_table("patching", rows)
    writer.write_table("faithfulness", faithfulness_rows(lm, data, last, watch))
    note_agreement(writer, asked, last)
    swapped = swapped_followers(writer, lm, data, watch)
    claims, parts = help_or_hurt_claim(
        asked, swapped, closing=closing_of(writer.run, data), **drawn
    )
    replace_claims(writer, ("C-6",), claims, parts)
    shares = overall_shares(asked, last, np.ones((1, len(asked.k))))[0]
    by_mean = next(r for r in removed if (r.operation, r.role) == ("mean", LAST))
    writer.write_tensors(
        TENSORS,
        {
            "removed": by_mean.change[_heads(by_mean.places)],
            "prompts": by_mean.prompts,
            "patched": shares[_heads(last.places)],
        },
    )


def _heads(places: tuple[Place, ...]) -> list[int]:
    """Numbers of the heads among components."""
    return [at for at, (component, _, _) in enumerate(places) if component == "head"]


def kept_effects(writer: RunWriter) -> HeadEffects:
    """What the step told of every head, from the run."""
    found = writer.run.tensors(TENSORS)
    return HeadEffects(found["removed"], found["prompts"], found["patched"])
