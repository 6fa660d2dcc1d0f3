"""Curves of the lens over the depth, and where things happen on them: tables of a run.

Takes stored translations and the names of their directions and categories; gives columns of the
table `lens_curves` and rows of `lens_depths`. Items count alike in a direction, and directions
alike; whole problems are resampled.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.claims import known
from neuroglot.analyses.translations import (
    CONTEXT_OUT,
    Floats,
    Translations,
    faithful,
    macro_means,
)
from neuroglot.analyses.uncertainty import percentile_interval

ALL = "all"
GOLD_CATEGORY = "gold"
EXCLUDED = ("none", "gold", "context")
GOLD_MEASURES = ("probability", "reciprocal_rank", "top1")
TEN_MEASURES = ("mass10", "reciprocal_rank", "top1")
KEPT, DROPPED = "kept", "dropped"
LOCATED = 1 / 3
"""An event is located where its interval spans no more than this share of the depth."""

Key = tuple[str, str, str]
"""A column: its category, part and scheme."""


@dataclass(frozen=True)
class Named:
    """The names that go with stored translations.

    levels: of every level axis, -1 the embedding. directions: (source, target). primary, other:
    columns of `mass` and of `other`. sets: categories of `ten`. sizes: "category part" -> ids, of
    those that are the same in all directions.
    """

    layers: int
    levels: tuple[int, ...]
    directions: tuple[tuple[str, str], ...]
    primary: tuple[Key, ...]
    other: tuple[Key, ...]
    sets: tuple[str, ...]
    sizes: Mapping[str, int]


def curve_columns(
    found: Translations, named: Named, *, lens: str, resamples: int, seed: int
) -> dict[str, list[Any]]:
    """Columns of the table `lens_curves`. lens: which one it was, plain or tuned.

    Every direction has the primary columns; over all directions there are intervals, and the other
    columns and measures too.
    """
    blocks = [*_of_all(found, named, resamples, seed), *_of_directions(found, named)]
    columns = {name: [each for block in blocks for each in block[name]] for name in blocks[0]}
    return {"lens": [lens] * len(columns["layer"]), **columns}


def _of_all(
    found: Translations, named: Named, resamples: int, seed: int
) -> Iterator[dict[str, list[Any]]]:
    weights = problem_weights(found.problem, draws=resamples, seed=seed) * found.count
    n = len(np.unique(found.problem))
    for identical in (KEPT, DROPPED):
        own = weights * (1 if identical == KEPT else ~found.identical)
        items = int((found.count * (own[0] > 0)).sum())
        where = {"source": ALL, "target": ALL, "identical": identical, "items": items}
        for place, key in enumerate(named.primary):
            for part, rows in _parts(found, named, key[0]):
                mass = macro_means(
                    found.mass[rows, ..., place], found.direction[rows], own[:, rows]
                )
                expected = macro_means(
                    found.expected[rows, ..., place], found.direction[rows], own[:1, rows]
                )
                items = int(found.count[rows] @ (own[0, rows] > 0))
                for number, excluded in enumerate(EXCLUDED):
                    block = _block(named, where | part | {"items": items}, key, "mass", excluded)
                    block["control_value"] = _known(expected[0, :, number])
                    yield _with_interval(block, mass[:, :, number], n)
        gold = macro_means(found.gold, found.direction, own)
        kl = macro_means(found.kl, found.direction, own)
        measured = [*(gold[..., k] for k in range(len(GOLD_MEASURES))), kl]
        key = (GOLD_CATEGORY, "both", "multi")
        for measure, values in zip((*GOLD_MEASURES, "divergence"), measured, strict=True):
            block = _block(named, where, key, measure, "none")
            if measure == "divergence":
                chance = macro_means(found.by_frequency[:, None], found.direction, own[:1])
                block["control_value"] = [float(chance[0, 0])] * len(named.levels)
            yield _with_interval(block, values, n)
        yield from _sums(found, named, where)


def _parts(
    found: Translations, named: Named, category: str
) -> Iterator[tuple[dict[str, str], NDArray[np.bool_]]]:
    """Directions a category is looked at in, as rows: all, but a language by the part it plays.

    Under source and target all stand the directions in which a language is neither.
    """
    held = {id for pair in named.directions for id in pair}
    if category not in held:
        yield {}, np.ones(len(found.direction), dtype=bool)
        return
    ends = np.array(named.directions)[found.direction] == category
    yield {"source": category}, ends[:, 0]
    yield {"target": category}, ends[:, 1]
    yield {}, ~ends.any(axis=1)


def _sums(
    found: Translations, named: Named, where: Mapping[str, Any]
) -> Iterator[dict[str, list[Any]]]:
    """What is kept as sums over items: other columns, and what ten tokens say."""
    kept = slice(0, 2 if where["identical"] == KEPT else 1)
    n = found.items[:, kept].sum(axis=1)
    some = n > 0
    if not some.any():
        return

    def mean(sums: NDArray[np.floating]) -> Floats:
        each = sums[some][:, kept].sum(axis=1, dtype=np.float64)
        found: Floats = (each / n[some].reshape(-1, *[1] * (each.ndim - 1))).mean(axis=0)
        return found

    other, ten = mean(found.other), mean(found.ten)
    for number, excluded in enumerate(EXCLUDED):
        for place, key in enumerate(named.other):
            block = _block(named, where, key, "mass", excluded)
            yield {**block, "value": _known(other[:, number, place])}
        for (m, measure), (place, name) in product(enumerate(TEN_MEASURES), enumerate(named.sets)):
            block = _block(named, where, (name, "both", "multi"), measure, excluded)
            yield {**block, "value": _known(ten[:, number, m, place])}


def _of_directions(found: Translations, named: Named) -> Iterator[dict[str, list[Any]]]:
    for number, (source, target) in enumerate(named.directions):
        own = found.direction == number
        for identical in (KEPT, DROPPED):
            weights = found.count * own * (1 if identical == KEPT else ~found.identical)
            items = int(weights.sum())
            if not items:
                continue
            where = {"source": source, "target": target, "identical": identical, "items": items}
            share = weights[own] / items
            mass, expected, gold = (
                np.tensordot(share, each[own], axes=1)
                for each in (found.mass, found.expected, found.gold)
            )
            for place, key in enumerate(named.primary):
                for e, excluded in enumerate(EXCLUDED):
                    block = _block(named, where, key, "mass", excluded)
                    block["value"] = _known(mass[:, e, place])
                    block["control_value"] = _known(expected[:, e, place])
                    yield block
            for k, measure in enumerate(GOLD_MEASURES):
                key = (GOLD_CATEGORY, "both", "multi")
                block = _block(named, where, key, measure, "none")
                yield {**block, "value": _known(gold[:, k])}


def _block(
    named: Named, where: Mapping[str, Any], key: Key, measure: str, excluded: str
) -> dict[str, list[Any]]:
    """Rows of one curve, without values yet."""
    category, part, scheme = key
    n = len(named.levels)
    once = {
        **where,
        "category": category,
        "part": part,
        "scheme": scheme,
        "measure": measure,
        "excluded": excluded,
        "side": _side(category, where["source"], where["target"]),
        "set_size": named.sizes.get(f"{category} {part}"),
        **dict.fromkeys(("value", "control_value", "n", "unit", "low", "high")),
    }
    return {"layer": list(named.levels), **{name: [value] * n for name, value in once.items()}}


def _side(category: str, source: str, target: str) -> str | None:
    if category in ("source keywords", source):
        return "source"
    if category in ("target keywords", target):
        return "target"
    joined = ("english", "english only", "english and keywords", "keywords", GOLD_CATEGORY)
    return None if category in joined else "third"


def _with_interval(
    block: dict[str, list[Any]], values: Floats, problems: int
) -> dict[str, list[Any]]:
    """values: [draw, level], the first as it is."""
    bounds = [percentile_interval(values[1:, level]) for level in range(values.shape[1])]
    return {
        **block,
        "value": _known(values[0]),
        "n": [problems] * len(bounds),
        "unit": ["problem"] * len(bounds),
        "low": [_finite(low) for low, _ in bounds],
        "high": [_finite(high) for _, high in bounds],
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _known(values: NDArray[np.floating]) -> list[float | None]:
    return [known(value) for value in values.tolist()]


def depth_rows(
    found: Translations, named: Named, *, resamples: int, seed: int
) -> list[dict[str, Any]]:
    """Rows of the table `lens_depths`, over all directions; the context is left out.

    first: where the true token is the likeliest half as often as at the end. onset, peak: where the
    log of a category's mass over that of random sets first has half of its most, and its most;
    nowhere where no level is above random sets. passes: where the target's keywords have more than
    the source's, and keep it. Onsets and peaks are looked for where the level is nearer the model's
    own prediction than frequencies of ids are, below the last one.
    """
    weights = problem_weights(found.problem, draws=resamples, seed=seed) * found.count
    names = [key[0] for key in named.primary]
    rows = []
    for identical in (KEPT, DROPPED):
        own = weights * (1 if identical == KEPT else ~found.identical)
        mass = macro_means(found.mass[:, :, CONTEXT_OUT], found.direction, own)
        expected = macro_means(found.expected[:, :, CONTEXT_OUT], found.direction, own[:1])
        with np.errstate(divide="ignore", invalid="ignore"):
            above = np.nan_to_num(np.log(mass / expected), nan=-np.inf)
        gold = macro_means(found.gold[..., 2], found.direction, own)
        looked = faithful(found) & (np.array(named.levels) >= 0)
        looked[-1] = False
        events: list[tuple[str, str, Floats, Callable[[Floats], float]]] = [
            ("first", GOLD_CATEGORY, gold, _half_of_last)
        ]
        for category in ("english", "english only", "keywords", "third languages"):
            curve = np.where(looked, above[..., names.index(category)], -np.inf)
            events += [("onset", category, curve, _half_of_most), ("peak", category, curve, _most)]
        ahead = (
            mass[..., names.index("target keywords")] - mass[..., names.index("source keywords")]
        )
        events.append(("passes", "target keywords", ahead, _stays_positive))
        rows += [
            _depth_row(named, event, category, identical, np.array([where(each) for each in curve]))
            | {"n": len(np.unique(found.problem)), "unit": "problem"}
            for event, category, curve, where in events
        ]
    return rows


def _depth_row(
    named: Named, event: str, category: str, identical: str, places: Floats
) -> dict[str, Any]:
    """places: [draw], on the axis of levels, NaN where it does not happen."""
    levels = np.array(named.levels, dtype=np.float64)
    layers = np.where(np.isnan(places), np.nan, levels[np.nan_to_num(places).astype(int)])
    low, high = percentile_interval(layers[1:])
    value = float(layers[0])
    return {
        "source": ALL,
        "target": ALL,
        "event": event,
        "category": category,
        "identical": identical,
        "layer": value if np.isfinite(value) else None,
        "relative_depth": (value + 0.5) / named.layers if np.isfinite(value) else None,
        "located": bool(np.isfinite(value) and high - low <= LOCATED * named.layers),
        "low": _finite(low),
        "high": _finite(high),
    }


def _first(passed: NDArray[np.bool_]) -> float:
    return float(np.argmax(passed)) if passed.any() else float("nan")


def _half_of_last(curve: Floats) -> float:
    return _first(curve >= curve[-1] / 2) if curve[-1] > 0 else float("nan")


def _half_of_most(curve: Floats) -> float:
    return _first(curve >= curve.max() / 2) if curve.max() > 0 else float("nan")


def _most(curve: Floats) -> float:
    return float(np.argmax(curve)) if curve.max() > 0 else float("nan")


def _stays_positive(curve: Floats) -> float:
    behind = np.flatnonzero(~(curve > 0))
    if not len(behind):
        return 0.0
    return float(behind[-1] + 1) if behind[-1] + 1 < len(curve) else float("nan")
