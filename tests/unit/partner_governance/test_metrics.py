"""PG-145: totals and distributions that tell no partner apart."""

from datetime import date
from decimal import Decimal as D

import pytest
from cp.partner_governance.engine import metrics
from cp.partner_governance.engine.metrics import Period, Value
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("until", "months", "start"),
    [
        (date(2026, 11, 25), 12, date(2025, 11, 25)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 1), 3, date(2025, 10, 1)),
    ],
)
def test_the_months_before(until, months, start):
    """PG-001: trailing months, the day itself not in it, clamped to the month's length."""
    assert metrics.trailing(until, months) == Period(start, until)


def values(*numbers, count=1):
    return [Value(D(number), count) for number in numbers]


def test_counts_are_summed_and_rates_weighed():
    """PG-145: 1 of 1 and 0 of 9 are 10 %, not 50 %."""
    rates = [Value(D(100), 1), Value(D(0), 9), Value(D(0), 0)]
    assert metrics.summary(rates, additive=False).total == 10
    assert metrics.summary(rates, additive=False).partners == 2
    assert metrics.summary(values(1, 2, 3), additive=True).total == 6


@pytest.mark.parametrize(("partners", "told"), [(4, False), (5, True)])
def test_fewer_than_five_have_no_distribution(partners, told):
    """TRADE 9: quartiles of five and more alone."""
    result = metrics.summary(values(*range(partners)), additive=True)
    assert (result.median is not None) is told


def test_quartiles_are_the_spreadsheets():
    """PG-145: whoever checks the workbook finds QUARTILE.INC."""
    result = metrics.summary(values(1, 2, 3, 4, 10), additive=True)
    assert (result.lower, result.median, result.upper) == (2, 3, 4)
    even = metrics.summary(values(1, 2, 3, 4, 5, 6), additive=True)
    assert (even.lower, even.median, even.upper) == (D("2.25"), D("3.5"), D("4.75"))


def test_nothing_is_nothing():
    """PG-145: no case is no figure, not 0."""
    assert metrics.summary([Value(D(0), 0)], additive=False).total is None


@given(st.lists(st.decimals(0, 1000, places=2), min_size=5, max_size=30))
def test_quartiles_are_ordered(numbers):
    result = metrics.summary(values(*numbers), additive=True)
    assert min(numbers) <= result.lower <= result.median <= result.upper <= max(numbers)
