"""Aggregations, levels and repeated ids (TB-003, R-20, R-22, R-25)."""

import pytest
from billing_builders import D, at, used
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.usage import Series, UsageEvent, aggregate, dedupe

JANUARY, FEBRUARY, MARCH = at("2026-01-01"), at("2026-02-01"), at("2026-03-01")
EVENTS = used(
    ("2026-01-10", "70"), ("2026-01-20", "40"), ("2026-02-01", "50"), ("2026-02-15", "30")
)


@pytest.mark.parametrize(
    ("aggregation", "january", "february", "march"),
    [
        ("sum", "110", "80", "0"),
        ("max", "70", "50", "30"),  # the event on 1 February replaces the 40 carried in
        ("last", "40", "30", "30"),
        ("unique_count", "2", "2", "0"),
    ],
)
def test_aggregations_by_period(aggregation, january, february, march):
    """TB-003: counts are of their period, levels persist over period ends."""
    spans = [(JANUARY, FEBRUARY), (FEBRUARY, MARCH), (MARCH, at("2026-04-01"))]
    found = [aggregate(aggregation, EVENTS, *span) for span in spans]
    assert found == [D(january), D(february), D(march)]


def test_the_level_at_the_start_counts_for_max():
    events = used(("2026-01-10", "90"), ("2026-02-10", "20"))
    assert aggregate("max", events, FEBRUARY, MARCH) == 90


def test_before_the_first_event_a_level_is_zero():
    events = used(("2026-02-10", "20"))
    for aggregation in ("max", "last", "time_weighted_average"):
        assert aggregate(aggregation, events, JANUARY, FEBRUARY) == 0


def test_the_average_weighs_by_time():
    """(0 x 9 + 70 x 10 + 40 x 12) days / 31"""
    found = aggregate("time_weighted_average", EVENTS, JANUARY, FEBRUARY)
    assert found.quantize(D("1e-12")) == (D(1180) / 31).quantize(D("1e-12"))


def test_the_average_weighs_by_real_time_on_a_day_of_23_hours():
    """R-18: 29 March 2026 in Berlin has 23 hours; 11 of them after local 13:00."""
    events = used(("2026-03-29 11:00", "23"))
    start, end = at("2026-03-28 23:00"), at("2026-03-29 22:00")
    assert aggregate("time_weighted_average", events, start, end) == 11


def test_a_span_of_no_time_has_its_level():
    """A day that a zone left out (Samoa 2011) divides nothing by zero."""
    assert aggregate("time_weighted_average", EVENTS, FEBRUARY, FEBRUARY) == 40


def test_repeated_ids_count_once_and_the_first_stands():
    """R-20, R-22: on whichever component."""
    first = UsageEvent("e", at("2026-01-05"), D(5), "storage")
    again = UsageEvent("e", at("2026-01-06"), D(7), "storage")
    other = UsageEvent("e", at("2026-01-07"), D(9), "calls")
    assert dedupe([first, again, other]) == [first]
    assert aggregate("sum", [first, again, first], JANUARY, FEBRUARY) == 5


def test_events_of_one_instant_are_in_order_of_their_ids():
    """R-25: whatever the order in which they arrive."""
    events = [UsageEvent(name, JANUARY, D(value), "s") for name, value in (("b", 2), ("a", 1))]
    assert aggregate("last", events, JANUARY, FEBRUARY) == 2
    assert aggregate("last", events[::-1], JANUARY, FEBRUARY) == 2


def test_an_event_at_the_end_belongs_to_the_next_span():
    events = used(("2026-02-01", "5"))
    assert aggregate("sum", events, JANUARY, FEBRUARY) == 0
    assert aggregate("sum", events, FEBRUARY, MARCH) == 5


def test_a_unique_value_counts_where_it_is_first_seen():
    names = ["x", "y", "x", "z", "y"]
    series = Series(
        UsageEvent(str(number), at(f"2026-01-{number + 1:02}"), name, "c")
        for number, name in enumerate(names)
    )
    bounds = [at("2026-01-01"), at("2026-01-03"), at("2026-01-06")]
    assert series.counts("unique_count", bounds) == [2, 1]
    assert series.counts("unique_count", bounds, frozenset((0,))) == [2, 3]
    assert series.counts("unique_count", bounds[1:]) == [3]


def test_an_unknown_aggregation_is_refused():
    with pytest.raises(BillingError, match="unknown_aggregation"):
        Series().level("median", JANUARY, FEBRUARY)
    with pytest.raises(BillingError, match="unknown_aggregation"):
        Series().counts("median", [JANUARY, FEBRUARY])
