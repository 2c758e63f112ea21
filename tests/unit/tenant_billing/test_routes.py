"""The dated billing route of a seller (TRADE 1, TB-032)."""

from datetime import date, timedelta

import pytest
from cp.tenant_billing.engine.routes import HERE, OWN, change_problem, next_month, route_on
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "route"),
    [
        (date(2026, 1, 31), OWN),
        (date(2026, 2, 1), HERE),
        (date(2026, 5, 31), HERE),
        (date(2026, 6, 1), OWN),
    ],
)
def test_the_newest_record_begun_holds(day, route):
    """TRADE 1: a change starts on its first day; before the first one the default holds."""
    records = [(date(2026, 6, 1), OWN), (date(2026, 2, 1), HERE)]
    assert route_on(records, OWN, day) == route


@given(st.lists(st.tuples(DAYS, st.sampled_from((HERE, OWN))), unique_by=lambda one: one[0]), DAYS)
def test_what_comes_later_changes_nothing_before(records, day):
    """TRADE 1: history is kept: a later record never moves an earlier day."""
    earlier = [one for one in records if one[0] <= day]
    assert route_on(records, OWN, day) == route_on(earlier, OWN, day)


@pytest.mark.parametrize(
    ("first", "route", "charged", "problem"),
    [
        (date(2026, 3, 2), HERE, None, "route_first_day"),
        (date(2026, 3, 1), HERE, None, ""),
        (date(2026, 2, 1), HERE, date(2026, 1, 31), "route_past"),
        (date(2026, 1, 1), HERE, date(2025, 12, 31), "route_past"),
        (date(2026, 3, 1), HERE, date(2026, 2, 28), ""),
        (date(2026, 3, 1), HERE, date(2026, 3, 1), "route_charged"),
        # On record what holds anyway: from this month on, whatever is charged.
        (date(2026, 2, 1), OWN, date(2026, 3, 1), ""),
        (date(2026, 1, 1), OWN, date(2025, 12, 31), "route_past"),
        # Nothing is charged yet: no period has begun.
        (date(2026, 2, 1), HERE, None, ""),
        (date(2025, 7, 1), HERE, None, ""),
    ],
)
def test_when_a_change_may_begin(first, route, charged, problem):
    """TRADE 1: with a period, never in the past, not where charges are booked by the other."""
    assert change_problem(first, route, OWN, date(2026, 2, 10), charged) == problem


@given(DAYS)
def test_the_next_month_begins_after_it(day):
    first = next_month(day)
    assert first.day == 1 and timedelta(0) < first - day <= timedelta(31)
