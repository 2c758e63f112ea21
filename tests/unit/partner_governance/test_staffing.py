"""PG-101, PG-115, PG-131, PG-148: seats, loads, milestones."""

from datetime import date
from decimal import Decimal

from cp.partner_governance.engine import staffing
from cp.partner_governance.engine.staffing import Seat
from hypothesis import given
from hypothesis import strategies as st

SEATS = st.lists(
    st.builds(
        Seat,
        project=st.integers(1, 4),
        role=st.integers(1, 3),
        person=st.one_of(st.none(), st.integers(1, 4)),
        mandatory=st.booleans(),
    ),
    max_size=20,
)


def test_whoever_is_alone_in_a_role_is_sole():
    """PG-148: seven carries three seats, two of them alone; eight shares one."""
    found = staffing.loads(
        [Seat(1, 1, 7), Seat(1, 2, 7), Seat(2, 1, 7), Seat(2, 1, 8), Seat(2, 2, None)]
    )
    assert [(load.person, load.projects, load.seats, load.sole) for load in found] == [
        (7, 2, 3, 2),
        (8, 1, 1, 0),
    ]
    assert found[0].share == Decimal("75.0")


def test_key_people_are_sole_in_more_than_n():
    """PG-131: more than N, not N."""
    found = staffing.loads([Seat(number, 1, 7) for number in range(3)])
    assert staffing.key_people(found, 3) == ()
    assert [load.person for load in staffing.key_people(found, 2)] == [7]


def test_an_unfilled_mandatory_seat_holds_the_start():
    """PG-101: optional seats do not, nor does a second, empty chair of a filled role."""
    seats = [
        Seat(1, 1, None),
        Seat(1, 2, None, mandatory=False),
        Seat(1, 3, 7),
        Seat(1, 3, None),
    ]
    assert staffing.unfilled(seats) == (Seat(1, 1, None),)


@given(SEATS)
def test_loads_add_up(seats):
    """PG-148: every filled seat is counted once per person, in any order."""
    found = staffing.loads(seats)
    filled = {(seat.project, seat.role, seat.person) for seat in seats if seat.person is not None}
    assert sum(load.seats for load in found) == len(filled)
    assert all(load.sole <= load.seats and load.projects <= load.seats for load in found)
    assert found == staffing.loads(reversed(seats))


def test_milestones_stand_on_workdays():
    """PG-115: days after the start; a Saturday and a Sunday become Monday."""
    start = date(2026, 3, 2)
    assert staffing.schedule(start, [("kick-off", 0), ("review", 5), ("build", 6), ("live", 60)]) == (
        ("kick-off", date(2026, 3, 2)),
        ("review", date(2026, 3, 9)),
        ("build", date(2026, 3, 9)),
        ("live", date(2026, 5, 1)),
    )
