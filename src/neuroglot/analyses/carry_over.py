"""Question O-3: do patterns that a model shows on one set of parallel texts carry over to another?

Takes curves over the layers and matrices over languages of two runs of one model, gives a verdict
for each. Curves are held against their own circular shifts, matrices against languages dealt anew.
"""

from collections.abc import Mapping
from math import nan

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row, claim_row, claim_rule, part_rows
from neuroglot.analyses.placement import LEAST_LAYERS
from neuroglot.analyses.uncertainty import orders, spearman
from neuroglot.analyses.verdicts import Decision, Part, drawn_null, failed_gates, gate
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
LEAST_LANGUAGES = 5


def carried_over(
    curves: Mapping[str, tuple[Floats, Floats]],
    matrices: Mapping[str, tuple[Floats, Floats]],
    *,
    seed: int,
) -> tuple[list[Row], list[Row]]:
    """Rows of `claims` and `claim_parts` for O-3: one for each curve and matrix, and over all.

    curves: name -> float64 [layer] of both runs. matrices: name -> float64 [language, language],
    symmetric, their diagonal not looked at.
    """
    rule = claim_rule("O-3")
    judged = {name: _curve(*pair) for name, pair in curves.items()}
    judged |= {name: _matrix(*pair, seed=seed) for name, pair in matrices.items()}
    claims, rows = [], []
    for name, (decision, parts, n, p) in judged.items():
        unit = "layer" if name in curves else "language"
        claims.append(claim_row(rule, scope=name, decision=decision, n=n, unit=unit, p=p))
        rows += part_rows(rule, scope=name, parts=parts, n=n, unit=unit)
    found = {claim["verdict"] for claim in claims}
    values = [claim["value"] for claim in claims if claim["value"] is not None]
    overall = Decision("cannot tell", "see each", min(values, default=nan), nan, nan)
    if found == {"holds"}:
        overall = Decision("holds", "all of them", min(values), nan, nan)
    elif "does not hold" in found:
        unlike = [claim["scope"] for claim in claims if claim["verdict"] == "does not hold"]
        overall = Decision("does not hold", f"not {', '.join(unlike)}", min(values), nan, nan)
    whole = claim_row(rule, scope="overall", decision=overall, n=len(claims), unit="pattern")
    return [whole, *claims], rows


def _curve(first: Floats, second: Floats) -> tuple[Decision, list[Part], int, float]:
    """Correlation over layers against that with the second curve shifted around."""
    value = spearman(first, second)
    shifts = [spearman(first, np.roll(second, shift)) for shift in range(len(second))]
    p = float(np.mean([not shifted < value for shifted in shifts]))
    parts = [gate("layers", len(first), least=LEAST_LAYERS), drawn_null("shifted layers", p=p)]
    return _decided(value, p, parts), parts, len(first), p


def _matrix(first: Floats, second: Floats, *, seed: int) -> tuple[Decision, list[Part], int, float]:
    """Mantel's test: correlation over pairs against that with the second's languages dealt anew."""
    n = len(first)
    upper = np.triu_indices(n, 1)
    value = spearman(first[upper], second[upper])
    against = [
        spearman(first[upper], second[np.ix_(order, order)][upper])
        for order in orders(n, generator(seed, "languages dealt anew"))
    ]
    p = float(np.mean([not other < value - 1e-12 for other in against]))
    parts = [gate("languages", n, least=LEAST_LANGUAGES), drawn_null("languages dealt anew", p=p)]
    return _decided(value, p, parts), parts, n, p


def _decided(value: float, p: float, parts: list[Part]) -> Decision:
    margin = claim_rule("O-3").margin
    blocked = failed_gates(parts)
    if blocked or not np.isfinite(value):
        reason = f"gate: {blocked}" if blocked else "one of the two does not vary"
        return Decision("cannot tell", reason, value, nan, nan)
    shown = f"rank correlation {value:.2f}"
    if value < margin:
        return Decision("does not hold", f"{shown} is below {margin:g}", value, nan, nan)
    if p <= 0.05:
        return Decision("holds", f"{shown} (p {p:.3g})", value, nan, nan)
    return Decision("cannot tell", f"{shown} is not beyond chance (p {p:.3g})", value, nan, nan)
