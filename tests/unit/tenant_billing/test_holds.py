"""Which drafts are held before they are posted (TB-069, TRADE 4)."""

from datetime import date
from decimal import Decimal as D

import pytest
from cp.tenant_billing.engine.holds import (
    Draft,
    Rules,
    holds,
    is_off,
    month_of,
    off_percent,
    previous_price,
    spans,
)
from hypothesis import given
from hypothesis import strategies as st

QUIET = {"total": D(1000), "month": D(1000), "last": D(1000)}


def codes(rules=None, **facts):
    return [hold.code for hold in holds(Draft(**{**QUIET, **facts}), rules or Rules())]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"is_first": True, "last": D(0)}, ["first_invoice"]),
        ({"total": D(0)}, ["zero"]),
        ({"total": D(-1)}, ["credit"]),
        ({"changed_prices": ("base",)}, ["price_changed"]),
        ({"order_missing": True}, ["order_number"]),
        # More than 20 % and 200, both.
        ({"month": D(1201)}, ["off_last_month"]),
        ({"month": D("1200.01")}, ["off_last_month"]),
        ({"month": D(1200)}, []),
        ({"month": D(799)}, ["off_last_month"]),
        ({"month": D(800)}, []),
        ({"month": D(300), "last": D(100)}, []),
        ({"month": D("300.01"), "last": D(100)}, ["off_last_month"]),
        ({"month": D(11900), "last": D(10000)}, []),
        # Nothing last month: any amount above the second bound.
        ({"month": D(201), "last": D(0)}, ["off_last_month"]),
        ({"month": D(200), "last": D(0)}, []),
        # Last month was a credit.
        ({"month": D(150), "last": D(-100)}, ["off_last_month"]),
        (
            {"total": D(-900), "month": D(-900), "changed_prices": ("b", "a", "b")},
            ["credit", "off_last_month", "price_changed"],
        ),
    ],
)
def test_rules(facts, expected):
    """TB-069: first, zero, credit, price changed, more than 20 % and 200 off last month."""
    assert codes(**facts) == expected


def test_thresholds_are_settings():
    """TB-069: percent, amount and which rules hold are the seller's."""
    strict = Rules(percent=D(5), amount=D(10))
    assert codes(strict, month=D(1060)) == ["off_last_month"]
    assert codes(Rules(percent=D(50), amount=D(200)), month=D(1400)) == []


def test_without_rules_only_a_missing_order_number_holds():
    """TB-069: a seller may switch every rule off; a buyer that demands a number has one."""
    off = Rules(codes=frozenset())
    assert codes(off, total=D(0), month=D(9999), is_first=True, changed_prices=("a",)) == []
    assert codes(off, order_missing=True) == ["order_number"]


def test_a_changed_price_names_its_components_once():
    """TB-069"""
    (hold,) = holds(Draft(**QUIET, changed_prices=("b", "a", "b")), Rules())
    assert hold.components == ("a", "b")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-01", ("2026-02-01", "2026-02-01", "2026-01-01", "2026-01-01")),
        ("2026-03-15", ("2026-03-01", "2026-03-15", "2026-02-01", "2026-02-15")),
        ("2026-03-30", ("2026-03-01", "2026-03-30", "2026-02-01", "2026-02-28")),
        # The end of a month is the end of the other, longer one too.
        ("2026-02-28", ("2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31")),
        ("2026-01-10", ("2026-01-01", "2026-01-10", "2025-12-01", "2025-12-10")),
    ],
)
def test_like_is_compared_with_like(day, expected):
    """TB-069: last month up to the same day, clamped to its length (B-01)."""
    assert tuple(map(str, spans(date.fromisoformat(day)))) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_spans_are_whole(day):
    """TB-069: both spans begin on a first, last month's ends before this month's begins."""
    first, until, start, end = spans(day)
    assert (first.day, start.day, until) == (1, 1, day)
    assert start <= end < first
    assert month_of(day)[0] == first < month_of(day)[1]


@given(st.decimals(-9999, 9999, places=2), st.decimals(-9999, 9999, places=2))
def test_off_is_symmetrical_in_sign(month, last):
    """TB-069: credits are as far off as charges."""
    assert is_off(month, last, Rules()) == is_off(-month, -last, Rules())


def test_off_percent():
    """TB-069: what stands beside a held draft."""
    assert off_percent(D(125), D(100)) == 25
    assert off_percent(D(75), D(100)) == -25
    assert off_percent(D(75), D(0)) is None


JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([(None, 10)], None),
        ([(None, 10), (JULY, 12)], (10, 12)),
        ([(JUNE, 10), (JULY, 12)], (10, 12)),
        # Typed again at the same price: nothing changed.
        ([(None, 10), (JULY, 10)], None),
        # Not sold before, not sold any more.
        ([(JULY, 12)], None),
        ([], None),
        ([(None, 10), (date(2026, 8, 1), 12)], None),
    ],
)
def test_previous_price(versions, expected):
    """TB-069: a price is changed where it differs from the one of the last invoice."""
    assert previous_price(versions, JULY, JUNE) == expected
