"""Two runs of one model over different parallel texts: do their patterns agree (question O-3)?

Takes runs that hold the tables `mexa` or `lens_curves`; reads nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.carry_over import carried_over
from neuroglot.analyses.placement import in_the_middle
from neuroglot.base.errors import RunError
from neuroglot.runs.directory import Run, opened

Row = dict[str, Any]
Floats = NDArray[np.float64]
ALIGNED, LENSED, PAIRS = "alignment over the layers", "English over the layers", "pairs"


@dataclass(frozen=True)
class Patterns:
    """claims, parts: rows as in the tables `claims` and `claim_parts`. languages: common ones."""

    languages: tuple[str, ...]
    claims: list[Row]
    parts: list[Row]


def compare_patterns(
    first: Run | str | Path, second: Run | str | Path, *, seed: int = 0
) -> Patterns:
    """Curves over the layers and alignment of pairs, of the languages that both runs have.

    Raises RunError for runs of two models, and for runs that share no such table.
    """
    runs = [opened(run) for run in (first, second)]
    if len({run.manifest.model["fingerprint"] for run in runs}) > 1:
        raise RunError("the runs are of two models: patterns carry over from data to data in one")
    curves: dict[str, tuple[Floats, Floats]] = {}
    matrices: dict[str, tuple[Floats, Floats]] = {}
    languages: tuple[str, ...] = ()
    if all(run.has("mexa") for run in runs):
        rows = [_aligned(run) for run in runs]
        held = [tuple(dict.fromkeys(pair[0] for pair in own)) for own in rows]
        languages = tuple(k for k in held[0] if k in held[1] and k != "english")
        each = [_pair_layers(own, languages) for own in rows]
        off = ~np.eye(len(languages), dtype=bool)
        if len(languages) > 1:
            a, b = (own[off].mean(axis=0) for own in each)
            curves[ALIGNED] = a, b
            layers = each[0].shape[-1]
            inside = in_the_middle(range(layers), layers)
            middle = [own[..., inside].mean(axis=-1) for own in each]
            matrices[PAIRS] = middle[0], middle[1]
    if all(run.has("lens_curves") for run in runs):
        lensed = [_lensed(run) for run in runs]
        curves[LENSED] = lensed[0], lensed[1]
    if not curves:
        raise RunError(
            f"{runs[0].path} and {runs[1].path} share no alignment and no lens: give runs of mexa, "
            "lens or study concept-space --parallel"
        )
    claims, parts = carried_over(curves, matrices, seed=seed)
    return Patterns(languages, claims, parts)


def _aligned(run: Run) -> dict[tuple[str, str, int], float]:
    """Alignment over its ceiling, identical pairs dropped: (pivot, language, layer) -> score."""
    return {
        (row["pivot"], row["language"], row["layer"]): row["score_over_ceiling"]
        for row in run.table("mexa").to_pylist()
        if (row["pooling"], row["centred"], row["identical"]) == ("weighted", False, "dropped")
        and row["layer"] >= 0
        and row["score_over_ceiling"] is not None
    }


def _pair_layers(rows: Mapping[tuple[str, str, int], float], languages: tuple[str, ...]) -> Floats:
    """float64 [language, language, layer], NaN on the diagonal."""
    layers = 1 + max(layer for *_, layer in rows)
    found = np.full((len(languages), len(languages), layers), np.nan)
    for i, a in enumerate(languages):
        for j, b in enumerate(languages):
            if i != j:
                found[i, j] = [rows.get((a, b, layer), np.nan) for layer in range(layers)]
    return found


def _lensed(run: Run) -> Floats:
    """Log of the mass of English and keywords over that of random sets, layer by layer."""
    rows = [
        row
        for row in run.table("lens_curves").to_pylist()
        if (row["source"], row["target"], row["category"]) == ("all", "all", "english and keywords")
        and (row["part"], row["scheme"], row["measure"]) == ("both", "fractional", "mass")
        and (row["excluded"], row["identical"], row["lens"]) == ("context", "kept", "plain")
        and row["layer"] >= 0
    ]
    rows.sort(key=lambda row: row["layer"])
    return np.array([np.log(row["value"] / row["control_value"]) for row in rows])
