"""How few heads carry the difference between two counts: faithfulness and completeness.

A part of the step `effects`: sets of heads, chosen on train and dev by three rankings, are kept
alone or taken from the other prompt; the curves are of held-out pairs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import EVERY
from neuroglot.analyses.bracket_effects import PairEffects, kept_and_left
from neuroglot.analyses.bracket_heads import CHOOSING
from neuroglot.analyses.claims import Row
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.sweep_variants import Variant, patch
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_readings import pair_lead
from neuroglot.studies.bracket_samples import ALL, right_ids, sampled_pairs, swept_pairs
from neuroglot.studies.watching import Watcher

Ints = NDArray[np.int64]


def faithfulness_rows(lm: LM, data: BracketData, effects: PairEffects, watch: Watcher) -> list[Row]:
    """How much of the difference sets of heads keep alone, and leave when they are gone."""
    asked = data.asked
    of_train = np.isin(asked.split[effects.pairs[:, 0]], CHOOSING)
    judged = np.flatnonzero(~of_train)
    judged = judged if len(judged) else np.arange(len(effects.pairs))
    chosen = sampled_pairs(data, effects.pairs, "faithfulness", among=judged)
    pairs = effects.pairs[chosen]
    heads = [at for at, (component, _, _) in enumerate(effects.places) if component == "head"]
    orders = _rankings(data, effects, heads, of_train)
    n = len(heads)
    sizes = sorted({0, n, *(2**power for power in range(12) if 2**power < n)})
    variants: list[Variant] = []
    for order in orders.values():
        for size in sizes:
            variants += [patch(_set(lm, order[size:])), patch(_set(lm, order[:size]))]
    swept = swept_pairs(
        lm,
        data,
        pairs,
        variants,
        targets=right_ids(data, pairs),
        at=ALL,
        watch=watch,
        what="sets of heads",
    )
    lead = pair_lead(swept.edited.logits).reshape(len(orders), len(sizes), 2, len(pairs))
    rows = []
    for number, ranking in enumerate(orders):
        for k in (*asked.counts, EVERY):
            own = np.flatnonzero((asked.k[pairs[:, 0]] == k) | (k == EVERY))
            if not len(own):
                continue
            share = kept_and_left(
                {"kept": lead[number, :, 0, own].T, "left": lead[number, :, 1, own].T},
                effects.clean[chosen][own],
                effects.counterfactual[chosen][own],
            )
            rows += [
                {
                    "ranking": ranking,
                    "size": size,
                    "k": k,
                    "faithfulness": float(share["kept"][at]),
                    "completeness": float(share["left"][at]),
                    "n": len(np.unique(asked.template[pairs[own, 0]])),
                    "unit": "template",
                }
                for at, size in enumerate(sizes)
            ]
    return rows


def _rankings(
    data: BracketData, effects: PairEffects, heads: Sequence[int], of_train: NDArray[np.bool_]
) -> dict[str, Ints]:
    """Numbers of heads, those that matter most first, by the pairs of train and dev."""
    assert effects.approximation is not None
    exact = effects.noised[heads][:, of_train].sum(axis=1)
    near = -effects.approximation[heads][:, of_train].sum(axis=1)
    draw = generator(data.parameters.seed, "random heads of a circuit")
    return {
        "effect": np.argsort(-exact, kind="stable"),
        "attribution": np.argsort(-near, kind="stable"),
        "random": draw.permutation(len(heads)),
    }


def _set(lm: LM, heads: Ints) -> NeuronSet:
    """Heads by their numbers in the order of layers."""
    return NeuronSet.of_flat(heads, lm.n_heads, "head")
