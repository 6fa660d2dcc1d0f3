"""How numbers read on a page: decimals, thin spaces, a true minus, an en dash for what is missing.

Takes plain numbers, gives text. The script on the page follows the same rules for the rows that it
draws itself; data blocks and CSV files hold the unrounded values.
"""

import math
from collections.abc import Iterable
from statistics import fmean
from typing import TypeGuard

MISSING = "–"
MINUS = "−"
THIN = "\u2009"

Number = float | int | None


def known_mean(values: Iterable[Number]) -> float | None:
    """The mean of those that are known, None where none is."""
    known = [value for value in values if is_known(value)]
    return fmean(known) if known else None


def is_known(value: Number) -> TypeGuard[float]:
    """False for None and for a float that is not finite."""
    return value is not None and math.isfinite(value)


def fixed(value: Number, decimals: int) -> str:
    """A number with that many decimals: a true minus, never a negative zero."""
    if not is_known(value):
        return MISSING
    text = f"{value:.{decimals}f}"
    negative = text.startswith("-") and any(digit in text for digit in "123456789")
    return MINUS + text[1:] if negative else text.lstrip("-")


def share(value: Number) -> str:
    """A share, probability or correlation inside a sentence: two decimals."""
    return fixed(value, 2)


def count(value: Number) -> str:
    """A whole number, in groups of three with thin spaces."""
    if not is_known(value):
        return MISSING
    return f"{round(value):,}".replace(",", THIN).replace("-", MINUS)


def measure(value: Number) -> str:
    """Any other value: three significant digits."""
    if not is_known(value):
        return MISSING
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent >= 3:
        return count(value)
    if exponent < -4:
        mantissa, _, power = f"{value:.2e}".partition("e")
        return f"{mantissa} × 10^{int(power)}".replace("-", MINUS)
    return fixed(value, max(0, 2 - exponent))


def p_value(value: Number) -> str:
    """A p value or a small probability: three decimals, below that `< 0.001`."""
    if is_known(value) and value < 0.001:
        return "< 0.001"
    return fixed(value, 3)


def interval(value: Number, low: Number, high: Number, decimals: int = 2) -> str:
    """An estimate and its interval with the same decimals: `0.31 [0.28, 0.34]`."""
    estimate = fixed(value, decimals)
    if not (is_known(low) and is_known(high)):
        return estimate
    return f"{estimate} [{fixed(low, decimals)}, {fixed(high, decimals)}]"


def cell(value: Number) -> str:
    """A share inside a heat map: `.31` without its zero, 1.00 as it is."""
    text = fixed(value, 2)
    return text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text
