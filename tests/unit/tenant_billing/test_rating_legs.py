"""One leg's days of a subscription: hand-over, opening day (TB-061, TB-066)."""

import pytest
from billing_builders import (
    D,
    amounts,
    at,
    change,
    day,
    metered,
    per_unit,
    recurring,
    rows,
    terms,
    total,
    used,
)
from cp.tenant_billing.engine.rating import (
    Component,
    Free,
    LegWindow,
    Opening,
    UsageEvent,
    target,
)

BASE = recurring(price=per_unit("31"))
OLD, NEW = LegWindow(until=day("2026-01-11")), LegWindow(start=day("2026-01-11"))


def test_unused_advance_is_credited_and_the_next_leg_charges_its_remainder():
    """TB-061: at what was debited x days left / days covered, from the same anchor."""
    facts = terms(BASE)
    assert rows(facts, "2026-02-01", OLD) == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("credit", "26-01-11", "26-02-01", "-21.00"),
    ]
    assert target(facts, day("2026-02-01"), OLD)[1].reason == "handover"
    assert rows(facts, "2026-02-01", NEW) == [
        ("charge", "26-01-11", "26-02-01", "21.00"),
        ("charge", "26-02-01", "26-03-01", "31.00"),
    ]


@pytest.mark.parametrize("when", ["2026-03-01", "2026-03-15", "2026-03-31"])
def test_moving_on_the_1st_15th_31st_to_the_cent(when):
    """TB-061: two legs of one price cost together what one leg costs."""
    facts = terms(
        BASE,
        recurring("support", per_unit("62"), timing="arrears"),
        Component("setup", "one_off", per_unit("99"), quantity=D(1)),
    )
    old = total(facts, "2026-06-01", LegWindow(until=day(when)))
    new = total(facts, "2026-06-01", LegWindow(start=day(when)))
    assert old + new == total(facts, "2026-06-01")


def test_the_end_of_a_leg_is_not_known_before_its_day():
    assert rows(terms(BASE), "2026-01-10", OLD) == [("charge", "26-01-01", "26-02-01", "31.00")]


def test_a_leg_that_ends_with_the_subscription_is_an_end():
    facts = terms(BASE, changes=[change("2026-01-11", None, end=True)])
    assert target(facts, day("2026-02-01"), OLD)[1].reason == "end"
    assert rows(facts, "2026-02-01", NEW) == []


def test_a_leg_in_arrears_closes_its_last_part():
    facts = terms(recurring(price=per_unit("31"), timing="arrears"))
    assert rows(facts, "2026-01-11", OLD) == [("charge", "26-01-01", "26-01-11", "10.00")]
    assert rows(facts, "2026-02-01", NEW) == [("charge", "26-01-11", "26-02-01", "21.00")]


def test_a_level_carries_over_its_allowance_whole_on_prorated_days():
    """TRADE 2: usage belongs to the tenant; the days share a level and its allowance."""
    facts = terms(metered(included="50", price=per_unit("0.31")), usage=used(("2025-11-01", "150")))
    assert amounts(facts, "2026-02-01", OLD) == ["10.00"]
    assert amounts(facts, "2026-02-01", NEW) == ["21.00"]
    assert amounts(facts, "2026-02-01") == ["31.00"]


def test_the_allowance_of_a_count_is_shared_by_days():
    """TRADE 2: 31 included are 10 for the ten days of the old leg, 21 for the new one."""
    facts = terms(
        metered("calls", aggregation="sum", included="31"),
        usage=used(("2026-01-05", "30"), ("2026-01-15", "30"), component="calls"),
    )
    assert amounts(facts, "2026-02-01", OLD) == ["20.00"]
    assert amounts(facts, "2026-02-01", NEW) == ["9.00"]
    parts = [target(facts, day("2026-02-01"), leg)[0] for leg in (OLD, NEW)]
    assert [part.included for part in parts] == [10, 21]


def test_the_shares_add_up_to_the_allowance_of_a_short_period_too():
    facts = terms(
        metered("calls", aggregation="sum", included="20"),
        end="2026-01-21",
        usage=used(("2026-01-05", "30"), ("2026-01-15", "30"), component="calls"),
    )
    shares = [target(facts, day("2026-02-01"), leg)[0].included for leg in (OLD, NEW)]
    assert shares == [10, 10]


def test_an_end_moves_the_shares_when_it_is_known():
    facts = terms(
        metered("calls", aggregation="sum", included="62"),
        changes=[change("2026-01-21", None, end=True)],
        usage=used(("2026-01-05", "100"), component="calls"),
    )
    shares = [target(facts, day(as_of), OLD)[0].included for as_of in ("2026-01-20", "2026-01-21")]
    assert shares == [20, 31]


def test_a_unique_value_is_counted_by_the_leg_that_saw_it_first():
    """TB-032, TB-061: the quantities of a period are shared out, not counted twice."""
    events = [
        UsageEvent(str(n), at(f"2026-01-{n:02}"), name, "sites")
        for n, name in ((3, "a"), (5, "b"), (20, "a"), (25, "c"))
    ]
    facts = terms(metered("sites", aggregation="unique_count"), usage=events)
    assert amounts(facts, "2026-02-01", OLD) == ["2.00"]
    assert amounts(facts, "2026-02-01", NEW) == ["1.00"]


@pytest.mark.parametrize(
    ("free", "old", "new"),
    [
        ((), ["2.00"], ["1.00"]),
        ((("2026-01-01", "2026-01-11"),), [], ["3.00"]),  # all that the old leg saw was free
        ((("2026-01-04", "2026-01-11"),), ["1.00"], ["2.00"]),  # a is billed, b is not
        ((("2026-01-04", "2026-01-22"),), ["1.00"], ["2.00"]),  # free days on both sides
    ],
)
def test_what_was_seen_on_free_days_is_counted_by_the_next_leg(free, old, new):
    """TB-061, TB-058: a value once a period over both legs, and never for nothing."""
    events = [
        UsageEvent(str(n), at(f"2026-01-{n:02}"), name, "sites")
        for n, name in ((3, "a"), (5, "b"), (20, "a"), (25, "b"), (26, "c"))
    ]
    facts = terms(
        metered("sites", aggregation="unique_count"),
        usage=events,
        free=[Free(day(start), day(until)) for start, until in free],
    )
    assert amounts(facts, "2026-02-01", OLD) == old
    assert amounts(facts, "2026-02-01", NEW) == new
    assert total(facts, "2026-02-01") == total(facts, "2026-02-01", OLD) + total(
        facts, "2026-02-01", NEW
    )


def test_a_minimum_of_each_leg_is_by_its_days():
    facts = terms(metered("calls", aggregation="sum", minimum=D(62)))
    assert amounts(facts, "2026-02-01", OLD) == ["20.00"]
    assert amounts(facts, "2026-02-01", NEW) == ["42.00"]


def test_changes_before_a_leg_are_in_force_when_it_starts():
    facts = terms(BASE, changes=[change("2026-01-05", quantity="2")])
    assert amounts(facts, "2026-01-31", NEW) == ["42.00"]


def test_one_off_is_charged_by_the_leg_of_its_day_alone():
    facts = terms(Component("setup", "one_off", per_unit("50"), quantity=D(1)))
    assert amounts(facts, "2026-06-01", OLD) == ["50.00"]
    assert amounts(facts, "2026-06-01", NEW) == []


def test_a_leg_of_no_days_charges_nothing():
    empty = LegWindow(start=day("2026-01-11"), until=day("2026-01-11"))
    assert rows(terms(BASE), "2026-06-01", empty) == []


def test_nothing_before_the_opening_day_is_ever_charged():
    """TB-066"""
    facts = terms(
        BASE,
        recurring("late", per_unit("31"), timing="arrears"),
        metered("calls", aggregation="sum"),
        Component("setup", "one_off", per_unit("50"), quantity=D(1)),
        usage=used(("2026-01-05", "100"), ("2026-01-15", "7"), component="calls"),
    )
    opened = LegWindow(opening_day=day("2026-01-11"))
    charges = target(facts, day("2026-02-01"), opened)
    assert all(charge.period_start >= day("2026-01-11") for charge in charges)
    assert sorted(str(charge.amount) for charge in charges) == [
        "21.00",
        "21.00",
        "31.00",
        "7.00",
    ]


def opening(amount="31", start="2026-01-01", end="2026-02-01", component="base"):
    return LegWindow(
        opening_day=day("2026-01-11"),
        openings=(Opening(component, day(start), day(end), D(amount)),),
    )


def test_an_opening_charge_covers_its_days():
    """TB-066: what an earlier system billed is not billed again."""
    assert rows(terms(BASE), "2026-02-01", opening()) == [
        ("charge", "26-02-01", "26-03-01", "31.00")
    ]


def test_a_change_credits_against_the_opening_charge():
    """TB-066: at what the earlier system debited, here 62 for 31 days."""
    facts = terms(BASE, changes=[change("2026-01-22", quantity="3")])
    assert rows(facts, "2026-01-31", opening("62")) == [
        ("credit", "26-01-22", "26-02-01", "-20.00"),
        ("charge", "26-01-22", "26-02-01", "30.00"),
    ]


def test_a_change_on_the_opening_day_acts_one_before_it_does_not():
    """What was known before the opening day is the earlier system's business."""
    on_the_day = terms(BASE, changes=[change("2026-01-11", quantity="2")])
    assert amounts(on_the_day, "2026-01-31", opening()) == ["-21.00", "42.00"]
    before = terms(BASE, changes=[change("2026-01-05", quantity="2")])
    assert amounts(before, "2026-01-31", opening()) == []


@pytest.mark.parametrize("known", ["change", "stated"])
def test_an_end_credits_against_the_opening_charge(known):
    if known == "stated":
        facts = terms(BASE, end="2026-01-22")
    else:
        facts = terms(BASE, changes=[change("2026-01-22", None, end=True)])
    assert rows(facts, "2026-01-21", opening()) == []
    assert rows(facts, "2026-06-01", opening()) == [("credit", "26-01-22", "26-02-01", "-10.00")]


def test_an_opening_charge_that_ends_inside_a_period_leaves_the_rest():
    facts = terms(BASE)
    assert rows(facts, "2026-01-31", opening(end="2026-01-22")) == [
        ("charge", "26-01-22", "26-02-01", "10.00")
    ]


def test_an_opening_charge_of_a_year_on_monthly_periods():
    facts = terms(BASE, changes=[change("2026-03-01", quantity="2")])
    found = rows(facts, "2026-04-01", opening("365", "2026-01-01", "2027-01-01"))
    assert found == [
        ("credit", "26-03-01", "27-01-01", "-306.00"),
        ("charge", "26-03-01", "26-04-01", "62.00"),
        ("charge", "26-04-01", "26-05-01", "62.00"),
    ]


def test_an_opening_charge_of_another_component_or_time_is_not_used():
    facts = terms(BASE, recurring("other", per_unit("31")))
    assert len(rows(facts, "2026-01-31", opening(component="other"))) == 1
    assert len(rows(facts, "2026-01-31", opening(end="2026-01-11"))) == 2
