"""In advance: charges, credits, changes, ends (DESIGN 6)."""

import pytest
from billing_builders import (
    D,
    amounts,
    at,
    change,
    day,
    flat,
    metered,
    per_unit,
    recurring,
    rows,
    terms,
    tiered,
    total,
)
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.rating import Component, UsageEvent, target


def test_the_example_of_the_design_by_hand():
    """TB-033, B-01, B-03: section 6 of the design, every amount worked out by hand.

    base: 1 x 100 for [31 Jan, 28 Feb). From 10 Feb 2 x 100, 18 of 28 days: credit
    100 x 18/28 = 64.285..., charge 200 x 18/28 = 128.571... From 1 Mar 2 x 120, 30 of 31
    days: credit 200 x 30/31 = 193.548..., charge 240 x 30/31 = 232.258... Ends 15 May with
    16 of 31 days left: 240 x 16/31 = 123.870... storage: 70 less 50 at 0.20 = 4.00, the last
    part 15 of 31 days = 1.935...
    """
    price = tiered("graduated", ("200", "0.20"), (None, "0.15"))
    facts = terms(
        recurring(),
        metered(price=price, included="50"),
        start="2026-01-31",
        anchor_day=31,
        changes=[
            change("2026-02-10", quantity="2"),
            change("2026-03-01", price=per_unit("120.00")),
            change("2026-05-15", None, end=True),
        ],
        usage=[UsageEvent("e1", at("2026-02-01"), D("70"), "storage")],
    )
    expected = [
        ("charge", "26-01-31", "26-02-28", "100.00"),
        ("credit", "26-02-10", "26-02-28", "-64.29"),
        ("charge", "26-02-10", "26-02-28", "128.57"),
        ("charge", "26-02-28", "26-03-31", "200.00"),
        ("charge", "26-01-31", "26-02-28", "4.00"),
        ("credit", "26-03-01", "26-03-31", "-193.55"),
        ("charge", "26-03-01", "26-03-31", "232.26"),
        ("charge", "26-03-31", "26-04-30", "240.00"),
        ("charge", "26-02-28", "26-03-31", "4.00"),
    ]
    assert rows(facts, "2026-04-01") == expected
    assert total(facts, "2026-04-01") == D("650.99")
    assert rows(facts, "2030-01-01") == expected + [
        ("charge", "26-04-30", "26-05-31", "240.00"),
        ("charge", "26-03-31", "26-04-30", "4.00"),
        ("credit", "26-05-15", "26-05-31", "-123.87"),
        ("charge", "26-04-30", "26-05-15", "1.94"),
    ]


@pytest.mark.parametrize(
    ("as_of", "count"),
    [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-31", 1), ("2026-02-01", 2)],
)
def test_due_on_the_first_day(as_of, count):
    """TB-033: up to and including the day itself."""
    assert len(amounts(terms(recurring()), as_of)) == count


def test_a_first_period_off_the_anchor_is_prorated_by_its_full_period():
    """R-19: [15 Jan, 31 Jan) is 16 of the 31 days from 31 Dec."""
    facts = terms(recurring(price=per_unit("31")), start="2026-01-15", anchor_day=31)
    assert rows(facts, "2026-02-01") == [
        ("charge", "26-01-15", "26-01-31", "16.00"),
        ("charge", "26-01-31", "26-02-28", "31.00"),
    ]


def test_missed_periods_are_all_there_each_with_its_own_days():
    """R-15, B-15: a clock 13 months late finds each period once."""
    found = rows(terms(recurring()), "2027-02-01")
    assert len(found) == 14
    assert [row[1] for row in found] == sorted({row[1] for row in found})


def test_an_end_stated_from_the_beginning_shortens_the_charge_at_once():
    facts = terms(recurring(price=per_unit("31")), end="2026-01-11")
    assert rows(facts, "2026-01-01") == [("charge", "26-01-01", "26-01-11", "10.00")]
    assert rows(facts, "2026-12-01") == rows(facts, "2026-01-01")


def test_an_end_that_is_a_change_credits_the_remainder():
    """B-09: the same total as the end stated from the beginning."""
    facts = terms(recurring(price=per_unit("31")), changes=[change("2026-01-11", None, end=True)])
    assert rows(facts, "2026-01-10") == [("charge", "26-01-01", "26-02-01", "31.00")]
    assert rows(facts, "2026-06-01") == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("credit", "26-01-11", "26-02-01", "-21.00"),
    ]


@pytest.mark.parametrize("when", ["2025-12-01", "2026-01-01"])
def test_an_end_before_or_on_the_first_day_charges_nothing(when):
    facts = terms(recurring(), changes=[change(when, None, end=True)])
    assert rows(facts, "2026-06-01") == []


def test_an_end_on_a_boundary_credits_nothing():
    facts = terms(recurring(), changes=[change("2026-02-01", None, end=True)])
    assert rows(facts, "2026-06-01") == [("charge", "26-01-01", "26-02-01", "100.00")]


def test_the_earlier_of_two_ends_stands():
    """The order in which ends are learnt cannot matter; one after the stated end is nothing."""
    ends = [change("2026-03-01", None, end=True), change("2026-02-01", None, end=True)]
    facts = terms(recurring(), changes=ends)
    assert total(facts, "2026-06-01") == 100
    late = terms(recurring(), end="2026-02-01", changes=[change("2026-03-01", None, end=True)])
    assert total(late, "2026-06-01") == 100


def test_a_component_can_end_alone():
    facts = terms(recurring("a"), recurring("b"), changes=[change("2026-02-01", "b", end=True)])
    assert [charge.component for charge in target(facts, day("2026-02-01"))] == ["a", "b", "a"]


def test_a_component_can_have_days_of_its_own():
    """Stated from the beginning: it begins and ends inside periods."""
    part = recurring(price=per_unit("31"), start=day("2026-01-22"), end=day("2026-02-15"))
    assert rows(terms(part), "2026-06-01") == [
        ("charge", "26-01-22", "26-02-01", "10.00"),
        ("charge", "26-02-01", "26-02-15", "15.50"),
    ]


def test_a_change_on_the_first_day_restates_the_charge():
    """B-08, R-19: it takes effect before that day's charges."""
    facts = terms(recurring(), changes=[change("2026-02-01", quantity="3")])
    assert amounts(facts, "2026-02-01") == ["100.00", "300.00"]
    assert rows(facts, "2026-02-01")[1][0] == "charge"


def test_a_change_before_the_start_is_in_force_at_the_start():
    facts = terms(recurring(), changes=[change("2025-06-01", quantity="3")])
    assert amounts(facts, "2026-01-01") == ["300.00"]


def test_several_changes_on_a_day_are_one():
    """B-08: the last value of each kind stands."""
    facts = terms(
        recurring(price=per_unit("31")),
        changes=[
            change("2026-01-11", quantity="5", sequence=0),
            change("2026-01-11", price=per_unit("62"), sequence=1),
            change("2026-01-11", quantity="2", sequence=2),
        ],
    )
    assert rows(facts, "2026-01-31")[1:] == [
        ("credit", "26-01-11", "26-02-01", "-21.00"),
        ("charge", "26-01-11", "26-02-01", "84.00"),
    ]


def test_changes_of_a_day_that_cancel_each_other_are_none():
    facts = terms(
        recurring(),
        changes=[change("2026-01-11", quantity="5"), change("2026-01-11", quantity="1")],
    )
    assert rows(facts, "2026-01-31") == rows(terms(recurring()), "2026-01-31")


def test_a_credit_is_measured_by_what_was_debited_last():
    """B-08: the second change of a period credits the first change's charge."""
    facts = terms(
        recurring(price=per_unit("31")),
        changes=[change("2026-01-11", quantity="2"), change("2026-01-22", quantity="3")],
    )
    assert rows(facts, "2026-01-31") == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("credit", "26-01-11", "26-02-01", "-21.00"),
        ("charge", "26-01-11", "26-02-01", "42.00"),
        ("credit", "26-01-22", "26-02-01", "-20.00"),
        ("charge", "26-01-22", "26-02-01", "30.00"),
    ]


@pytest.mark.parametrize(
    ("part", "same"),
    [
        (recurring(), change("2026-01-11", quantity="1.0")),
        (recurring(), change("2026-01-11", price=per_unit("100.000"))),
        (recurring(price=flat("10.01")), change("2026-01-11", quantity="7")),
        (recurring(quantity="0"), change("2026-01-11", price=per_unit("5"))),
        (recurring(), change("2026-01-11", minimum="100")),
        (recurring(), change("2026-01-11", minimum=None)),
        (recurring(), change("2026-01-11", price=tiered("volume", (None, "100")))),
    ],
)
def test_a_change_that_changes_no_amount_changes_no_row(part, same):
    """R-19: not even by the rounding of two halves."""
    start = "2026-01-04"
    facts = terms(part, start=start, anchor_day=1, changes=[same])
    assert rows(facts, "2026-03-01") == rows(terms(part, start=start, anchor_day=1), "2026-03-01")


def test_what_changes_no_amount_is_still_remembered():
    """A flat price hides the new quantity until a price per unit asks for it."""
    facts = terms(
        recurring(price=flat("10")),
        changes=[change("2026-01-11", quantity="7"), change("2026-02-01", price=per_unit("2"))],
    )
    assert amounts(facts, "2026-02-01") == ["10.00", "14.00"]
    assert target(facts, day("2026-02-01"))[1].quantity == 7


def test_changes_after_as_of_are_not_known():
    facts = terms(recurring(), changes=[change("2026-01-11", quantity="2")])
    assert len(rows(facts, "2026-01-10")) == 1
    assert len(rows(facts, "2026-01-11")) == 3


def test_a_component_switched_on_and_off():
    """R-19: to nothing and back (cancel and resume)."""
    facts = terms(
        recurring(price=per_unit("31")),
        changes=[change("2026-01-11", quantity="0"), change("2026-01-22", quantity="1")],
    )
    assert amounts(facts, "2026-01-31") == ["31.00", "-21.00", "10.00"]


def test_minimum_and_allowance_are_part_of_the_rate():
    part = recurring(quantity="5", included=D(3), price=per_unit("10"), minimum=D(31))
    facts = terms(part, end="2026-01-11")
    assert amounts(facts, "2026-01-01") == ["10.00"]


def test_zero_rows_are_left_out():
    """R-29"""
    assert rows(terms(recurring(quantity="0")), "2026-03-01") == []


@pytest.mark.parametrize(("places", "amount"), [(0, "33"), (3, "33.333")])
def test_currencies_without_and_with_three_decimals(places, amount):
    """R-38: yen and dinar."""
    facts = terms(recurring(), start="2026-06-01", end="2026-06-11", places=places)
    assert amounts(facts, "2026-06-01") == [amount]


def test_one_off_is_charged_once_at_the_start():
    setup = Component("setup", "one_off", per_unit("50"), quantity=D(3), included=D(1))
    facts = terms(setup, start="2026-01-15", changes=[change("2026-02-01", "setup", quantity="9")])
    assert rows(facts, "2026-01-14") == []
    assert rows(facts, "2030-01-01") == [("charge", "26-01-15", "26-01-16", "100.00")]
    restated = terms(setup, changes=[change("2026-01-01", "setup", quantity="2")])
    assert amounts(restated, "2026-01-01") == ["50.00"]
    never = terms(setup, changes=[change("2026-01-01", None, end=True)])
    assert rows(never, "2026-06-01") == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (terms(recurring(), recurring()), "duplicate_component"),
        (terms(recurring(), changes=[change("2026-01-02", "x")]), "unknown_component"),
        (terms(usage=[UsageEvent("e", at("2026-01-01"), D(1), "x")]), "unknown_component"),
        (terms(recurring(timing="later")), "unknown_timing"),
        (terms(Component("a", "rental", flat("1"))), "unknown_kind"),
        (terms(metered(timing="advance")), "metered_in_advance"),
        (terms(metered(aggregation="median")), "unknown_aggregation"),
        (terms(recurring(), timezone="Mars/Olympus"), "unknown_zone"),
        (terms(recurring(), interval="era"), "bad_interval"),
    ],
)
def test_facts_that_cannot_be_rated_are_refused_with_a_code(facts, code):
    with pytest.raises(BillingError) as caught:
        target(facts, day("2026-06-01"))
    assert caught.value.code == code
