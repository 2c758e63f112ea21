"""From which day a new price holds for whom (TB-071)."""

from datetime import date, timedelta

import pytest
from billing_builders import day
from cp.tenant_billing.engine.campaign import effective_day, standing
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("rule", "term", "expected"),
    [
        ("notice", None, "2026-06-01"),
        ("notice", ("2026-01-01", 12, "2027-01-01"), "2026-06-01"),
        ("renewal", None, "2026-06-01"),
        ("renewal", ("2026-01-01", 12, "2027-01-01"), "2027-01-01"),
        # A term that ends on the very day, one that ends before the notice is over.
        ("renewal", ("2025-06-01", 12, "2026-06-01"), "2026-06-01"),
        ("renewal", ("2025-05-01", 12, "2026-05-01"), "2027-05-01"),
        ("renewal", ("2025-05-31", 1, "2026-03-31"), "2026-06-30"),
        # Left to an offer: past its end without a length, it is bound by the notice alone.
        ("renewal", ("2025-05-01", 0, "2026-05-01"), "2026-06-01"),
    ],
)
def test_running_contracts(rule, term, expected):
    """TB-071: at renewal, or after notice where the agreement allows."""
    start, months, until = term or (None, 0, None)
    found = effective_day(
        day("2026-06-01"),
        day("2026-03-01"),
        60,
        rule,
        start and day(start),
        months,
        until and day(until),
    )
    assert found == day(expected)


def test_notice_moves_the_day():
    """TB-071: notice counts from the announcement, whatever first day is chosen."""
    assert effective_day(day("2026-03-10"), day("2026-03-01"), 30, "notice") == day("2026-03-31")


def test_an_unknown_rule():
    with pytest.raises(ValueError, match="whenever"):
        effective_day(day("2026-06-01"), day("2026-03-01"), 0, "whenever")


dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(dates, dates, st.integers(0, 200), dates, st.integers(1, 24))
def test_never_before_notice_nor_inside_a_term(first, announced, notice, start, months):
    """TB-071."""
    until = start + timedelta(days=months * 30)
    found = effective_day(first, announced, notice, "renewal", start, months, until)
    assert found >= max(first, announced + timedelta(days=notice))
    assert found >= until


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([("01", "01")], [0]),
        ([("01", "01"), ("03", "03")], [0, 1]),
        ([("01", "01"), ("03", "12")], [0, 1]),
        # March put off to December, June to August: August is the last word.
        ([("01", "01"), ("03", "12"), ("06", "08")], [0, 2]),
        ([("01", "01"), ("03", "08"), ("06", "08")], [0, 2]),
        ([("01", "01"), ("03", "05"), ("06", "08")], [0, 1, 2]),
    ],
)
def test_the_newest_decision_counts(versions, expected):
    """TB-071: of two changes put off the later one stands."""
    days = [(day(f"2026-{meant}-01"), day(f"2026-{own}-01")) for meant, own in versions]
    assert standing(days) == expected


@given(st.lists(st.tuples(dates, dates), max_size=6))
def test_what_stands_is_in_order(versions):
    """TB-071: and the newest version is always among it."""
    ordered = sorted(versions)
    kept = standing(ordered)
    own = [ordered[position][1] for position in kept]
    assert own == sorted(set(own))
    assert not ordered or kept[-1] == len(ordered) - 1
