"""The decision: holds, does not hold, or cannot tell, from one figure, its draws and its parts.

A claim's parts are judged first, each by itself: gates (can this be asked here?), nulls (is it more
than chance?), variants (does it survive another reading?), arms (printed beside). `decide` then
needs the figure, its bootstrap replicates, the margin and the parts, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, isnan, nan
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuroglot.analyses.uncertainty import needed_units, percentile_interval

Verdict = Literal["holds", "does not hold", "cannot tell"]
Kind = Literal["gate", "null", "variant", "arm"]
Figure = tuple[float, NDArray[np.float64]]
"""A value and its bootstrap replicates."""

SIGNIFICANCE = 0.05
MOST_NEEDED = 100
"""Beyond this multiple of the units at hand, the number that would be needed is not named."""


@dataclass(frozen=True)
class Part:
    """One thing that a claim rests on.

    passed is None for what could not be computed or recorded (`note` says why) and for arms, which
    decide nothing. low and high are a 95% interval of value where there is one.
    """

    kind: Kind
    name: str
    value: float = nan
    bound: float = nan
    passed: bool | None = None
    note: str = ""
    low: float = nan
    high: float = nan
    p: float = nan
    p_holm: float = nan


@dataclass(frozen=True)
class Decision:
    """A verdict, why, the interval it rests on, and how many units would be needed (or None)."""

    verdict: Verdict
    reason: str
    value: float
    low: float
    high: float
    needed: int | None = None


def gate(name: str, value: float, *, least: float) -> Part:
    """Passed when the value reaches its bound."""
    return Part("gate", name, float(value), float(least), bool(value >= least))


def positive_gate(name: str, *, value: float, replicates: ArrayLike) -> Part:
    """Passed when the 95% interval of the value lies above 0."""
    low, high = percentile_interval(replicates)
    return Part("gate", name, float(value), 0.0, bool(low > 0), low=low, high=high)


def drawn_null(name: str, *, p: float, p_holm: float | None = None) -> Part:
    """A null drawn many times: passed at p <= 0.05, corrected inside the claim's family."""
    corrected = p if p_holm is None else p_holm
    passed = bool(corrected <= SIGNIFICANCE)
    return Part("null", name, corrected, SIGNIFICANCE, passed, p=p, p_holm=corrected)


def single_null(name: str, *, difference: float, replicates: ArrayLike) -> Part:
    """A null that exists once: passed when the paired bootstrap of claim - null stays above 0."""
    low, high = percentile_interval(replicates)
    return Part("null", name, difference, 0.0, low > 0, low=low, high=high)


def nulls_beside(
    names: Iterable[str], value: float, replicates: ArrayLike, others: Mapping[str, Figure]
) -> list[Part]:
    """A part for each null that exists once: the paired difference, or that it was not run."""
    mine = np.asarray(replicates, dtype=np.float64)
    return [
        single_null(name, difference=value - others[name][0], replicates=mine - others[name][1])
        if name in others
        else missing("null", name, "not run in this profile")
        for name in names
    ]


def variant(
    name: str, *, value: float, replicates: ArrayLike = (), keeps_sign: bool = False
) -> Part:
    """Another reading of the same figure: passed unless its whole interval lies below 0.

    `keeps_sign` asks for a positive value instead. A reading in which the figure has no value
    (nothing is left to look at) does not support the claim.
    """
    low, high = percentile_interval(replicates)
    if not isfinite(value):
        return Part("variant", name, nan, 0.0, False, "nothing is left to look at", low, high)
    passed = value > 0 if keeps_sign else high >= 0
    return Part("variant", name, value, 0.0, bool(passed), low=low, high=high)


def missing(kind: Kind, name: str, why: str) -> Part:
    """A part that was named but not recorded: it keeps a claim from holding, and says why."""
    return Part(kind, name, note=why)


def arm(name: str, value: float, *, low: float = nan, high: float = nan) -> Part:
    """A figure printed beside the claim."""
    return Part("arm", name, float(value), low=low, high=high)


def decide(
    *,
    value: float,
    replicates: ArrayLike,
    margin: float,
    parts: Sequence[Part],
    units: int,
    minimum: int = 10,
    unit: str = "unit",
) -> Decision:
    """The rule: gates, then the interval against the margin, then nulls and variants.

    value: the figure. replicates: its bootstrap draws. units: how many independent units were
    resampled; minimum: the fewest that allow a verdict.
    """
    low, high = percentile_interval(replicates)
    blocked = _blocked(value, parts, units, minimum, unit)
    if blocked:
        return Decision("cannot tell", blocked, value, low, high)
    spread = f"{_number(value)} ({_number(low)} to {_number(high)})"
    if high < margin:
        reason = f"{spread} lies below the margin {_number(margin)}"
        return Decision("does not hold", reason, value, low, high)
    if low <= margin:
        wanted = needed(value, replicates, margin=margin, units=units)
        more = (
            f"about {plural(unit, wanted)}" if wanted else f"more than {MOST_NEEDED} times as many"
        )
        reason = f"{spread} does not settle the margin {_number(margin)}: {more} needed"
        return Decision("cannot tell", reason, value, low, high, wanted)
    against = unpassed(parts)
    if against:
        return Decision("cannot tell", against, value, low, high)
    reason = f"{spread} lies above the margin {_number(margin)}, every null and variant passed"
    return Decision("holds", reason, value, low, high)


def unpassed(parts: Iterable[Part]) -> str:
    """What keeps a claim from holding among its nulls and variants, in words; empty if nothing."""
    judged = [part for part in parts if part.kind in ("null", "variant")]
    failed = [_described(part) for part in judged if part.passed is False]
    absent = [f"{part.name} ({part.note})" for part in judged if part.passed is None]
    sentences = []
    if failed:
        sentences.append(f"not passed: {', '.join(failed)}")
    if absent:
        sentences.append(f"not recorded: {', '.join(absent)}")
    return "; ".join(sentences)


def failed_gates(parts: Iterable[Part]) -> str:
    """The gates that failed, in words; empty if none did."""
    return "; ".join(
        _wanted(part) for part in parts if part.kind == "gate" and part.passed is False
    )


def plural(unit: str, count: int) -> str:
    """`12 repositories`, `1 group of repositories`."""
    if count == 1:
        return f"1 {unit}"
    head, of, rest = unit.partition(" of ")
    many = f"{head[:-1]}ies" if head.endswith("y") else f"{head}s"
    return f"{count} {many}{of}{rest}"


def _blocked(value: float, parts: Sequence[Part], units: int, minimum: int, unit: str) -> str:
    """Why no verdict can be given at all, or nothing."""
    if units < minimum:
        return f"({plural(unit, units)}) these files only: at least {minimum} wanted"
    failed = failed_gates(parts)
    if failed:
        return f"gate: {failed}"
    if not isfinite(value):
        return "the figure has no value here: a set that it compares is empty"
    return ""


def needed(value: float, replicates: ArrayLike, *, margin: float, units: int) -> int | None:
    """Units that would settle it if the value stayed; None beyond 100 times those at hand."""
    drawn = np.asarray(replicates, dtype=np.float64)
    known = drawn[np.isfinite(drawn)]
    error = float(known.std(ddof=1)) if len(known) > 1 else float("inf")
    wanted = needed_units(value, margin=margin, standard_error=error, units=units)
    return ceil(wanted) if wanted <= MOST_NEEDED * units else None


def _described(part: Part) -> str:
    if part.note:
        return f"{part.name} ({part.note})"
    if isfinite(part.p_holm):
        return f"{part.name} (p = {_number(part.p_holm)})"
    return f"{part.name} ({_number(part.value)} against {_number(part.bound)})"


def _wanted(gate: Part) -> str:
    """What a gate asks for: that its value reaches the bound or, with an interval, leaves it."""
    value, bound = _number(gate.value), _number(gate.bound)
    if not isfinite(gate.low):
        return f"{gate.name} {value}, at least {bound} wanted"
    side = "above" if gate.high < gate.bound else "clear of"
    spread = f"{value} ({_number(gate.low)} to {_number(gate.high)})"
    return f"{gate.name} {spread}, {side} {bound} wanted"


def _number(value: float) -> str:
    if isnan(value):
        return "no value"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
