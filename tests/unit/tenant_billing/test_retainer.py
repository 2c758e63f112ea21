"""Hours of a retainer: balance, carry-over, oldest first, overage (TB-022)."""

from datetime import date

import pytest
from billing_builders import D, day
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.retainer import Entry, Grant, Rule, account
from hypothesis import given
from hypothesis import strategies as st

ALL, NONE = Rule("all"), Rule()


def months(*hours):
    """A grant a month from January 2026 on."""
    return [
        Grant(date(2026, number, 1), date(2026, number + 1, 1), D(each))
        for number, each in enumerate(hours, start=1)
    ]


def worked(*entries):
    return [
        Entry(number, day(f"2026-{when}"), D(hours)) for number, (when, hours) in enumerate(entries)
    ]


def closing(grants, entries, rule):
    return [str(period.closing) for period in account(grants, entries, rule).periods]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (NONE, ["6", "10", "10", "10"]),
        (ALL, ["6", "16", "26", "36"]),
        (Rule("capped", D(4)), ["6", "14", "14", "14"]),
        (Rule("capped", D(0)), ["6", "10", "10", "10"]),
        (Rule("all", periods=1), ["6", "16", "20", "20"]),
        (Rule("capped", D(25), 2), ["6", "16", "26", "30"]),
    ],
)
def test_carry_over(rule, expected):
    """TB-022: nothing, all, up to a cap, for some periods."""
    assert closing(months("10", "10", "10", "10"), worked(("01-05", "4")), rule) == expected


def test_oldest_hours_first():
    """TB-022: what would expire next is used first."""
    rule = Rule("all", periods=1)
    grants = months("10", "10", "10")
    # February takes the 10 of January, so that its own 10 are there in March.
    periods = account(grants, worked(("02-10", "10")), rule).periods
    assert [period.expired for period in periods] == [0, 0, 0]
    assert [period.carried for period in periods] == [0, 10, 10]
    # Of 12 used in March, 10 are February's: those of January have expired.
    periods = account(grants, worked(("03-10", "12")), rule).periods
    assert [period.expired for period in periods] == [0, 0, 10]
    assert periods[2].closing == 8


def test_overage_is_of_the_entry_that_went_beyond():
    """TB-022, TB-033: and only of that part."""
    found = account(months("10"), worked(("01-20", "7"), ("01-10", "5"), ("01-25", "2")), NONE)
    assert [(entry.day.day, hours) for entry, hours in found.overage] == [(20, 2), (25, 2)]
    assert (found.periods[0].used, found.periods[0].overage) == (10, 4)


def test_hours_on_no_day_of_the_retainer():
    """TB-022: before it began and after it ended everything is beyond."""
    early = Entry(1, day("2025-12-31"), D(1))
    late = Entry(2, day("2026-03-01"), D(2))
    found = account(months("10", "10"), [late, early], ALL)
    assert [(entry.id, hours) for entry, hours in found.overage] == [(1, 1), (2, 2)]
    assert found.periods[1].closing == 20


def test_an_unknown_rule():
    with pytest.raises(BillingError, match="unknown_carry"):
        account([], [], Rule("forever"))


hours = st.decimals(0, 40, places=2)
rules = st.builds(
    Rule, st.sampled_from(["none", "capped", "all"]), hours, st.one_of(st.none(), st.integers(1, 4))
)
entries = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 6, 30)), hours), max_size=10
).map(lambda found: [Entry(number, *each) for number, each in enumerate(found)])


@given(st.lists(hours, min_size=6, max_size=6), entries, rules, st.randoms())
def test_no_hour_is_lost_or_made(granted, done, rule, random):
    """TB-022: what is granted is used, expired or left; what is worked is used or beyond; the
    order in which hours are entered does not matter."""
    grants = [
        Grant(date(2026, number, 1), date(2026, number + 1, 1), each)
        for number, each in enumerate(granted, start=1)
    ]
    found = account(grants, done, rule)
    periods = found.periods
    assert sum(granted) == (
        sum(period.used + period.expired for period in periods) + periods[-1].closing
    )
    assert sum(entry.hours for entry in done) == (
        sum(period.used for period in periods) + sum(each for _entry, each in found.overage)
    )
    assert sum(period.overage for period in periods) == sum(each for _entry, each in found.overage)
    for before, period in zip(periods, periods[1:], strict=False):
        assert period.carried == before.closing - period.expired
        if rule.carry == "capped":
            assert period.carried <= rule.cap
    # Beyond the hours there is something only where nothing was left.
    assert all(not period.closing for period in periods if period.overage)
    mixed = list(done)
    random.shuffle(mixed)
    assert account(grants, mixed, rule) == found
