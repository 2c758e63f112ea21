"""Pooled prices and minimum commitments of a partner (TRADE 1, TB-029)."""

from dataclasses import replace
from datetime import date

import pytest
from billing_builders import D, amounts, at, change, day, metered, per_unit, recurring, tiered, used
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.ledger import Booked, book
from cp.tenant_billing.engine.periods import Calendar
from cp.tenant_billing.engine.portfolio import Member, Pool, Spending, carried, merged, running
from cp.tenant_billing.engine.pricing import price_quantity
from cp.tenant_billing.engine.rating import Subscription, Terms, target
from cp.tenant_billing.engine.terms import Opening
from cp.tenant_billing.engine.usage import UsageEvent
from hypothesis import given
from hypothesis import strategies as st

TIERS = tiered("graduated", ("100", "1"), (None, "0.50"))
YEAR = Subscription(day("2026-01-01"))


def member(start, end, *events):
    return Member(at(start), at(end) if end else None, used(*events))


def pooled(*members, aggregation="max", price=TIERS, **terms):
    component = metered(price=price, aggregation=aggregation)
    return Terms(YEAR, (component,), portfolio={"storage": Pool(members)}, **terms)


def committed(spent=None, until=None, kept=(), amount="1000", **terms):
    component = recurring("floor", per_unit(amount), timing="arrears", commitment=True)
    spending = Spending(
        {day(when): D(value) for when, value in (spent or {}).items()},
        until and day(until),
        frozenset(map(day, kept)),
    )
    return Terms(YEAR, (component,), portfolio={"floor": spending}, **terms)


def test_tiers_run_over_the_sum_of_all_tenants():
    """TB-015, TRADE 1: 80 and 70 GB are 150 of one partner: 100 at 1, 50 at 0.50."""
    terms = pooled(
        member("2026-01-01", None, ("2026-01-01", "80")),
        member("2026-01-01", None, ("2026-01-01", "70")),
    )
    assert amounts(terms, "2026-02-01") == ["125.00"]


def test_a_level_counts_by_the_time_in_the_pool():
    """TRADE 2: a tenant that moves to another partner in the middle of a month of 30 days counts
    half there and half here."""
    terms = pooled(
        member("2026-04-01", "2026-04-16", ("2026-01-01", "100")),
        member("2026-04-16", None, ("2026-01-01", "100")),
    )
    charges = {charge.period_start: charge for charge in target(terms, day("2026-05-01"))}
    assert charges[day("2026-04-01")].quantity == 100
    half = pooled(member("2026-04-16", None, ("2026-01-01", "100")))
    (charge,) = target(half, day("2026-05-01"))
    assert charge.quantity == 50


def test_a_count_counts_while_its_tenant_is_in_the_pool():
    """TRADE 2: usage before and after belongs to somebody else's pool."""
    events = [("2026-01-05", "10"), ("2026-01-15", "20"), ("2026-01-25", "40")]
    terms = pooled(member("2026-01-10", "2026-01-20", *events), aggregation="sum")
    assert [charge.quantity for charge in target(terms, day("2026-02-01"))] == [20]


@pytest.mark.parametrize("aggregation", ["unique_count", "sum_of_all"])
def test_what_cannot_be_pooled_is_refused(aggregation):
    pool = Pool([member("2026-01-01", None)])
    with pytest.raises(BillingError):
        pool.counts(aggregation, (at("2026-01-01"), at("2026-02-01")))
    with pytest.raises(BillingError):
        pool.level(aggregation, at("2026-01-01"), at("2026-02-01"))


values = st.decimals(0, 500, places=2)
windows = st.tuples(st.integers(1, 20), st.integers(1, 30)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


@st.composite
def members(draw):
    first, last = draw(windows)
    events = [
        UsageEvent(f"{draw(st.uuids())}", at(f"2026-01-{number:02}"), draw(values), "storage")
        for number in draw(st.lists(st.integers(1, 31), max_size=4))
    ]
    start = at(f"2026-01-{first:02}")
    return Member(
        start, start + (at("2026-01-02") - at("2026-01-01")) * (last - first), tuple(events)
    )


@given(st.lists(members(), max_size=5), st.randoms(), st.sampled_from(["max", "last", "sum"]))
def test_the_order_of_tenants_does_not_matter(tenants, random, aggregation):
    """B-15, R-25: and a second run finds nothing to do."""
    mixed = list(tenants)
    random.shuffle(mixed)
    charges = target(pooled(*tenants, aggregation=aggregation), day("2026-02-01"))
    assert charges == target(pooled(*mixed, aggregation=aggregation), day("2026-02-01"))
    rows = [Booked(one.key, one.revision, one.amount) for one in book(charges, ())]
    assert not book(charges, rows)


@given(st.lists(values, min_size=1, max_size=6))
def test_a_pool_costs_the_price_of_the_sum(levels):
    """TRADE 1: to the cent what the price says for the summed quantity."""
    terms = pooled(*(member("2026-01-01", None, ("2026-01-01", str(level))) for level in levels))
    (total,) = [charge.amount for charge in target(terms, day("2026-02-01"))] or [D(0)]
    assert abs(total - price_quantity(TIERS, sum(levels))) <= D("0.005")


@pytest.mark.parametrize(
    ("spent", "expected"),
    [
        ({}, ["1000.00"]),
        ({"2026-01-10": "400", "2026-01-31": "250.55"}, ["349.45"]),
        ({"2026-01-10": "1000"}, []),
        ({"2026-01-10": "1700"}, []),
        ({"2026-01-10": "1200", "2026-01-20": "-300"}, ["100.00"]),
        ({"2025-12-31": "900", "2026-02-01": "900"}, ["1000.00"]),
    ],
)
def test_what_is_missing_to_the_minimum(spent, expected):
    """TRADE 1: max(0, minimum − what the tenants were charged in the period), once, in arrears."""
    terms = committed(spent)
    assert amounts(terms, "2026-01-31") == []
    assert amounts(terms, "2026-02-01") == expected


def test_a_commitment_waits_for_tenants_that_are_not_billed_yet():
    """R-11: nothing is topped up that a tenant's charge would take back; what was settled stays."""
    assert amounts(committed(until="2026-01-30"), "2026-02-01") == []
    assert amounts(committed(until="2026-01-31"), "2026-02-01") == ["1000.00"]
    kept = committed({"2026-01-05": "10"}, until="2026-01-05", kept=["2026-01-01"])
    assert amounts(kept, "2026-03-01") == ["990.00"]


def test_a_late_charge_is_a_difference():
    """TB-033: usage that comes late lowers the top-up of its own period."""
    first = target(committed({"2026-01-10": "400"}), day("2026-02-01"))
    rows = [Booked(one.key, one.revision, one.amount) for one in book(first, ())]
    later = target(committed({"2026-01-10": "400", "2026-01-20": "50"}), day("2026-02-01"))
    assert [(one.revision, one.amount) for one in book(later, rows)] == [(2, D("-50.00"))]


def test_a_commitment_follows_its_terms():
    """B-07: half a month at 1000, half at 2000, owed together and topped up once."""
    terms = committed(
        {"2026-04-03": "500"}, changes=(change("2026-04-16", "floor", price=per_unit("2000")),)
    )
    charges = [one for one in target(terms, day("2026-05-01")) if one.period_start.month == 4]
    assert [(one.amount, one.due) for one in charges] == [(D("1000.00"), date(2026, 5, 1))]


def test_a_commitment_is_prorated_at_its_end():
    """TRADE 1: ten days of thirty owe a third."""
    ended = replace(committed(), subscription=Subscription(day("2026-04-01"), day("2026-04-11")))
    assert amounts(ended, "2026-05-01") == ["333.33"]


def test_a_commitment_is_in_arrears():
    component = recurring("floor", timing="advance", commitment=True)
    with pytest.raises(BillingError, match="commitment_in_advance"):
        target(Terms(YEAR, (component,)), day("2026-02-01"))


@given(
    st.dictionaries(
        st.dates(date(2025, 12, 1), date(2026, 4, 30)), st.decimals(-500, 2000, places=2)
    ),
    st.decimals(0, 3000, places=2),
)
def test_a_buyer_pays_at_least_the_minimum(spent, minimum):
    """TRADE 1: charged and topped up are never less than committed, and no more than the larger."""
    component = recurring("floor", per_unit(str(minimum)), timing="arrears", commitment=True)
    terms = Terms(YEAR, (component,), portfolio={"floor": Spending(spent, None)})
    added = {one.period_start: one.amount for one in target(terms, day("2026-05-01"))}
    for month in (1, 2, 3, 4):
        charged = sum(
            (value for at_, value in spent.items() if at_.month == month and at_.year == 2026), D(0)
        )
        total = charged + added.get(date(2026, month, 1), D(0))
        assert total == max(minimum, charged)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], [("2026-01-01", "2026-03-01")]),
        (
            [("2026-01-10", "2026-01-20")],
            [("2026-01-01", "2026-01-10"), ("2026-01-20", "2026-03-01")],
        ),
        ([("2026-02-10", None)], [("2026-01-01", "2026-02-10")]),
        ([("2025-12-01", "2026-01-05")], [("2026-01-05", "2026-03-01")]),
        ([("2025-12-01", None)], []),
        (
            [("2026-02-01", "2026-04-01"), ("2026-01-05", "2026-02-10")],
            [("2026-01-01", "2026-01-05")],
        ),
    ],
)
def test_days_without_pauses(pauses, expected):
    """B-10: what is used in a pause is in no pool."""
    spans = running(
        day("2026-01-01"),
        day("2026-03-01"),
        [(day(first), until and day(until)) for first, until in pauses],
    )
    assert spans == [(day(first), day(until)) for first, until in expected]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([("01", "05"), ("10", None)], [("01", "05"), ("10", None)]),
        # Two contracts of a tenant at once, and one after the other, are one tenant.
        ([("01", "05"), ("03", "08")], [("01", "08")]),
        ([("05", "08"), ("01", "05")], [("01", "08")]),
        ([("01", None), ("03", "08")], [("01", None)]),
        ([("01", "08"), ("03", "05")], [("01", "08")]),
    ],
)
def test_days_of_several_contracts(spans, expected):
    """TRADE 1: a tenant is in the pool once, however many contracts it has."""

    def dated(rows):
        return [(day(f"2026-01-{a}"), b and day(f"2026-01-{b}")) for a, b in rows]

    assert merged(dated(spans)) == dated(expected)


@pytest.mark.parametrize(
    ("first", "until", "start", "counts"),
    [
        ("2026-02-01", "2026-03-01", "2026-01-01", 19),
        ("2026-02-05", "2026-02-15", "2026-01-01", 14),
        ("2026-01-01", "2027-01-01", "2026-01-01", 0),
        ("2026-02-01", "2026-03-01", "2026-02-11", 0),
    ],
)
def test_what_an_earlier_system_charged_counts_by_its_days(first, until, start, counts):
    """TRADE 1, TB-066: of 28.00 in advance, live on 10 February; nothing where it was due in an
    earlier period or before the commitment began."""
    opening = Opening("base", day(first), day(until), D(28))
    found = carried(opening, day("2026-02-10"), Calendar(day(start), anchor_day=1))
    assert found == counts
