"""Trials, pauses, discounts, caps and ends without a refund: laid over the terms (TB-015)."""

from dataclasses import replace
from datetime import timedelta

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
    used,
)
from billing_strategies import FIRST, LAST, days, facts
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.ledger import Booked, book
from cp.tenant_billing.engine.pricing import price_quantity, scaled
from cp.tenant_billing.engine.rating import Discount, Free, UsageEvent, target
from cp.tenant_billing.engine.scenario import ScenarioInvalid, output, parse
from hypothesis import given, settings
from hypothesis import strategies as st

few = settings(max_examples=30)
MONTH31 = per_unit("31")


def free(start: str, until: str | None = None, *codes: str) -> Free:
    return Free(day(start), day(until) if until else None, frozenset(codes) or None)


def off(percent: str, start: str | None = None, until: str | None = None, *codes) -> Discount:
    days = (day(text) if text else None for text in (start, until))
    return Discount(D(percent), *days, frozenset(codes) or None)


def test_a_trial_costs_nothing_and_is_followed_by_the_rest_of_the_period():
    """TB-015: ten days of trial, then 21 of 31 days."""
    facts = terms(recurring(price=MONTH31), free=(free("2026-01-01", "2026-01-11"),))
    assert rows(facts, "2026-01-10") == []
    assert rows(facts, "2026-01-11") == [("charge", "26-01-11", "26-02-01", "21.00")]
    assert total(facts, "2026-02-01") == D("52.00")


def test_a_pause_credits_what_was_paid_and_a_resume_charges_again():
    """TB-015, R-19: pause from 11 to 21 January: 31 - 21 + 11 = the 21 days served."""
    facts = terms(recurring(price=MONTH31), free=(free("2026-01-11", "2026-01-21"),))
    assert rows(facts, "2026-01-31") == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("credit", "26-01-11", "26-02-01", "-21.00"),
        ("charge", "26-01-21", "26-02-01", "11.00"),
    ]


def test_an_open_pause_charges_nothing_until_somebody_ends_it():
    facts = terms(recurring(price=MONTH31), free=(free("2026-02-01"),))
    assert rows(facts, "2027-01-01") == [("charge", "26-01-01", "26-02-01", "31.00")]
    resumed = replace(facts, free=(free("2026-02-01", "2026-12-01"),))
    assert total(resumed, "2026-12-31") == D("62.00")


def test_what_goes_on_through_a_pause_is_charged_on():
    """TB-015: the pause names what it stops; storage is still kept."""
    facts = terms(
        recurring(price=MONTH31, timing="arrears"),
        metered(price=per_unit("1")),
        usage=used(("2026-01-01", "10")),
        free=(free("2026-01-11", None, "base"),),
    )
    assert rows(facts, "2026-02-01") == [
        ("charge", "26-01-01", "26-01-11", "10.00"),
        ("charge", "26-01-01", "26-02-01", "10.00"),
    ]


def test_usage_of_free_days_takes_nothing_from_the_allowance():
    """TB-015: 8 of the 10 included are left for what counts, and no minimum is due for it."""
    facts = terms(
        metered(aggregation="sum", included="10", minimum=D("31")),
        usage=used(("2026-01-05", "500"), ("2026-01-20", "52")),
        free=(free("2026-01-01", "2026-01-11"),),
    )
    assert rows(facts, "2026-02-01") == [("charge", "26-01-11", "26-02-01", "42.00")]
    idle = replace(facts, usage=())
    assert rows(idle, "2026-02-01") == [("charge", "26-01-11", "26-02-01", "21.00")]


def test_what_is_seen_in_a_trial_counts_once_it_is_over():
    """TB-015: a thing counted once a period is counted from the first day that costs."""
    facts = terms(
        metered("links", aggregation="unique_count"),
        usage=tuple(
            UsageEvent(f"e{n}", at(when), name, "links")
            for n, (when, name) in enumerate(
                [("2026-01-02", "edi"), ("2026-01-15", "edi"), ("2026-01-16", "shop")]
            )
        ),
        free=(free("2026-01-01", "2026-01-11"),),
    )
    assert amounts(facts, "2026-02-01") == ["2.00"]


def test_a_minimum_is_topped_up_in_the_last_part_that_costs():
    facts = terms(
        metered(aggregation="sum", minimum=D("31")),
        free=(free("2026-01-21", "2026-02-01"),),
    )
    assert rows(facts, "2026-02-01") == [("charge", "26-01-01", "26-01-21", "20.00")]


def test_set_up_is_neither_tried_out_nor_paused():
    facts = terms(_setup(), free=(free("2026-01-01"),))
    assert amounts(facts, "2026-02-01") == ["100.00"]


def _setup():
    return replace(recurring("setup"), kind="one_off")


def test_a_discount_with_an_end():
    """TB-001: 10 % for three months, then the price; the charge says what is off."""
    facts = terms(recurring(), discounts=(off("10", None, "2026-04-01"),))
    assert amounts(facts, "2026-05-01") == ["90.00", "90.00", "90.00", "100.00", "100.00"]
    found = target(facts, day("2026-05-01"))
    assert [charge.discount for charge in found] == [10, 10, 10, 0, 0]


def test_a_discount_that_ends_in_mid_period_is_split_there():
    """B-03: the credit is of what was debited, 27.90 x 10/31."""
    facts = terms(recurring(price=MONTH31), discounts=(off("10", None, "2026-01-22"),))
    assert rows(facts, "2026-01-22") == [
        ("charge", "26-01-01", "26-02-01", "27.90"),
        ("credit", "26-01-22", "26-02-01", "-9.00"),
        ("charge", "26-01-22", "26-02-01", "10.00"),
    ]


def test_a_discount_is_off_the_price_not_off_the_minimum():
    facts = terms(
        recurring(minimum=D("95")),
        recurring("more"),
        discounts=(off("10"), off("50", None, None, "more")),
    )
    assert amounts(facts, "2026-01-01") == ["95.00", "45.00"]


@given(
    st.sampled_from(
        [
            flat("10"),
            per_unit("3"),
            tiered("graduated", ("10", "1", "5"), (None, "0.5")),
            tiered("volume", ("10", "1", "5"), (None, "0.5")),
        ]
    ),
    st.integers(0, 100),
    st.integers(0, 40),
)
def test_a_scaled_price_costs_the_share_of_the_price(price, percent, quantity):
    factor = D(percent) / 100
    assert price_quantity(scaled(price, factor), D(quantity)) == factor * price_quantity(
        price, D(quantity)
    )


def test_a_maximum_caps_levels_counts_and_what_is_stated():
    """TB-001: commitment with a maximum, prorated like the minimum."""
    facts = terms(
        recurring(quantity="9", maximum=D("310")),
        metered(aggregation="sum", maximum=D("31")),
        metered("disk", maximum=D("62")),
        start="2026-01-11",
        anchor_day=1,
        usage=used(("2026-01-12", "500")) + used(("2026-01-12", "500"), component="disk"),
    )
    assert amounts(facts, "2026-02-01") == ["210.00", "310.00", "21.00", "42.00"]


def test_a_maximum_is_one_through_a_period_whatever_is_split():
    """R-19: a new price in the period leaves one cap, used up by the first days."""
    facts = terms(
        metered(aggregation="sum", maximum=D("100")),
        usage=used(("2026-01-02", "80"), ("2026-01-20", "80")),
    )
    assert amounts(facts, "2026-02-01") == ["100.00"]
    split = replace(facts, changes=(change("2026-01-10", "storage", price=per_unit("2")),))
    assert amounts(split, "2026-02-01") == ["80.00", "20.00"]
    lifted = replace(facts, changes=(change("2026-02-01", "storage", maximum=None),))
    assert amounts(lifted, "2026-02-01") == ["100.00"]


def test_an_end_without_a_refund_leaves_what_was_paid():
    """B-09: service ends in mid period, the charge in advance stands; usage is still billed."""
    end = change("2026-01-11", None, end=True, refund=False)
    facts = terms(
        recurring(price=MONTH31), metered(), usage=used(("2026-01-01", "31")), changes=[end]
    )
    assert rows(facts, "2027-01-01") == [
        ("charge", "26-01-01", "26-02-01", "31.00"),
        ("charge", "26-01-01", "26-01-11", "10.00"),
    ]


def test_the_last_of_two_ends_of_a_day_says_whether_it_refunds():
    """B-08, B-09."""
    ends = [
        change("2026-01-11", None, end=True, refund=False, sequence=0),
        change("2026-01-11", None, end=True, sequence=1),
    ]
    assert total(terms(recurring(price=MONTH31), changes=ends), "2026-02-01") == D("10.00")
    assert total(
        terms(recurring(price=MONTH31), changes=[replace(ends[0], sequence=2), ends[1]]),
        "2026-02-01",
    ) == D("31.00")


@few
@given(facts(kinds=("advance", "arrears")), days, st.integers(1, 60), st.integers(0, 100))
def test_all_days_free_cost_nothing_and_a_free_past_is_the_ledgers_own(terms_, first, length, _):
    """R-19: free from the beginning costs nothing; paused later, the ledger nets to the same."""
    everything = replace(terms_, free=(Free(FIRST - timedelta(days=1)),))
    last = LAST + timedelta(days=400)
    assert target(everything, last) == ()
    span = Free(first, first + timedelta(days=length))
    ledger = [Booked(row.key, row.revision, row.amount) for row in book(target(terms_, first), ())]
    later = target(replace(terms_, free=(span,)), last)
    ledger += [Booked(row.key, row.revision, row.amount) for row in book(later, ledger)]
    assert sum(row.amount for row in ledger) == sum(charge.amount for charge in later)


@few
@given(facts(), days, st.lists(st.tuples(days, st.integers(1, 40)), max_size=3), st.randoms())
def test_the_order_of_free_days_and_discounts_cannot_matter(terms_, as_of, spans, random):
    """R-19: overlapping spans are a set, not a history."""
    free_days = [Free(start, start + timedelta(days=length)) for start, length in spans]
    cuts = [Discount(D(10 * n), start, None) for n, (start, _length) in enumerate(spans)]
    found = target(replace(terms_, free=tuple(free_days), discounts=tuple(cuts)), as_of)
    random.shuffle(free_days)
    random.shuffle(cuts)
    again = replace(terms_, free=tuple(free_days), discounts=tuple(cuts))
    assert [(row.key, row.amount) for row in target(again, as_of)] == [
        (row.key, row.amount) for row in found
    ]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"discounts": (off("101"),)}, "bad_discount"),
        ({"discounts": (off("10", None, None, "nothing"),)}, "unknown_component"),
        ({"free": (free("2026-01-01", None, "nothing"),)}, "unknown_component"),
    ],
)
def test_spans_that_cannot_be_rated(bad, code):
    with pytest.raises(BillingError) as caught:
        target(terms(recurring(), **bad), day("2026-01-01"))
    assert caught.value.code == code


DOCUMENT = {
    "currency": "EUR",
    "decimal_places": 2,
    "subscription": {"start": "2026-01-01", "interval": "month"},
    "components": [
        {
            "code": "base",
            "kind": "recurring",
            "timing": "advance",
            "quantity": "1",
            "maximum": "1000",
            "price": {"model": "per_unit", "amount": "31"},
        }
    ],
    "as_of": "2026-03-01",
}


def test_the_simulator_knows_them_too():
    """TB-033: a dispute about a pause or a discount is replayed like any other."""
    document = DOCUMENT | {
        "free": [{"start": "2026-01-11", "until": "2026-02-01"}],
        "discounts": [{"percent": "50", "start": "2026-02-01", "components": ["base"]}],
        "changes": [{"at": "2026-02-15", "end": True, "refund": False}],
    }
    answer = output(parse(document))
    assert answer["total"] == "25.50"
    assert answer["charges"][-1]["reason"] == "full period; 28 of 28 days; 50 % off; per_unit price"


def test_the_simulator_knows_components_that_come_later():
    """TB-033: a service done once on its own day, and no minimum before the first day."""
    later = DOCUMENT["components"][0] | {"start": "2026-02-15", "minimum": "56"}
    once = {
        "code": "setup",
        "kind": "one_off",
        "quantity": "1",
        "start": "2026-01-20",
        "price": {"model": "flat", "amount": "450"},
    }
    answer = output(parse(DOCUMENT | {"components": [later, once]}))
    assert [(row["period_start"], row["amount"]) for row in answer["charges"]] == [
        ("2026-01-20", "450.00"),
        ("2026-02-15", "28.00"),
        ("2026-03-01", "56.00"),
    ]


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ({"free": [{"start": "2026-01-11", "until": "2026-01-11"}]}, "$.free[0].until"),
        ({"free": [{"start": "2026-01-11", "components": []}]}, "$.free[0].components"),
        ({"free": [{"start": "2026-01-11", "components": ["x"]}]}, "$.free[0].components"),
        ({"discounts": [{"percent": "101"}]}, "$.discounts[0].percent"),
        ({"discounts": [{"percent": "1", "from": "x"}]}, "$.discounts[0].from"),
        ({"changes": [{"at": "2026-02-15", "component": "base", "refund": True}]}, "refund"),
        ({"changes": [{"at": "2026-02-15", "end": True, "refund": "no"}]}, "refund"),
    ],
)
def test_bad_spans_are_named(bad, line):
    """TB-033: one line per error, beginning with its path."""
    with pytest.raises(ScenarioInvalid) as caught:
        parse(DOCUMENT | bad)
    assert any(line in each for each in caught.value.lines)
