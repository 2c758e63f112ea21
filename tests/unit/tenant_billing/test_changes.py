"""Planning a change: versions to add, what is pending, bursts (B-08, TB-058)."""

from datetime import date, timedelta

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.changes import Version, next_boundary, planned, standing
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.periods import Calendar
from hypothesis import given
from hypothesis import strategies as st


def version(when: str, quantity: str | None, code: str = "base") -> Version:
    return Version(code, day(when), D(quantity or 0), quantity is None)


START = version("2026-01-01", "1")


@pytest.mark.parametrize(
    ("known", "wish", "more", "expected"),
    [
        ([START], version("2026-02-10", "3"), {}, [("02-10", "3")]),
        ([START], version("2026-02-10", "1"), {}, []),
        ([START], version("2026-02-10", None), {}, [("02-10", None)]),
        ([], version("2026-02-10", "2"), {}, [("02-10", "2")]),
        ([], version("2026-02-10", None), {}, []),
        # What is pending is cancelled, unless it is to be kept.
        (
            [START, version("2026-03-01", "9")],
            version("2026-02-10", "3"),
            {},
            [("02-10", "3"), ("03-01", "3")],
        ),
        (
            [START, version("2026-03-01", "9")],
            version("2026-02-10", "3"),
            {"keep_pending": True},
            [("02-10", "3")],
        ),
        # The same again takes back a pending change and nothing else.
        ([START, version("2026-03-01", "9")], version("2026-02-10", "1"), {}, [("03-01", "1")]),
        # A burst: up, and back to what would have held.
        (
            [START],
            version("2026-11-01", "5"),
            {"until": day("2027-01-01")},
            [("11-01", "5"), ("01-01", "1")],
        ),
        (
            [START, version("2026-12-01", "2")],
            version("2026-11-01", "5"),
            {"until": day("2027-01-01")},
            [("11-01", "5"), ("12-01", "5"), ("01-01", "2")],
        ),
        (
            [START, version("2027-01-01", "2")],
            version("2026-11-01", "5"),
            {"until": day("2027-01-01")},
            [("11-01", "5")],
        ),
        # Something new for a season alone is gone afterwards.
        (
            [],
            version("2026-11-01", "5"),
            {"until": day("2027-01-01")},
            [("11-01", "5"), ("01-01", None)],
        ),
    ],
)
def test_versions_to_add(known, wish, more, expected):
    """B-08, TB-058."""
    found = planned(known, [wish], **more)
    assert [(f"{v.day:%m-%d}", None if v.ends else str(v.quantity)) for v in found] == expected


def test_the_last_version_of_a_day_stands():
    """B-08: whichever order the days came in."""
    known = [version("2026-02-01", "3"), START, version("2026-02-01", "4")]
    assert standing(known, "base", day("2026-02-01")).quantity == 4
    assert standing(known, "base", day("2026-01-31")).quantity == 1
    assert standing(known, "base", day("2025-12-31")) is None


def test_a_burst_ends_after_it_begins():
    """TB-058"""
    with pytest.raises(BillingError) as caught:
        planned([START], [version("2026-02-10", "3")], until=day("2026-02-10"))
    assert caught.value.code == "bad_until"


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.booleans()), max_size=6),
    st.integers(0, 60),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(1, 40)),
)
def test_the_wish_holds_for_its_days_and_nothing_else_moves(history, first, quantity, length):
    """TB-058, R-19: applied twice, the second time adds nothing."""
    start = date(2026, 1, 1)
    known = [Version("base", start + timedelta(n), D(q), ends) for n, q, ends in history]
    wish = Version("base", start + timedelta(first), D(quantity))
    until = None if length is None else wish.day + timedelta(length)
    after = [*known, *planned(known, [wish], until)]
    for number in range(110):
        when = start + timedelta(number)
        now = standing(after, "base", when)
        if wish.day <= when < (until or date.max):
            assert now.says == wish.says
        else:
            was = standing(known, "base", when) or Version("base", when, ends=True)
            assert (now or Version("base", when, ends=True)).says == was.says
    assert planned(after, [wish], until) == ()


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-01-01", "2026-02-01"), ("2026-01-31", "2026-02-01"), ("2026-02-01", "2026-03-01")],
)
def test_the_end_of_the_period(when, expected):
    """B-01: a downgrade at the period's end takes effect on the next boundary."""
    calendar = Calendar(day("2026-01-01"), anchor_day=1)
    assert next_boundary(calendar, day(when)) == day(expected)
    assert next_boundary(calendar, day("2020-05-05")) == day("2026-02-01")
