"""Days give the quantities of their events (R-25, R-39), and levels of streams add up (TB-004)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from billing_builders import D, at, metered, per_unit, terms, used
from billing_strategies import FIRST, LAST, ZONES, quantities, subscriptions
from cp.tenant_billing.engine.rating import Change, Terms, UsageEvent, target
from cp.tenant_billing.engine.usage import AGGREGATIONS, Series, aggregate
from cp.tenant_billing.engine.usage_days import Day, by_day, day_events, total
from cp.tenant_billing.engine.zones import local_day, midnight
from hypothesis import given
from hypothesis import strategies as st

LEVELS = ("last", "max", "time_weighted_average")


def days_of(events, timezone):
    """What the roll-up of the database keeps of one stream."""
    found = defaultdict(list)
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        found[local_day(event.at, timezone)].append(event)
    made = []
    for day, those in found.items():
        end = midnight(day + timedelta(days=1), timezone)
        times = [event.at for event in those[1:]] + [end]
        area = sum(
            event.value * D((until - event.at) // timedelta(microseconds=1)) / 1_000_000
            for event, until in zip(those, times, strict=True)
        )
        values = [event.value for event in those]
        made.append(
            Day(day, those[0].at, those[-1].at, end, sum(values), max(values), values[-1], area)
        )
    return made


@st.composite
def events(draw, code="c", most=20):
    """Close together, at midnights of all zones too, and on the days on which clocks change."""
    found = []
    for number in range(draw(st.integers(0, most))):
        day = draw(st.dates(FIRST, LAST) | st.sampled_from([date(2024, 3, 31), date(2024, 4, 26)]))
        moment = draw(
            st.just(midnight(day, draw(st.sampled_from(ZONES))))
            | st.integers(0, 86_399_999).map(
                lambda ms, day=day: at(str(day)) + timedelta(milliseconds=ms)
            )
        )
        found.append(UsageEvent(f"e{number:03}", moment, draw(quantities), code))
    return found


@given(subscriptions(), events(), st.sampled_from(["sum", *LEVELS]), st.data())
def test_rating_by_days_is_rating_by_events(subscription, used, aggregation, data):
    """R-18, R-39: to the cent, in every zone and over changes of the clock and of prices."""
    changes = tuple(
        Change(day, "c", price=per_unit(str(number + 1)))
        for number, day in enumerate(data.draw(st.lists(st.dates(FIRST, LAST), max_size=3)))
    )
    facts = Terms(
        subscription, (metered("c", per_unit("0.37"), aggregation, included="2"),), changes,
        tuple(used),
    )  # fmt: skip
    days = days_of(used, subscription.timezone)
    assert all(day.is_day_of(subscription.timezone) for day in days)
    by_days = replace(facts, usage=tuple(day_events(aggregation, days, "c")))
    as_of = data.draw(st.dates(FIRST, LAST + timedelta(days=40)))
    assert target(by_days, as_of) == target(facts, as_of)


@given(st.lists(events(most=8), min_size=1, max_size=3), st.sampled_from(ZONES), st.data())
def test_streams_by_days_are_streams_by_events(streams, timezone, data):
    """TB-004: levels of several environments add up, by days as by events."""
    first = data.draw(st.dates(FIRST, LAST))
    last = data.draw(st.dates(first + timedelta(days=1), LAST + timedelta(days=1)))
    bounds = midnight(first, timezone), midnight(last, timezone)
    for aggregation in LEVELS:
        if not by_day(aggregation, len(streams)):
            continue
        events = Series(total(streams)).level(aggregation, *bounds)
        days = [day_events(aggregation, days_of(one, timezone), "c") for one in streams]
        found = Series(total(days)).level(aggregation, *bounds)
        assert abs(found - events) < D("1e-20")
        if aggregation != "max":
            each = sum(Series(one).level(aggregation, *bounds) for one in streams)
            assert abs(events - each) < D("1e-20")


@given(st.lists(events(most=8), min_size=2, max_size=3), st.randoms())
def test_the_order_of_streams_does_not_matter(streams, random):
    """R-25: the total is the same however the streams are listed."""
    mixed = list(streams)
    random.shuffle(mixed)
    one, other = total(streams), total(mixed)
    assert [(event.at, event.value) for event in one] == [(e.at, e.value) for e in other]


def test_the_highest_sum_is_of_one_moment():
    """TB-003: 70 and later 50 in another environment are 90 at most, never 120."""
    production = used(("2026-01-05", "70"), ("2026-01-20", "40"))
    staging = used(("2026-01-20", "50"))
    found = total([production, staging])
    assert aggregate("max", found, at("2026-01-01"), at("2026-02-01")) == 90
    assert [event.value for event in found] == [70, 90]


def test_what_days_cannot_tell():
    """Different values need the events; so does the highest sum of several streams."""
    assert {name: (by_day(name, 1), by_day(name, 2)) for name in AGGREGATIONS} == {
        "sum": (True, True),
        "last": (True, True),
        "time_weighted_average": (True, True),
        "max": (True, False),
        "unique_count": (False, False),
    }


@pytest.mark.parametrize(
    ("timezone", "same"),
    [("UTC", True), ("Africa/Abidjan", True), ("Europe/Berlin", False), ("Asia/Tokyo", False)],
)
def test_a_day_of_another_zone_is_known(timezone, same):
    """R-18: days cut for another zone are not used."""
    (day,) = days_of(used(("2026-01-05 23:30", "70")), "UTC")
    assert day.is_day_of(timezone) is same


def test_rating_a_month_by_days():
    """By hand: 31 days of 24 GB at 1 GB-month 1.00, from the 11th on: 24 × 21 / 31."""
    events = used(("2026-01-11", "24"))
    facts = terms(metered(aggregation="time_weighted_average"), anchor_day=1)
    days = tuple(day_events("time_weighted_average", days_of(events, "UTC"), "storage"))
    (charge,) = target(replace(facts, usage=days), date(2026, 2, 1))
    assert charge.amount == D("16.26")
