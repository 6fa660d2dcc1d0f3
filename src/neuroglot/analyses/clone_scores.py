"""What embeddings say of pairs of functions: cosines at every level, over a band, and elsewhere.

Takes vectors of functions and which of them are paired, gives `CloneScores`, all that tables and
claim B-7 are concluded from. Vectors are taken as they are (`raw`) and less the mean of their
language over functions of the validation part (`centred`). A band's vector is the mean of its
levels'. Knows no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import directions
from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.concept_band import Band, longest_run
from neuroglot.analyses.detection import area

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RAW, CENTRED = "raw", "centred"
UNTRAINED = "untrained"
READINGS = (RAW, CENTRED, UNTRAINED)
"""`untrained` is that of the untrained twin, raw."""
OF_RUN, OF_VALIDATION = "the run's concept band", "validation problems"
"""Where a band comes from."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of functions as arrays, all [pair].

    first, second: function by number. clone, is_test: bool. problem: equal where pairs are of one
    problem. kind: the type of clone, as a word. overlap: share of tokens that both texts have.
    languages: names; of_function: int64 [function] which of them.
    """

    first: Ints
    second: Ints
    clone: Bools
    is_test: Bools
    problem: Ints
    kind: tuple[str, ...]
    overlap: Floats
    languages: tuple[str, ...]
    of_function: Ints

    def between(self, a: int, b: int) -> Bools:
        """Which pairs are in these two languages, whichever comes first."""
        one, other = self.of_function[self.first], self.of_function[self.second]
        return np.asarray(((one == a) & (other == b)) | ((one == b) & (other == a)))


@dataclass(frozen=True, eq=False)
class CloneScores:
    """single: reading -> float64 [level, pair], cosines. bands: reading -> float64 [start, pair] of
    all bands as wide as `band`, by the place of their first level. band: first and last place in
    `levels`, chosen by `chosen_by`. asked: float64 [pair], log-odds of yes against no when the
    model is asked, nan where it was not.
    """

    pairs: Pairs
    levels: tuple[int, ...]
    band: Band
    chosen_by: str
    single: Mapping[str, Floats]
    bands: Mapping[str, Floats]
    asked: Floats

    @property
    def width(self) -> int:
        """Levels in the band."""
        return self.band[1] - self.band[0] + 1

    @property
    def elsewhere(self) -> list[int]:
        """First places of the bands that have no level in common with the band."""
        starts = range(len(self.levels) - self.width + 1)
        return [start for start in starts if abs(start - self.band[0]) >= self.width]


def clone_scores(
    pairs: Pairs,
    vectors: NDArray[np.floating],
    levels: Sequence[int],
    *,
    band: Band | None = None,
    untrained: NDArray[np.floating] | None = None,
    asked: Floats | None = None,
    seed: int = 0,
) -> CloneScores:
    """Cosines of all pairs. vectors: [function, level, width]; untrained: those of the twin.

    band: first and last place in `levels`; None: chosen on the validation problems, as the longest
    run of levels whose raw AUC there is within one standard error of the best.
    """
    read = {RAW: vectors, CENTRED: centred_by_language(vectors, pairs)}
    if untrained is not None:
        read[UNTRAINED] = untrained
    single = {name: cosines(own, pairs) for name, own in read.items()}
    found = band or validated_band(pairs, single[RAW], seed=seed)
    width = found[1] - found[0] + 1
    return CloneScores(
        pairs=pairs,
        levels=tuple(levels),
        band=found,
        chosen_by=OF_RUN if band else OF_VALIDATION,
        single=single,
        bands={name: cosines(banded(own, width), pairs) for name, own in read.items()},
        asked=np.full(len(pairs.clone), np.nan) if asked is None else asked,
    )


def cosines(vectors: NDArray[np.floating], pairs: Pairs) -> Floats:
    """Cosine of the two functions of each pair: float64 [level, pair]."""
    found = np.empty((vectors.shape[1], len(pairs.first)))
    for level in range(vectors.shape[1]):
        unit = directions(vectors[:, level])
        found[level] = np.einsum("pw,pw->p", unit[pairs.first], unit[pairs.second])
    return found


def banded(vectors: NDArray[np.floating], width: int) -> Floats:
    """Means over all runs of `width` levels: float64 [function, start, width of a vector]."""
    wide = np.asarray(vectors, dtype=np.float64)
    starts = range(wide.shape[1] - width + 1)
    return np.stack([wide[:, at : at + width].mean(axis=1) for at in starts], axis=1)


def centred_by_language(vectors: NDArray[np.floating], pairs: Pairs) -> Floats:
    """Vectors less the mean of their language over the functions of the validation part.

    A language that validation lacks is taken less the mean of all validation functions.
    """
    fit = np.zeros(len(vectors), dtype=bool)
    fit[np.concatenate([pairs.first[~pairs.is_test], pairs.second[~pairs.is_test]])] = True
    wide = np.asarray(vectors, dtype=np.float64)
    found = np.empty_like(wide)
    for language in range(len(pairs.languages)):
        own = pairs.of_function == language
        known = own & fit if (own & fit).any() else fit
        found[own] = wide[own] - wide[known].mean(axis=0)
    return found


def drawn_problems(problems: Ints, *, draws: int, seed: int) -> tuple[Ints, Floats]:
    """Pairs' problems from 0, int64 [pair], and how often each is drawn, [1 + draw, problem].

    The first draw has all of them once.
    """
    names, groups = np.unique(problems, return_inverse=True)
    weights = problem_weights(np.arange(len(names)), draws=draws, seed=seed)
    return groups.astype(np.int64), weights


def validated_band(pairs: Pairs, scores: Floats, *, seed: int, draws: int = 500) -> Band:
    """The longest run of levels within a standard error of the best AUC on validation problems."""
    own = ~pairs.is_test
    groups, weights = drawn_problems(pairs.problem[own], draws=draws, seed=seed)
    areas = np.stack([area(level[own], pairs.clone[own], groups, weights) for level in scores])
    best = int(areas[:, 0].argmax())
    return longest_run(areas[:, 0], float(np.nanstd(areas[best, 1:])))
