"""Terms: ends without drift, notice, gaps (TB-073, TB-074)."""

from datetime import timedelta

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.renewal import gap_months, months_later, notice_day, term_end
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("start", "months", "on", "expected"),
    [
        ("2026-01-10", 12, None, "2027-01-10"),
        ("2026-01-31", 1, None, "2026-02-28"),
        # B-01: the third month is counted from the start, not from 28 February.
        ("2026-01-31", 1, "2026-02-28", "2026-03-31"),
        ("2024-02-29", 12, "2026-06-01", "2027-02-28"),
        ("2024-02-29", 12, "2027-02-28", "2028-02-29"),
        ("2026-01-10", 12, "2027-01-09", "2027-01-10"),
        ("2026-01-10", 12, "2027-01-10", "2028-01-10"),
    ],
)
def test_the_end_of_a_term(start, months, on, expected):
    """TB-074, B-01"""
    assert term_end(day(start), months, day(on) if on else None) == day(expected)


def test_no_term():
    assert term_end(day("2026-01-10"), 0) is None


def test_notice():
    """TB-074"""
    assert notice_day(day("2027-01-10"), 90) == day("2026-10-12")


@pytest.mark.parametrize(
    ("upstream", "downstream", "months"),
    [
        ("2028-01-10", "2027-01-10", "12"),
        ("2027-01-25", "2027-01-10", "0.5"),
        ("2027-01-10", "2027-01-10", "0"),
        ("2026-01-10", "2027-01-10", "0"),
        (None, "2027-01-10", "0"),
        ("2027-01-10", None, "0"),
    ],
)
def test_a_gap(upstream, downstream, months):
    """TB-073: what is bound above and free below."""
    days = (day(text) if text else None for text in (upstream, downstream))
    assert gap_months(*days) == D(months)


@given(st.dates(day("2020-01-01"), day("2030-12-31")), st.integers(1, 36), st.integers(0, 3000))
def test_the_term_that_holds_a_day(start, months, after):
    """TB-074: it ends after the day, and began on or before it."""
    on = start + timedelta(days=after)
    end = term_end(start, months, on)
    assert end > on
    number = next(n for n in range(1, 5000) if months_later(start, months * n) == end)
    assert months_later(start, months * (number - 1)) <= on
