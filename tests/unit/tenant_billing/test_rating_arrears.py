"""In arrears: recurring, levels, counts (DESIGN 6)."""

import pytest
from billing_builders import (
    D,
    amounts,
    at,
    change,
    day,
    flat,
    metered,
    package,
    per_unit,
    recurring,
    rows,
    terms,
    tiered,
    total,
    used,
)
from cp.tenant_billing.engine.rating import UsageEvent, target

GRADUATED = tiered("graduated", ("100", "1"), (None, "0.5"))


def calls(*events):
    return used(*events, component="calls")


def counted(**more):
    return metered("calls", **{"aggregation": "sum", "price": per_unit("1"), **more})


@pytest.mark.parametrize(
    ("as_of", "count"), [("2026-01-31", 0), ("2026-02-01", 1), ("2026-03-01", 2)]
)
def test_due_on_the_day_the_period_has_ended(as_of, count):
    """TB-033"""
    assert len(rows(terms(recurring(timing="arrears")), as_of)) == count


def test_the_last_period_is_charged_after_the_end():
    """B-15: post-paid with an end date bills every period, the last one too."""
    stated = terms(recurring(timing="arrears", price=per_unit("31")), end="2026-03-11")
    assert rows(stated, "2026-03-10") == rows(stated, "2026-03-01")
    assert rows(stated, "2026-03-11")[-1] == ("charge", "26-03-01", "26-03-11", "10.00")
    changed = terms(
        recurring(timing="arrears", price=per_unit("31")),
        changes=[change("2026-03-11", None, end=True)],
    )
    assert rows(changed, "2030-01-01") == rows(stated, "2030-01-01")


def test_recurring_is_split_at_a_change_each_part_on_its_own_days():
    """B-03: two rows whose days add up to the period; closed periods unchanged."""
    facts = terms(
        recurring(timing="arrears", price=per_unit("31")),
        changes=[change("2026-02-11", price=per_unit("56"))],
    )
    assert rows(facts, "2026-03-01") == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("charge", "26-02-01", "26-02-11", "11.07"),
        ("charge", "26-02-11", "26-03-01", "36.00"),
    ]


def test_a_part_is_due_when_its_own_days_are_over():
    facts = terms(
        recurring(timing="arrears", price=per_unit("31")),
        changes=[change("2026-01-11", quantity="2")],
    )
    assert amounts(facts, "2026-01-10") == []
    assert amounts(facts, "2026-01-11") == ["10.00"]
    assert amounts(facts, "2026-02-01") == ["10.00", "42.00"]


def test_levels_persist_over_period_ends_and_are_prorated():
    """TB-003: included and overage, by the level."""
    facts = terms(
        metered(included="50", price=per_unit("0.62")),
        start="2026-01-22",
        anchor_day=1,
        usage=used(("2026-01-25", "70"), ("2026-02-10", "60"), ("2026-04-05", "55")),
    )
    # 20 x 0.62 x 10/31 · 20 (carried in) · 10 · 10 (the level on 1 April counts)
    assert amounts(facts, "2026-05-01") == ["4.00", "12.40", "6.20", "6.20"]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("max", ["70.00", "70.00"]),
        ("last", ["40.00", "40.00"]),
        ("time_weighted_average", ["38.06", "40.00"]),  # (70 x 10 + 40 x 12) / 31
    ],
)
def test_each_level_aggregation(aggregation, expected):
    facts = terms(
        metered(aggregation=aggregation),
        usage=used(("2026-01-10", "70"), ("2026-01-20", "40")),
    )
    february = ["40.00"]
    assert amounts(facts, "2026-03-01") == [expected[0], *february]


def test_levels_are_split_at_a_change_the_allowance_whole_the_minimum_prorated():
    facts = terms(
        metered(included="50", price=per_unit("3.1"), minimum=D(31)),
        changes=[change("2026-01-11", "storage", included="60")],
        usage=used(("2026-01-01", "100"), ("2026-01-11", "65")),
    )
    # (100 - 50) x 3.1 x 10/31 · (65 - 60) x 3.1 = 15.5, raised to 31, x 21/31
    assert amounts(facts, "2026-02-01") == ["50.00", "21.00"]
    parts = target(facts, day("2026-02-01"))
    assert [part.minimum_part for part in parts] == [0, D("10.5")]
    assert [part.due for part in parts] == [day("2026-01-11"), day("2026-02-01")]


def test_counts_are_not_prorated_nor_is_their_allowance():
    facts = terms(
        counted(included="10"),
        start="2026-01-22",
        anchor_day=1,
        usage=calls(("2026-01-25", "30"), ("2026-02-02", "5")),
    )
    assert amounts(facts, "2026-03-01") == ["20.00"]


def test_counts_split_at_a_change_run_once_through_tiers_and_allowance():
    """B-03: 60 then 90, 10 included: 50 at 1; then 50 at 1 + 40 at 0.5, at twice the price."""
    doubled = tiered("graduated", ("100", "2"), (None, "1"))
    facts = terms(
        counted(included="10", price=GRADUATED),
        changes=[change("2026-01-16", "calls", price=doubled)],
        usage=calls(("2026-01-05", "60"), ("2026-01-20", "90")),
    )
    assert rows(facts, "2026-02-01") == [
        ("charge", "26-01-01", "26-01-16", "50.00"),
        ("charge", "26-01-16", "26-02-01", "140.00"),
    ]


def test_a_part_of_counts_never_costs_less_than_nothing():
    """A volume price gets cheaper in all at the next tier: the part is 0, not a gift."""
    volume = tiered("volume", ("100", "1"), (None, "0.5"))
    facts = terms(
        counted(price=volume, minimum=None),
        changes=[change("2026-01-16", "calls", minimum="0.01")],
        usage=calls(("2026-01-05", "100"), ("2026-01-20", "10")),
    )
    assert amounts(facts, "2026-02-01") == ["100.00"]


def test_a_package_begun_before_a_change_is_not_charged_again():
    facts = terms(
        counted(price=package("5", "100")),
        changes=[change("2026-01-16", "calls", price=package("7", "100"))],
        usage=calls(("2026-01-05", "130"), ("2026-01-20", "60"), ("2026-01-21", "20")),
    )
    # two packs at 5; 190 is still in the second, 210 begins the third, at 7
    assert amounts(facts, "2026-02-01") == ["10.00", "7.00"]


def test_a_minimum_of_counts_is_topped_up_once_in_the_last_part():
    facts = terms(
        counted(minimum=D("62")),
        changes=[change("2026-01-11", "calls", price=per_unit("2"))],
        usage=calls(("2026-01-05", "10"), ("2026-01-20", "5")),
    )
    assert amounts(facts, "2026-02-01") == ["10.00", "52.00"]
    assert target(facts, day("2026-02-01"))[1].minimum_part == 42


def test_a_minimum_of_counts_is_prorated_by_the_days_covered():
    facts = terms(counted(minimum=D("62")), end="2026-01-11")
    assert amounts(facts, "2026-02-01") == ["20.00"]


def test_a_minimum_that_changes_is_owed_by_the_days_of_each():
    facts = terms(
        counted(minimum=D("31")),
        changes=[change("2026-01-11", "calls", minimum="62")],
        usage=calls(("2026-01-05", "4")),
    )
    assert amounts(facts, "2026-02-01") == ["4.00", "48.00"]  # 10 + 42 in all


def test_the_top_up_of_split_counts_reaches_the_minimum_to_the_cent():
    """R-19: sum of parts = whole; what was rounded before is what the top-up fills up."""
    facts = terms(
        counted(price=per_unit("0.333"), minimum=D("10")),
        changes=[
            change("2026-01-11", "calls", price=per_unit("0.335")),
            change("2026-01-21", "calls", price=per_unit("0.337")),
        ],
        usage=calls(("2026-01-05", "5"), ("2026-01-15", "5"), ("2026-01-25", "5")),
    )
    assert total(facts, "2026-02-01") == 10


@pytest.mark.parametrize(
    "same",
    [
        change("2026-01-16", "storage", included="50.0"),
        change("2026-01-16", "storage", price=tiered("graduated", ("7", "0.2"), (None, "0.2"))),
        change("2026-01-16", "storage", minimum="0"),
    ],
)
def test_terms_that_cost_the_same_do_not_split_a_level(same):
    """R-19: split, the maximum of each part would be another one."""
    part = metered(included="50", price=per_unit("0.20"))
    usage = used(("2026-01-05", "90"), ("2026-01-10", "10"))
    facts = terms(part, changes=[same], usage=usage)
    assert rows(facts, "2026-02-01") == rows(terms(part, usage=usage), "2026-02-01")


def test_an_amount_that_does_not_move_does_not_split_a_recurring_one():
    part = recurring(timing="arrears", price=flat("10.01"))
    facts = terms(part, changes=[change("2026-01-16", quantity="4")])
    assert amounts(facts, "2026-02-01") == ["10.01"]


def test_unique_values_are_counted_once_through_a_split_period():
    price = per_unit("1")
    events = [
        UsageEvent(str(n), at(f"2026-01-{n:02}"), name, "sites")
        for n, name in ((3, "a"), (5, "b"), (20, "a"), (25, "c"))
    ]
    facts = terms(
        metered("sites", price, "unique_count"),
        changes=[change("2026-01-16", "sites", price=per_unit("10"))],
        usage=events,
    )
    assert amounts(facts, "2026-02-01") == ["2.00", "10.00"]


def test_usage_counts_by_its_local_day():
    """R-18, B-02: 23:30 UTC on 31 January is February in Berlin; 22:30 is not."""
    usage = calls(("2026-01-31 22:30", "1"), ("2026-01-31 23:30", "10"))
    facts = terms(counted(), timezone="Europe/Berlin", usage=usage)
    assert amounts(facts, "2026-03-01") == ["1.00", "10.00"]


def test_usage_before_the_start_and_after_the_end_costs_nothing():
    usage = calls(("2025-12-31", "100"), ("2026-01-05", "1"), ("2026-01-20", "1000"))
    facts = terms(counted(), end="2026-01-11", usage=usage)
    assert amounts(facts, "2026-06-01") == ["1.00"]


def test_an_id_counts_once_on_whichever_component():
    """R-20, R-22"""
    events = [
        UsageEvent("e", at("2026-01-05"), D(1), "calls"),
        UsageEvent("e", at("2026-01-05"), D(1), "calls"),
        UsageEvent("e", at("2026-01-05"), D(70), "storage"),
    ]
    facts = terms(counted(), metered(), usage=events)
    assert amounts(facts, "2026-02-01") == ["1.00"]


def test_one_usage_event_is_rated_at_every_level_of_the_tree():
    """TB-032: platform, master and sub-partner each rate the same 20 GB at their own price."""
    usage = used(("2026-01-01", "70"))
    chain = [
        total(terms(metered(included="50", price=per_unit(price)), usage=usage), "2026-02-01")
        for price in ("0.10", "0.15", "0.25")
    ]
    assert chain == [D("2.00"), D("3.00"), D("5.00")]
