"""Do PLS scores predict what a unit does? Single units are set to zero, and the text is read again.

Takes a model, a reading and its PLS; gives rows of the table `pls_effects` and the rank correlation
of scores with exact effects, the gate of claim B-1. A score is the first-order guess at its effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.pls import scaled
from neuroglot.analyses.uncertainty import spearman
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import AblationScores, score_variants
from neuroglot.measure.recording import Progress
from neuroglot.measure.variants import Variant
from neuroglot.stats.pls import PLS, PROJECTIONS, REDUCTIONS
from neuroglot.text.reading import Reading

UNITS = 300
STEPS = 10
"""Units are drawn in equal numbers from so many equal steps of the score."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UnitEffects:
    """flat: int64 [unit], layer x units of a layer + unit. scores: float64 [label, unit] of the
    reduction that counts; effects: float64 [label, unit], mean change over texts in nats per token
    with the unit at zero. correlation: by reduction, Spearman of scores with absolute effects, mean
    over labels. rows: of the table `pls_effects`.
    """

    flat: Ints
    scores: NDArray[np.float64]
    effects: NDArray[np.float64]
    correlation: dict[str, float]
    rows: list[dict[str, object]]


def unit_effects(
    lm: LM,
    reading: Reading,
    pls: PLS,
    *,
    units: int = UNITS,
    seed: int = 0,
    batch_tokens: int = 4096,
    checkpoint: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> UnitEffects:
    """Set units to zero one by one and score the reading again.

    reading: of the labels of `pls`, one text in a row. Raises ConfigError for other labels.
    """
    if reading.labels != pls.labels:
        raise ConfigError(
            f"the text is in {', '.join(reading.labels)}, the scores are of "
            f"{', '.join(pls.labels)}: give the text that was scored"
        )
    flat = drawn_units(pls, units=units, seed=seed)
    layers, here = np.divmod(flat, int(pls.widths.sum()))
    sites = [PROJECTIONS[number] for number in pls.projection_of()[here]]
    indices = pls.index_of()[here]
    variants = [
        Variant(
            ablated=f"{site} {layer} {index}",
            operation="zero",
            arm="neurons",
            draw=0,
            dose=1.0,
            units=NeuronSet.of([(int(layer), int(index))], site),
            evaluated=pls.labels,
            values=np.zeros(1),
            selection="pls",
        )
        for site, layer, index in zip(sites, layers, indices, strict=True)
    ]
    scored = score_variants(
        lm,
        reading,
        variants,
        batch_tokens=batch_tokens,
        checkpoint=checkpoint,
        on_progress=on_progress,
    )
    effects = _effects(scored, len(pls.labels))
    chosen = {name: pls.scores(name).reshape(len(pls.labels), -1)[:, flat] for name in REDUCTIONS}
    return UnitEffects(
        flat=flat,
        scores=chosen[REDUCTIONS[0]],
        effects=effects,
        correlation={
            name: float(
                np.mean(
                    [
                        spearman(scores, np.abs(own))
                        for scores, own in zip(each, effects, strict=True)
                    ]
                )
            )
            for name, each in chosen.items()
        },
        rows=[
            {
                "layer": int(layers[n]),
                "projection": sites[n],
                "neuron": int(indices[n]),
                "language": label,
                "score": float(chosen[REDUCTIONS[0]][k, n]),
                "effect": float(effects[k, n]),
            }
            for k, label in enumerate(pls.labels)
            for n in range(len(flat))
        ],
    )


def drawn_units(pls: PLS, *, units: int, seed: int) -> Ints:
    """Flat units in equal numbers from equal steps of the highest score; all where few."""
    highest = scaled(pls.scores()).max(axis=0)
    order = np.argsort(highest, kind="stable")
    if units >= len(order):
        return np.sort(order)
    rng = generator(seed, "units that are set to zero")
    steps = np.array_split(order, min(STEPS, units))
    shares = np.diff(np.linspace(0, units, len(steps) + 1).round().astype(int))
    drawn = [rng.choice(step, size=n, replace=False) for step, n in zip(steps, shares, strict=True)]
    return np.sort(np.concatenate(drawn))


def _effects(scored: AblationScores, n_labels: int) -> NDArray[np.float64]:
    """Mean change over a label's texts, in nats per token: float64 [label, variant]."""
    per_token = (scored.nll[1:] - scored.nll[0]) / np.maximum(scored.tokens, 1)
    return np.stack([per_token[:, scored.label == k].mean(axis=1) for k in range(n_labels)])
