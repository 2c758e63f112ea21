"""Rounding (B-05, R-27, R-38)."""

from decimal import Decimal

import pytest
from billing_builders import D
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.money import plain, round_money


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999999999999999999", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.2345", 3, "1.235"),
        ("-0.001", 2, "0.00"),
        ("1E+3", 2, "1000.00"),
        ("1000000000000000000.005", 2, "1000000000000000000.01"),
        ("64.285714285714285714", 2, "64.29"),
    ],
)
def test_half_goes_away_from_zero(value, places, rounded):
    """B-05, R-27, R-38: halves away from zero for 0, 2 and 3 decimals, no negative zero."""
    assert str(round_money(D(value), places)) == rounded


def test_a_tie_that_a_quotient_just_misses_is_a_tie():
    """B-05: noise past the 36th digit of a division is not money, digits before it are."""
    assert round_money(D("0.004" + "9" * 40), 2) == D("0.01")
    assert round_money(D("0.004" + "9" * 30), 2) == D("0.00")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(value):
    """R-26: NaN and infinity never become money."""
    with pytest.raises(BillingError) as caught:
        round_money(Decimal(value), 2)
    assert caught.value.code == "not_finite"


def test_decimal_places_are_bounded():
    with pytest.raises(BillingError, match="bad_decimal_places"):
        round_money(D(1), 13)


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+2", "100"), ("2.500", "2.5"), ("0.000", "0"), ("-0", "0"), ("70", "70")],
)
def test_quantities_are_written_plainly(value, text):
    assert plain(D(value)) == text


def test_a_third_is_written_with_twelve_decimals():
    assert plain(D(1) / 3) == "0.333333333333"
