"""PG-121: an exception ends within a year, and holds until its day only."""

from datetime import date, timedelta

import pytest
from cp.partner_governance.engine import expiry

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "code"),
    [(0, "expiry_past"), (-3, "expiry_past"), (1, ""), (366, ""), (367, "expiry_too_far")],
)
def test_it_ends_after_today_and_within_a_year(days, code):
    """PG-121: an exception without an end would be a rule."""
    assert expiry.problem(TODAY, TODAY + timedelta(days=days)) == code


def test_an_end_is_required():
    """PG-121: no exception without its day."""
    assert expiry.problem(TODAY, None) == "expiry_missing"


@pytest.mark.parametrize("state", ["draft", "asked", "refused", "expired", "withdrawn"])
def test_only_an_approved_one_holds(state):
    """PG-121: what nobody signed permits nothing."""
    assert not expiry.holds(state, TODAY + timedelta(days=9), TODAY)


def test_it_holds_until_the_day_before_its_expiry():
    """PG-121: half-open, with or without the daily cron."""
    assert expiry.holds("approved", TODAY, TODAY - timedelta(days=1))
    assert not expiry.holds("approved", TODAY, TODAY)


def test_late_is_the_day_after():
    """PG-127: due today is not overdue."""
    assert not expiry.is_overdue(TODAY, TODAY)
    assert expiry.is_overdue(TODAY - timedelta(days=1), TODAY)
    assert not expiry.is_overdue(None, TODAY)
