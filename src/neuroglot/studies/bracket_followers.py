"""Heads that follow closed calls, with what they write in a prompt of another count: claim C-6.

A part of the step `effects`.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import BracketAsked, closer_lead, fixed_lead
from neuroglot.analyses.bracket_effects import Swapped
from neuroglot.analyses.bracket_heads import CHOOSING, FOLLOWS_LOOSELY
from neuroglot.analyses.bracket_units import tracking, unit_answers
from neuroglot.lm.model import LM
from neuroglot.measure.bracket_units import UnitLogits
from neuroglot.measure.sweep_variants import patch
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_heads import head_name, kept_units, places
from neuroglot.studies.bracket_readings import PARTS, TENSORS
from neuroglot.studies.bracket_samples import every_id, swept_pairs, units_of
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def swapped_followers(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> Swapped:
    """Heads that follow closed calls, and those beside them, with another count's values."""
    asked = data.asked
    heads = kept_units(writer.run, "head")
    assert heads is not None
    follows = _following(asked, heads)
    chosen = np.flatnonzero(np.isin(heads.layers, heads.layers[follows]))
    named = [places(heads)[at] for at in chosen.tolist()]
    pairs = data.closed_pairs if named else data.closed_pairs[:0]
    # Where both counts are the same, a head that follows the one is right about the other.
    pairs = pairs[asked.closed[pairs[:, 0]] != asked.k[pairs[:, 0]]]
    total = direct = np.zeros((len(named), len(pairs)))
    if named:
        swept = swept_pairs(
            lm,
            data,
            pairs,
            [patch(units_of(lm, ("head", *place))) for place in named],
            targets=every_id(data, pairs),
            watch=watch,
            what="closed calls",
        )
        right = asked.right[pairs[:, 0]]
        edited = np.moveaxis(swept.edited.logits, 0, 1)
        total = closer_lead(edited, right).T - closer_lead(swept.clean.logits, right)
        direct = _written(writer, data, pairs, chosen)
    return Swapped(
        prompts=pairs[:, 0],
        names=tuple(head_name(*place) for place in named),
        layers=heads.layers[chosen],
        followers=follows[chosen],
        total=total,
        direct=direct,
    )


def _following(asked: BracketAsked, heads: UnitLogits) -> Bools:
    """Which heads follow closed calls on train and dev: bool [head]."""
    preferred = unit_answers(asked, heads.logits, heads.most, heads.rank).preferred
    first = np.isin(asked.split, CHOOSING)
    follows: Bools = tracking(preferred[first], asked.only(*CHOOSING))[0] >= FOLLOWS_LOOSELY
    return follows


def _written(writer: RunWriter, data: BracketData, pairs: Ints, chosen: Ints) -> Floats:
    """What heads write to the lead at the other prompt, less what they do at the one: [head, pair].

    chosen: int64 [head], among all heads.
    """
    one, other = pairs.T
    clean, right = writer.run.tensors(TENSORS)["logits"][one], data.asked.right[one]
    heads = writer.run.tensors(PARTS)["head_logits"].reshape(len(data.asked.k), -1, len(data.ids))
    own = np.moveaxis(heads[:, chosen], 0, 1)
    found: Floats = fixed_lead(own[:, other], clean, right) - fixed_lead(own[:, one], clean, right)
    return found
