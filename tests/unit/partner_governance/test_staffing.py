"""PG-101, PG-115: seats that hold the start, milestones on workdays."""

from datetime import date, timedelta

from cp.partner_governance.engine import staffing
from cp.partner_governance.engine.staffing import Seat
from hypothesis import given
from hypothesis import strategies as st


def test_an_unfilled_mandatory_seat_holds_the_start():
    """PG-101: optional seats do not, nor does a second, empty chair of a filled role."""
    seats = [
        Seat(1, 1, None),
        Seat(1, 2, None, mandatory=False),
        Seat(1, 3, 7),
        Seat(1, 3, None),
        Seat(2, 3, None),
    ]
    assert staffing.unfilled(seats) == (Seat(1, 1, None), Seat(2, 3, None))


def test_whoever_is_not_fit_fills_nothing():
    """PG-101, PG-104: without the certificate the role is as open as without a person."""
    unfit = Seat(1, 1, 7, fit=False)
    assert staffing.unfilled([unfit]) == (unfit,)
    assert staffing.unfilled([unfit, Seat(1, 1, 8)]) == ()
    assert staffing.unfilled([Seat(1, 1, 7, mandatory=False, fit=False)]) == ()


def test_milestones_stand_on_workdays():
    """PG-115: days after the start; a Saturday and a Sunday become Monday."""
    steps = [("kick-off", 0), ("review", 5), ("build", 6), ("live", 60)]
    assert staffing.schedule(date(2026, 3, 2), steps) == (
        ("kick-off", date(2026, 3, 2)),
        ("review", date(2026, 3, 9)),
        ("build", date(2026, 3, 9)),
        ("live", date(2026, 5, 1)),
    )


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.lists(st.integers(0, 400)))
def test_a_milestone_is_late_by_a_weekend_at_most(start, days):
    """PG-115: never early, at most two days late, never on a weekend, in order."""
    planned = staffing.schedule(start, list(enumerate(sorted(days))))
    for (_key, day), offset in zip(planned, sorted(days), strict=True):
        assert 0 <= (day - start - timedelta(days=offset)).days <= 2
        assert day.weekday() < 5
    assert [day for _key, day in planned] == sorted(day for _key, day in planned)
