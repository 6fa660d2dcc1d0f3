"""Question O-2: what a shared paradigm does, where the programs are the same.

Alignment: takes cosines of C# texts, written object-oriented, with Java texts of the same programs
in both styles; a style moves the form of a text too, so alignment is what the model has beyond
counts of tokens, and lengths stand beside. Generation: takes whether what a model wrote has a
class, after examples in either style. Gives a verdict for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import Row, claim_rule, decided_rows
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.uncertainty import permutation_p
from neuroglot.analyses.verdicts import arm, drawn_null, gate
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
ALIGNMENT, GENERATION = "alignment", "generation"
GENERATION_MARGIN = 0.10
LEAST_CLASSES = 0.05
"""A model that hardly ever writes a class says nothing about what makes it write one."""


@dataclass(frozen=True, eq=False)
class Styles:
    """Cosines of Java texts (rows) with C# texts (columns), program by program.

    layers: how many the model has. algorithm: int64 [program]. oriented, procedural: float64
    [middle level, program, program], by Java's style; bag_oriented, bag_procedural: float64
    [program, program], of counts of tokens. sizes: what differs in form, as (object-oriented,
    procedural) means.
    """

    layers: int
    algorithm: NDArray[np.int64]
    oriented: Floats
    procedural: Floats
    bag_oriented: Floats
    bag_procedural: Floats
    sizes: Mapping[str, tuple[float, float]]


def shared_paradigm(
    found: Styles, *, permutations: int, resamples: int, seed: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for O-2, its first half: alignment.

    The null swaps the two Java texts of a program, each program by itself, and matches again.
    """
    rule = claim_rule("O-2")
    n = len(found.algorithm)
    own = _beyond(found, np.zeros(n, dtype=bool)) - _beyond(found, np.ones(n, dtype=bool))
    weights = problem_weights(found.algorithm, draws=resamples, seed=seed)
    means = weights @ own / weights.sum(axis=1)
    rng = generator(seed, "styles swapped")
    drawn = []
    for _ in range(permutations):
        swapped = rng.random(n) < 0.5
        drawn.append(float((_beyond(found, swapped) - _beyond(found, ~swapped)).mean()))
    p = permutation_p(float(means[0]), np.array(drawn))
    parts = [
        gate("layers", found.layers, least=LEAST_LAYERS),
        drawn_null("styles swapped inside a program", p=p),
    ]
    for name, (oriented, procedural) in found.sizes.items():
        parts.append(arm(f"{name}, object-oriented Java", oriented))
        parts.append(arm(f"{name}, procedural Java", procedural))
    units = len(np.unique(found.algorithm))
    claim, rows = decided_rows(
        rule,
        value=float(means[0]),
        replicates=means[1:],
        parts=parts,
        n=units,
        scope=ALIGNMENT,
        p=p,
    )
    return [claim], rows


def written_classes(
    oriented: NDArray[np.bool_],
    procedural: NDArray[np.bool_],
    algorithm: NDArray[np.int64],
    *,
    permutations: int,
    resamples: int,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for O-2, its second half: generation.

    oriented, procedural: bool [task], whether a class was written after examples of that style.
    algorithm: int64 [task]. The null swaps the two answers to a task, each task by itself.
    """
    own = oriented.astype(np.float64) - procedural
    weights = problem_weights(algorithm, draws=resamples, seed=seed)
    means = weights @ own / weights.sum(axis=1)
    rng = generator(seed, "answers swapped")
    signs = rng.choice([-1.0, 1.0], size=(permutations, len(own)))
    p = permutation_p(float(means[0]), (signs * own).mean(axis=1))
    written = float(max(oriented.mean(), procedural.mean()))
    parts = [
        gate("answers with a class after examples of one style", written, least=LEAST_CLASSES),
        drawn_null("styles swapped inside a program", p=p),
        arm("classes after object-oriented examples", float(oriented.mean())),
        arm("classes after procedural examples", float(procedural.mean())),
    ]
    claim, rows = decided_rows(
        replace(claim_rule("O-2"), margin=GENERATION_MARGIN),
        value=float(means[0]),
        replicates=means[1:],
        parts=parts,
        n=len(np.unique(algorithm)),
        scope=GENERATION,
        p=p,
    )
    return [claim], rows


def _beyond(found: Styles, procedural: NDArray[np.bool_]) -> Floats:
    """Hits beyond those of counted tokens, mean over the levels: float64 [program].

    procedural: bool [program], which programs have their procedural Java text.
    """
    rows = procedural[:, None]
    whole = _hits(np.where(rows, found.procedural, found.oriented)).mean(axis=0)
    bag = _hits(np.where(rows, found.bag_procedural, found.bag_oriented)[None])[0]
    beyond: Floats = whole - bag
    return beyond


def _hits(cosines: Floats) -> Floats:
    """Which texts are nearer their own than any other, both ways: [level, program]."""
    own = np.diagonal(cosines, axis1=1, axis2=2)
    others = cosines.copy()
    at = np.arange(cosines.shape[1])
    others[:, at, at] = -np.inf
    found: Floats = ((own > others.max(axis=1)) & (own > others.max(axis=2))).astype(np.float64)
    return found
