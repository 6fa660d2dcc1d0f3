"""What the published procedure would say, beside what the sound one measures and decides.

Takes rows of both (sets, matrices, claims); gives the rows of `published_readings`. The published
figures have no control and no interval, so they carry no verdict of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neuroglot.analyses.claims import Row
from neuroglot.analyses.placement import bottom, top
from neuroglot.analyses.selection import Bools

Rows = Sequence[Mapping[str, Any]]
Cells = Mapping[tuple[str, str], float | None]


def published_readings(
    *,
    sets: Rows,
    matrix: Rows,
    sound_sets: Rows,
    sound_matrix: Cells,
    claims: Rows,
    labels: Sequence[str],
    n_layers: int,
) -> list[Row]:
    """One row for each figure: claim id, what it is, the published value, the sound one, verdict.

    sets, sound_sets: language, layer, neuron, exclusive. matrix: ablated, evaluated, nll_change.
    sound_matrix: of `beyond_matched`. A figure that one side does not have is None there.
    """
    verdicts = {row["id"]: row["verdict"] for row in claims if row["scope"] == "overall"}
    found = [
        (
            "A-1",
            "neurons per language (median)",
            _median(sets, labels),
            _median(sound_sets, labels),
        ),
        (
            "A-2",
            "share of the set in the bottom quarter of layers (mean over languages)",
            _share(sets, labels, bottom(n_layers)),
            _share(sound_sets, labels, bottom(n_layers)),
        ),
        (
            "A-3",
            "share of exclusive neurons in the top quarter of layers, less that of the others",
            _exclusive(sets, n_layers),
            _exclusive(sound_sets, n_layers),
        ),
        (
            "A-5",
            "share of sets whose own language loses most",
            _diagonal({(r["ablated"], r["evaluated"]): r["nll_change"] for r in matrix}, labels),
            _diagonal(sound_matrix, labels),
        ),
    ]
    return [
        {
            "id": id,
            "measure": measure,
            "published": published,
            "sound": sound,
            "verdict": verdicts.get(id),
        }
        for id, measure, published, sound in found
    ]


def beyond_matched(rows: Rows, labels: Sequence[str]) -> Cells:
    """(ablated, evaluated) -> damage at the mean beyond matched neurons, in nats per token.

    rows: of `ablation`; a cell that was not scored is left out.
    """
    cells: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        if row["operation"] == "mean" and row["dose"] == 1 and row["nll_change"] is not None:
            key = (row["arm"], row["ablated"], row["evaluated"])
            cells.setdefault(key, []).append(row["nll_change"])
    return {
        (a, b): cells["neurons", a, b][0] - float(np.mean(cells["matched", a, b]))
        for a in labels
        for b in labels
        if ("neurons", a, b) in cells and ("matched", a, b) in cells
    }


def _median(sets: Rows, labels: Sequence[str]) -> float:
    return float(np.median([sum(row["language"] == label for row in sets) for label in labels]))


def _share(sets: Rows, labels: Sequence[str], region: Bools) -> float | None:
    shares = [
        np.mean([region[row["layer"]] for row in sets if row["language"] == label])
        for label in labels
        if any(row["language"] == label for row in sets)
    ]
    return float(np.mean(shares)) if shares else None


def _exclusive(sets: Rows, n_layers: int) -> float | None:
    region = top(n_layers)
    inside = {
        kind: [region[row["layer"]] for row in sets if row["exclusive"] is kind]
        for kind in (True, False)
    }
    if not (inside[True] and inside[False]):
        return None
    return float(np.mean(inside[True]) - np.mean(inside[False]))


def _diagonal(cells: Cells, labels: Sequence[str]) -> float | None:
    """Share of rows whose highest cell is the own language's."""
    rows = {
        a: {b: value for b in labels if (value := cells.get((a, b))) is not None} for a in labels
    }
    highest = [row[a] == max(row.values()) for a, row in rows.items() if a in row]
    return float(np.mean(highest)) if highest else None
