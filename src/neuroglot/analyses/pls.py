"""Units that matter for one language alone, by activation times gradient (PLS).

Takes stats.pls, gives the units of each label and those that all labels need. Knows no model.
Method: arXiv 2512.19980, section 3: a threshold, the ratio of the best label to the second, the top
share by score. Scores are first scaled to mean 1 in each label, since a label whose texts surprise
the model more has larger gradients everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.units import Units
from neuroglot.stats.pls import PLS, PROJECTIONS, REDUCTIONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scope = Literal["all", "language"]
UNIVERSAL = "universal"
MASSIVE = 50.0
"""A unit is massive when its mean absolute activation is so many times the median unit's."""


@dataclass(frozen=True)
class PLSRule:
    """How units are chosen.

    quantile: a unit's score must exceed this quantile of a label's scores in one label at least.
    ratio: how many times the second label's score the best label's must be. top: the share of units
    that are taken, of all units (`all`) or for each label (`language`). universal_quantile: what a
    universal unit's score exceeds in every label, the ratio staying below. Raises ConfigError.
    """

    quantile: float = 0.9
    ratio: float = 1.5
    top: float = 0.01
    scope: Scope = "all"
    universal_quantile: float = 0.99

    def __post_init__(self) -> None:
        for name in ("quantile", "universal_quantile"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}: give one from 0 up to below 1")
        if self.ratio < 1:
            raise ConfigError(f"ratio is {self.ratio}: give at least 1")
        if not 0 < self.top <= 1:
            raise ConfigError(f"top is {self.top}: give a share above 0 and up to 1, as 0.01")
        if self.scope not in get_args(Scope):
            raise ConfigError(
                f"unknown scope {self.scope!r}: known are {', '.join(get_args(Scope))}"
            )


@dataclass(frozen=True, eq=False)
class Choice:
    """What the rules choose. A flat unit is layer x units of a layer + unit.

    scores: float64 [label, flat unit], scaled to mean 1 in each label; best, second: int64 [flat
    unit], labels; ratio: float64 [flat unit], best over second. chosen: flat units of each label,
    highest score first; passing: int64 [label], how many pass threshold and ratio; universal: flat
    units, highest least score first.
    """

    scores: Floats
    best: Ints
    second: Ints
    ratio: Floats
    chosen: tuple[Ints, ...]
    passing: Ints
    universal: Ints


@dataclass(frozen=True, eq=False)
class PLSNeurons(Mapping[str, Units]):
    """The units of each label, highest score first, as a mapping from label to Units.

    projection_of, index_of: int64 [unit], the places of a layer's units.
    """

    labels: tuple[str, ...]
    choice: Choice
    projection_of: Ints
    index_of: Ints
    rule: PLSRule
    reduction: str

    def __getitem__(self, label: str) -> Units:
        if label == UNIVERSAL:
            return self.units(self.choice.universal)
        if label not in self.labels:
            raise KeyError(label)
        return self.units(self.choice.chosen[self.labels.index(label)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def units(self, flat: Ints) -> Units:
        """Flat units with their places."""
        layers, here = np.divmod(flat, len(self.projection_of))
        sites = tuple(PROJECTIONS[number] for number in self.projection_of[here].tolist())
        return Units(layers, self.index_of[here], sites)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{label} {len(mine)}" for label, mine in self.items())
        return f"PLSNeurons({self.reduction}: {sizes}, universal {len(self.choice.universal)})"


def pls_neurons(
    pls: PLS,
    *,
    reduction: str = REDUCTIONS[0],
    quantile: float = 0.9,
    ratio: float = 1.5,
    top: float = 0.01,
    scope: Scope = "all",
    universal_quantile: float = 0.99,
) -> PLSNeurons:
    """The units specialised for each label, and those universal to all.

    Ties go by layer, projection and index. Raises ConfigError for a rule that cannot be used, an
    unknown reduction, fewer than two labels, or a label without texts.
    """
    rule = PLSRule(quantile, ratio, top, scope, universal_quantile)
    if reduction not in REDUCTIONS:
        raise ConfigError(f"unknown reduction {reduction!r}: known are {', '.join(REDUCTIONS)}")
    return PLSNeurons(
        labels=pls.labels,
        choice=chosen_units(scaled(pls.scores(reduction)), rule),
        projection_of=pls.projection_of(),
        index_of=pls.index_of(),
        rule=rule,
        reduction=reduction,
    )


def scaled(scores: Floats) -> Floats:
    """Scores [label, layer, unit] as [label, flat unit], each label's mean being 1.

    Raises ConfigError for fewer than two labels, or one without a score.
    """
    flat = scores.reshape(len(scores), -1)
    means = flat.mean(axis=1, keepdims=True)
    if len(flat) < 2:
        raise ConfigError("PLS compares languages: give texts in two or more")
    if not (np.isfinite(means) & (means > 0)).all():
        raise ConfigError(
            "a language has no text with a gradient: give texts of two tokens or more"
        )
    found: Floats = flat / means
    return found


def chosen_units(scores: Floats, rule: PLSRule) -> Choice:
    """What the rules choose by scaled scores [label, flat unit]."""
    n_labels, n_flat = scores.shape
    order = np.argsort(-scores, axis=0, kind="stable")
    best, second = order[0], order[1]
    flat = np.arange(n_flat)
    highest, next_highest = scores[best, flat], scores[second, flat]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(highest > 0, highest / next_highest, 1.0)
    above = (scores > bounds(scores, rule.quantile)[:, None]).any(axis=0)
    passes = above & (ratio >= rule.ratio)
    most = round(rule.top * n_flat)
    ranked = flat[passes][np.argsort(-highest[passes], kind="stable")]
    if rule.scope == "all":
        ranked = ranked[:most]
    chosen = tuple(ranked[best[ranked] == label][:most] for label in range(n_labels))
    everywhere = (scores > bounds(scores, rule.universal_quantile)[:, None]).all(axis=0)
    shared = flat[everywhere & (ratio < rule.ratio)]
    least = scores.min(axis=0)
    return Choice(
        scores=scores,
        best=best,
        second=second,
        ratio=ratio,
        chosen=chosen,
        passing=np.bincount(best[passes], minlength=n_labels),
        universal=shared[np.argsort(-least[shared], kind="stable")],
    )


def bounds(scores: Floats, quantile: float) -> Floats:
    """Each label's score at position round(quantile x units), 1-based, upwards: float64 [label]."""
    place = max(1, round(quantile * scores.shape[1]))
    found: Floats = np.partition(scores, place - 1, axis=1)[:, place - 1]
    return found


def massive_units(pls: PLS, *, times: float = MASSIVE) -> Units:
    """Units whose mean absolute activation is so many times the median of their layer's projection.

    In any label; largest first. A set that holds one of them does harm by its size alone, so they
    are named apart (arXiv 2402.17762).
    """
    magnitude = pls.means("magnitude").max(axis=0)
    projection_of, index_of = pls.projection_of(), pls.index_of()
    ratio = np.zeros(magnitude.shape)
    for projection in np.unique(projection_of).tolist():
        here = projection_of == projection
        median = np.median(magnitude[:, here], axis=1, keepdims=True)
        ratio[:, here] = np.divide(
            magnitude[:, here], median, out=np.zeros_like(magnitude[:, here]), where=median > 0
        )
    layers, units = np.nonzero(ratio >= times)
    order = np.argsort(-ratio[layers, units], kind="stable")
    layers, units = layers[order], units[order]
    sites = tuple(PROJECTIONS[number] for number in projection_of[units].tolist())
    return Units(layers, index_of[units], sites)


def pls_rows(found: PLSNeurons) -> list[dict[str, object]]:
    """Rows of the table `pls`: each label's units, best first, then the universal ones."""
    rows: list[dict[str, object]] = []
    choice = found.choice
    groups = [*zip(found.labels, choice.chosen, strict=True), (UNIVERSAL, choice.universal)]
    for label, flat in groups:
        units = found.units(flat)
        of_label = label != UNIVERSAL
        values = choice.scores.max(axis=0) if of_label else choice.scores.min(axis=0)
        for rank, (place, unit) in enumerate(zip(units.places(), flat, strict=True), start=1):
            projection, layer, index = place
            rows.append(
                {
                    "layer": layer,
                    "projection": projection,
                    "neuron": index,
                    "language": label,
                    "score": float(values[unit]),
                    "ratio": float(choice.ratio[unit]),
                    "second_language": found.labels[choice.second[unit]],
                    "rank": rank,
                    "selected_by": found.rule.scope if of_label else UNIVERSAL,
                    "reduction": found.reduction,
                }
            )
    return rows


def score_rows(pls: PLS, shown: Mapping[str, Units]) -> list[dict[str, object]]:
    """Rows of the table `pls_scores`: what each of these units scores in every label."""
    scores, units = scaled(pls.scores()), pls.scores().shape[-1]
    places = {
        (PROJECTIONS[site], index): number
        for number, (site, index) in enumerate(
            zip(pls.projection_of().tolist(), pls.index_of().tolist(), strict=True)
        )
    }
    return [
        {
            "layer": layer,
            "projection": site,
            "neuron": index,
            "language": label,
            "score": float(scores[number, layer * units + places[site, index]]),
        }
        for site, layer, index in dict.fromkeys(
            place for chosen in shown.values() for place in chosen.places()
        )
        for number, label in enumerate(pls.labels)
    ]
