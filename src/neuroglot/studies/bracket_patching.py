"""Components put from one prompt into another: what they carry of the difference between counts.

A part of the step `effects`: every component at the last token, with what the gradient foretells;
the stream where the two prompts differ and behind that.
"""

import numpy as np

from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.analyses.bracket_effects import PairEffects, Place, agreement
from neuroglot.lm.model import LM
from neuroglot.measure.attribution_patching import patching_approximation
from neuroglot.measure.sweep_variants import patch
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_readings import PAIRS, pair_lead
from neuroglot.studies.bracket_samples import (
    BETWEEN,
    CHANGED,
    LAST,
    components,
    of_some_templates,
    right_ids,
    sampled_pairs,
    swept_pairs,
    units_of,
)
from neuroglot.studies.watching import Watcher


def patched_last(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> PairEffects:
    """Every component at the last token, from the prompt with another count."""
    stored, chosen = writer.run.tensors(PAIRS), of_some_templates(data, data.count_pairs)
    pairs, places = data.count_pairs[chosen], components(lm)
    targets = right_ids(data, pairs)
    variants = [patch(units_of(lm, place)) for place in places]
    swept = swept_pairs(lm, data, pairs, variants, targets=targets, watch=watch, what="patches")
    near = patching_approximation(
        lm,
        data.rows_of(pairs[:, 0]),
        data.rows_of(pairs[:, 1]),
        targets,
        batch_tokens=data.parameters.batch_tokens,
    )
    by_gradient = [
        np.full((lm.n_layers, len(pairs)), np.nan),
        near["attn_out"].T,
        near["mlp_out"].T,
        near["head"].reshape(len(pairs), -1).T,
    ]
    return PairEffects(
        places=(*_streams(lm), *places),
        role=LAST,
        pairs=pairs,
        clean=stored["clean"][chosen],
        counterfactual=stored["counterfactual"][chosen],
        patched=np.concatenate([stored["patched"][:, chosen], pair_lead(swept.edited.logits)]),
        approximation=np.concatenate(by_gradient),
    )


def patched_before(
    writer: RunWriter, lm: LM, data: BracketData, watch: Watcher
) -> list[PairEffects]:
    """The stream of each layer where the two differ, and between there and the last token."""
    stored = writer.run.tensors(PAIRS)
    chosen = sampled_pairs(data, data.count_pairs, "patched places")
    pairs, places = data.count_pairs[chosen], _streams(lm)
    changed = data.changed(pairs)
    lengths = data.asked.length[pairs[:, 0]].tolist()
    between = [list(range(max(own) + 1, n - 1)) for own, n in zip(changed, lengths, strict=True)]
    variants = [patch(units_of(lm, place)) for place in places]
    targets = right_ids(data, pairs)
    found = []
    for role, at in ((CHANGED, changed), (BETWEEN, between)):
        what = f"streams, {role}"
        swept = swept_pairs(
            lm, data, pairs, variants, targets=targets, at=at, watch=watch, what=what
        )
        found.append(
            PairEffects(
                places,
                role,
                pairs,
                stored["clean"][chosen],
                stored["counterfactual"][chosen],
                pair_lead(swept.edited.logits),
            )
        )
    return found


def _streams(lm: LM) -> tuple[Place, ...]:
    """The stream behind every layer."""
    return tuple(("resid_post", layer, -1) for layer in range(lm.n_layers))


def note_agreement(writer: RunWriter, asked: BracketAsked, effects: PairEffects) -> None:
    """How well the gradient foretells what a patch does, said in a note."""
    assert effects.approximation is not None
    own = [at for at, (component, _, _) in enumerate(effects.places) if component != "resid_post"]
    exact = effects.noised[own].sum(axis=1)
    value = agreement(exact, -effects.approximation[own].sum(axis=1))
    if not np.isnan(value):
        writer.note(
            f"attribution patching at the last token correlates with exact patching by {value:.2f} "
            f"over {len(own)} components"
        )
