"""Examples that peers publish, as facts: their figures, our engine.

Each row names where the figure stands. Peers write inclusive days and times of day where we
write half-open local dates; the day of a change is the first day on the new terms.
"""

from fractions import Fraction

import pytest
from billing_builders import (
    D,
    amounts,
    change,
    day,
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
from cp.tenant_billing.engine.pricing import price_quantity
from cp.tenant_billing.engine.rating import target
from cp.tenant_billing.engine.timeline import State

STRIPE_TIERS = (("5", "7"), ("10", "6.5"), (None, "6"))
ZUPLO_TIERS = (("1000", "0.10"), ("10000", "0.05"), (None, "0.01"))
STRIPE = "docs.stripe.com/subscriptions/pricing-models/tiered-pricing"
LAGO = "getlago.com/docs/guide/plans/charges/charge-models"
ZUPLO = "zuplo.com/docs/articles/monetization/pricing-models"
AUTUMN = "docs.useautumn.com/documentation/modelling-pricing"
FLEXPRICE = "docs.flexprice.io/docs/product-catalogue/plans/billing-models/tiered"


@pytest.mark.parametrize(
    ("source", "price", "included", "quantity", "cost"),
    [
        (STRIPE, tiered("volume", *STRIPE_TIERS), "0", "1", "7"),
        (STRIPE, tiered("volume", *STRIPE_TIERS), "0", "5", "35"),
        (STRIPE, tiered("volume", *STRIPE_TIERS), "0", "6", "39"),
        (STRIPE, tiered("volume", *STRIPE_TIERS), "0", "20", "120"),
        (STRIPE, tiered("volume", *STRIPE_TIERS), "0", "25", "150"),
        (STRIPE, tiered("graduated", *STRIPE_TIERS), "0", "5", "35"),
        (STRIPE, tiered("graduated", *STRIPE_TIERS), "0", "6", "41.50"),
        (STRIPE, tiered("graduated", *STRIPE_TIERS), "0", "20", "127.50"),
        (STRIPE, tiered("graduated", *STRIPE_TIERS), "0", "25", "157.50"),
        (f"{LAGO}/standard", per_unit("0.05"), "0", "1000", "50"),
        (f"{LAGO}/package", package("5", "100"), "100", "201", "10"),
        (f"{LAGO}/package", package("5", "100"), "100", "100", "0"),
        (ZUPLO, per_unit("0.001"), "0", "100000", "100"),
        (ZUPLO, tiered("graduated", *ZUPLO_TIERS), "0", "15000", "600"),
        (ZUPLO, tiered("volume", *ZUPLO_TIERS), "0", "15000", "150"),
        (
            f"{AUTUMN}/graduated-pricing",
            tiered("graduated", ("1000", "0.01"), ("10000", "0.008"), (None, "0.005")),
            "0",
            "15000",
            "107",
        ),
        (FLEXPRICE, package("1.00", "1000"), "0", "4500", "5"),
    ],
)
def test_price_models(source, price, included, quantity, cost):
    """TB-001, TB-005, TB-013: the five models as others define them."""
    state = State(D(quantity), D(included), D(0), price)
    assert state.rate == D(cost), source
    assert price_quantity(price, D(quantity) - D(included)) == D(cost)


@pytest.mark.parametrize(
    ("source", "old", "new", "start", "when", "credit", "charge"),
    [
        # halfway through the period: -5 for unused time, 10 for the remaining time
        ("stripe.com/docs/billing/subscriptions/prorations",
         ("1", "10"), ("1", "20"), "2026-04-01", "2026-04-16", "-5.00", "10.00"),
        # 15 of 30 days: credits 15, charges 50
        ("support.chargebee.com/support/solutions/articles/15293",
         ("1", "30"), ("1", "100"), "2026-11-01", "2026-11-16", "-15.00", "50.00"),
        # example 1: 20 of 30 days used at 60, 10 days at 30
        ("chargebee.com/docs/proration-old.html",
         ("1", "60"), ("1", "30"), "2012-04-01", "2012-04-21", "-20.00", "10.00"),
        # example 2: quantity 3 to 2 at 30, 10 days used
        ("chargebee.com/docs/proration-old.html",
         ("3", "30"), ("2", "30"), "2013-04-01", "2013-04-11", "-60.00", "40.00"),
        # 20 to 50 halfway: 15 more
        ("docs.useautumn.com/documentation/modelling-pricing/proration",
         ("1", "20"), ("1", "50"), "2026-06-01", "2026-06-16", "-10.00", "25.00"),
    ],
)  # fmt: skip
def test_a_change_in_mid_period(source, old, new, start, when, credit, charge):
    """R-19, B-08: credit for the unused days, charge for the same days on the new terms."""
    facts = terms(
        recurring(price=per_unit(old[1]), quantity=old[0]),
        start=start,
        changes=[change(when, quantity=new[0], price=per_unit(new[1]))],
    )
    assert amounts(facts, when)[1:] == [credit, charge], source


KILL_BILL = "killbill: invoice/src/test/.../proRations/inAdvance/monthly/TestProRation.java"


@pytest.mark.parametrize(
    ("start", "end", "as_of", "anchor", "cycles"),
    [
        ("2011-02-10", "2011-02-24", "2011-03-06", 10, [(14, 28)]),
        ("2011-02-24", None, "2011-03-06", 10, [(14, 28)]),
        ("2011-02-17", None, "2011-03-03", 3, [(14, 28), 1]),
        ("2010-12-15", None, "2011-01-16", 15, [1, 1]),
        ("2012-02-15", None, "2012-03-15", 15, [1, 1]),
        ("2012-01-15", None, "2012-02-03", 15, [1]),
        ("2012-01-30", None, "2012-03-01", 30, [1, 1]),
        ("2011-02-14", None, "2011-03-01", 27, [(13, 31), 1]),
        ("2012-02-01", "2012-02-15", "2012-02-19", 1, [(14, 29)]),
        ("2011-02-07", "2011-02-15", "2011-04-21", 7, [(8, 28)]),
        ("2011-02-15", None, "2011-04-21", 15, [1, 1, 1]),
        ("2011-03-07", None, "2011-04-21", 15, [(8, 28), 1, 1]),
        ("2011-02-07", "2011-03-10", "2011-04-21", 7, [1, (3, 31)]),
        ("2011-03-10", None, "2011-04-21", 15, [(5, 28), 1, 1]),
        ("2011-01-31", "2011-03-10", "2011-04-21", 7, [(7, 31), 1, (3, 31)]),
        ("2010-12-15", "2011-03-17", "2011-03-15", 15, [1, 1, 1, (2, 31)]),
    ],
)
def test_kill_bill_proration_cycles(start, end, as_of, anchor, cycles):
    """R-18, R-19, B-01: periods begun by a day, leading and trailing parts by actual days."""
    facts = terms(recurring(price=per_unit("1000000")), start=start, end=end, anchor_day=anchor)
    found = [Fraction(charge.days, charge.full_days) for charge in target(facts, day(as_of))]
    assert found == [Fraction(*c) if isinstance(c, tuple) else c for c in cycles], KILL_BILL
    assert total(facts, as_of) == sum(
        round(D(1000000) * fraction.numerator / fraction.denominator, 2) for fraction in found
    )


def test_where_we_differ_from_kill_bill():
    """Kill Bill's testSinglePlan_ChangeBCDTo31 prorates [14 Feb, 28 Feb) by 31 days; our full
    period is clamped from the anchor at both ends, [31 Jan, 28 Feb), 28 days (B-01)."""
    facts = terms(recurring(price=per_unit("28")), start="2011-02-14", anchor_day=31)
    assert amounts(facts, "2011-03-01") == ["14.00", "28.00"]


def test_stripe_anchor():
    """B-01, R-18: 31 Jan, 28 Feb, 31 Mar (Stripe, billing cycle anchor)."""
    facts = terms(recurring(), start="2026-01-31", anchor_day=31)
    assert [row[1] for row in rows(facts, "2026-04-30")] == [
        "26-01-31", "26-02-28", "26-03-31", "26-04-30",
    ]  # fmt: skip


def test_dynamics_annual_schedule_by_days():
    """12000 a year, 1 Aug to 31 Dec 2019: 153 of 366 days, 5016.39 (Advanced Recurring
    Contract Billing, proration examples, example 2 daily)."""
    facts = terms(
        recurring(price=per_unit("12000")), start="2019-08-01", end="2020-01-01", interval="year"
    )
    assert amounts(facts, "2019-08-01") == ["5016.39"]


def test_lago_persistent_units():
    """A unit added on 15 September and removed on 22 October is charged from the 15th to the
    30th and from the 1st to the 22nd (getlago.com/changelog/recurring-count)."""
    facts = terms(
        metered("units", per_unit("1"), "time_weighted_average"),
        start="2023-09-01",
        usage=used(("2023-09-15", "30"), ("2023-10-01", "31"), ("2023-10-23", "0"),
                   component="units"),
    )  # fmt: skip
    assert amounts(facts, "2023-11-01") == ["16.00", "22.00"]


@pytest.mark.parametrize(("price", "amount"), [("1000", "322.58"), ("100", "32.26")])
def test_ten_of_thirty_one_days(price, amount):
    """B-05, B-07: measured on Odoo 19; by a quantity of two digits 1000 would be 320.00."""
    facts = terms(recurring(price=per_unit(price)), end="2026-01-11")
    assert amounts(facts, "2026-01-01") == [amount]


def test_the_last_period_in_arrears():
    """B-15: OCA contract 19.0, post-paid with an end date, billed 1 of 2 periods, the last
    never (measured: next date 1 Nov after the end, 31 Oct)."""
    facts = terms(recurring(timing="arrears"), start="2026-09-01", end="2026-11-01")
    assert rows(facts, "2027-01-01") == [
        ("charge", "26-09-01", "26-10-01", "100.00"),
        ("charge", "26-10-01", "26-11-01", "100.00"),
    ]


def test_three_months_late():
    """B-15, R-15: OCA contract 19.0 needed 4 daily runs, all dated today (measured)."""
    facts = terms(recurring())
    assert [(str(c.period_start), c.due == c.period_start) for c in target(
        facts, day("2026-04-01")
    )] == [(f"2026-0{month}-01", True) for month in (1, 2, 3, 4)]  # fmt: skip


def test_a_second_switch_credits_what_the_first_one_charged():
    """B-08: woocommerce-payments#9702, the second switch of a period overcharged."""
    facts = terms(
        recurring(price=per_unit("30")),
        start="2026-04-01",
        changes=[
            change("2026-04-11", price=per_unit("60")),
            change("2026-04-21", price=per_unit("90")),
        ],
    )
    assert total(facts, "2026-04-30") == 10 + 20 + 30


def test_two_changes_on_one_boundary():
    """B-03, B-08: killbill#2291 dropped a change on a period's own boundary."""
    facts = terms(
        recurring(),
        changes=[
            change("2026-02-01", price=per_unit("110")),
            change("2026-02-01", price=per_unit("120"), sequence=1),
        ],
    )
    assert amounts(facts, "2026-02-01") == ["100.00", "120.00"]


def test_usage_is_priced_at_the_terms_of_its_day():
    """B-03: WHMCS prices all usage of a period at the price in force when it invoices."""
    facts = terms(
        metered("calls", per_unit("1"), "sum"),
        changes=[change("2026-01-16", "calls", price=per_unit("3"))],
        usage=used(("2026-01-05", "10"), ("2026-01-20", "10"), component="calls"),
    )
    assert total(facts, "2026-02-01") == 40
