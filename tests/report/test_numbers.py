"""Numbers as a reader sees them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.report import numbers


@pytest.mark.parametrize(
    ("given", "decimals", "wanted"),
    [
        (0.314, 2, "0.31"),
        (-0.314, 2, "−0.31"),
        (-0.001, 2, "0.00"),
        (None, 2, "–"),
        (math.nan, 2, "–"),
        (math.inf, 2, "–"),
        (12, 0, "12"),
    ],
)
def test_fixed(given, decimals, wanted):
    assert numbers.fixed(given, decimals) == wanted


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(0, 4))
def test_fixed_has_no_hyphen_and_no_negative_zero(value, decimals):
    text = numbers.fixed(value, decimals)
    assert "-" not in text
    assert not (text.startswith("−") and float(text[1:]) == 0)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=10**-decimals)


def test_counts_are_grouped_by_thin_spaces():
    assert numbers.count(1234567) == "1\u2009234\u2009567"
    assert numbers.count(999) == "999"
    assert numbers.count(-1500) == "−1\u2009500"
    assert numbers.count(None) == "–"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (0.0123, "0.0123"),
        (1.2345, "1.23"),
        (123.4, "123"),
        (98765, "98\u2009765"),
        (0, "0"),
        (1.2e-6, "1.20 × 10^−6"),
        (-0.5, "−0.500"),
        (None, "–"),
    ],
)
def test_other_values_have_three_digits(given, wanted):
    assert numbers.measure(given) == wanted


def test_intervals_share_the_decimals_of_their_estimate():
    assert numbers.interval(0.312, 0.28, 0.3449) == "0.31 [0.28, 0.34]"
    assert numbers.interval(-0.031, -0.1, 0.0, 1) == "0.0 [−0.1, 0.0]"
    assert numbers.interval(0.5, None, 0.6) == "0.50"


def test_p_values_and_cells():
    assert numbers.p_value(0.0004) == "< 0.001"
    assert numbers.p_value(0.05) == "0.050"
    assert numbers.p_value(None) == "–"
    assert [numbers.cell(v) for v in (0.314, 1.0, -0.06, 0.0)] == [".31", "1.00", "−.06", ".00"]
