"""Deferred revenue by month (TB-059)."""

from datetime import timedelta

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.deferred import schedule, split
from cp.tenant_billing.engine.errors import BillingError
from hypothesis import given
from hypothesis import strategies as st

CASES = {
    "a month of its own": (
        ("100", "2026-01-01", "2026-02-01", "2026-01-01"),
        [("01", "100", "100", "0")],
    ),
    "over the month's end": (
        ("100", "2026-01-16", "2026-02-16", "2026-01-16"),
        [("01", "100", "51.61", "48.39"), ("02", "0", "48.39", "0")],
    ),
    "three months, the odd cents by largest remainder": (
        ("100", "2026-01-01", "2026-04-01", "2026-01-01"),
        [("01", "100", "34.45", "65.55"), ("02", "0", "31.11", "34.44"), ("03", "0", "34.44", "0")],
    ),
    "billed ahead of its period": (
        ("90", "2026-03-01", "2026-04-01", "2026-01-20"),
        [("01", "90", "0", "90"), ("02", "0", "0", "90"), ("03", "0", "90", "0")],
    ),
    "billed late: nothing is deferred before": (
        ("62", "2026-01-01", "2026-03-04", "2026-02-15"),
        [("01", "0", "31", "0"), ("02", "62", "28", "3"), ("03", "0", "3", "0")],
    ),
    "billed after it is over": (
        ("31", "2026-01-01", "2026-02-01", "2026-03-05"),
        [("01", "0", "31", "0"), ("02", "0", "0", "0"), ("03", "31", "0", "0")],
    ),
    "a credit takes back what was deferred": (
        ("-48.39", "2026-02-01", "2026-02-16", "2026-01-20"),
        [("01", "-48.39", "0", "-48.39"), ("02", "0", "-48.39", "0")],
    ),
    "over the year's end": (
        ("2", "2026-12-31", "2027-01-02", "2026-12-31"),
        [("12", "2", "1", "1"), ("01", "0", "1", "0")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_charge_by_month(name):
    """TB-059"""
    (amount, *days), expected = CASES[name]
    found = schedule(D(amount), *map(day, days))
    assert [(f"{one.month:%m}", one.billed, one.recognised, one.deferred) for one in found] == [
        (month, *map(D, figures)) for month, *figures in expected
    ]


def test_no_day_at_all():
    with pytest.raises(BillingError, match="bad_period"):
        schedule(D(1), day("2026-01-01"), day("2026-01-01"), day("2026-01-01"))


@given(
    st.integers(-(10**7), 10**7),
    st.dates(day("2024-01-01"), day("2027-12-31")),
    st.integers(1, 800),
    st.integers(-60, 900),
    st.sampled_from([0, 2, 3]),
)
def test_it_adds_up_to_the_cent(units, first, length, billed, places):
    """TB-059: recognised and billed add up to the charge, nothing stays deferred, and the
    balance is what was billed less what was recognised."""
    amount = D(units).scaleb(-places)
    until = first + timedelta(days=length)
    months = schedule(amount, first, until, first + timedelta(days=billed), places)
    assert sum(one.recognised for one in months) == amount
    assert sum(one.billed for one in months) == amount
    assert months[-1].deferred == 0
    assert [one.month for one in months] == sorted({one.month for one in months})
    ahead = D(0)
    for one in months:
        ahead += one.billed - one.recognised
        if ahead * amount > 0:
            assert one.deferred == ahead
        assert abs(one.deferred) <= abs(amount)


@given(
    st.integers(-(10**6), 10**6),
    st.lists(st.integers(1, 31), min_size=1, max_size=30),
    st.sampled_from([0, 2]),
)
def test_no_part_is_more_than_a_unit_off(units, weights, places):
    """TB-059"""
    amount, unit = D(units).scaleb(-places), D(1).scaleb(-places)
    parts = split(amount, weights, places)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < unit
        assert part == part.quantize(unit)


def test_finer_than_the_currency():
    """R-27: an amount with more decimals than its currency still adds up."""
    assert sum(split(D("1.005"), [1, 1], 2)) == D("1.005")
