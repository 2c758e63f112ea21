"""Change of hands: which legs close, open and stay, and what they cost together (TB-061)."""

from collections import defaultdict
from datetime import timedelta

import pytest
from billing_builders import D, at, day, metered, per_unit, recurring, terms, total, used
from billing_strategies import FIRST
from cp.tenant_billing.engine.errors import BillingError
from cp.tenant_billing.engine.legs import Leg, check_chain, rechain
from cp.tenant_billing.engine.rating import Component, LegWindow, UsageEvent, target
from hypothesis import given
from hypothesis import strategies as st

START = day("2026-01-01")
CHAIN = (("platform", "master"), ("master", "sub"), ("sub", "customer"))


def legs(edges=CHAIN, start=START, until=None):
    return [Leg(f"{seller}>{buyer}", seller, buyer, start, until) for seller, buyer in edges]


@pytest.mark.parametrize(
    ("edges", "close", "keep", "opened"),
    [
        (  # the customer moves to another partner of the same master
            (("platform", "master"), ("master", "sub2"), ("sub2", "customer")),
            ("master>sub", "sub>customer"),
            ("platform>master",),
            ((2, "master", "sub2"), (3, "sub2", "customer")),
        ),
        (  # only the upline changes: the leg to the customer stays
            (("platform", "new"), ("new", "sub"), ("sub", "customer")),
            ("platform>master", "master>sub"),
            ("sub>customer",),
            ((1, "platform", "new"), (2, "new", "sub")),
        ),
        (  # a step-in: the platform sells itself
            (("platform", "customer"),),
            ("platform>master", "master>sub", "sub>customer"),
            (),
            ((1, "platform", "customer"),),
        ),
        (  # a longer chain than before
            (("platform", "a"), ("a", "b"), ("b", "c"), ("c", "customer")),
            ("platform>master", "master>sub", "sub>customer"),
            (),
            ((1, "platform", "a"), (2, "a", "b"), (3, "b", "c"), (4, "c", "customer")),
        ),
        (CHAIN, (), ("platform>master", "master>sub", "sub>customer"), ()),
    ],
)
def test_what_closes_opens_and_stays(edges, close, keep, opened):
    """TB-061, TRADE 2: an edge that has its leg keeps it."""
    found = rechain(legs(), edges, day("2026-03-15"), START)
    assert (found.close, found.keep, found.open) == (close, keep, opened)
    assert (found.start, found.drop) == (day("2026-03-15"), ())


def test_it_changes_hands_before_it_begins():
    """TB-061: a subscription that starts after the day begins with the new partner."""
    edges = (("platform", "sub2"), ("sub2", "customer"))
    found = rechain(legs(), edges, day("2025-12-20"), START)
    assert found.start == START
    assert found.drop == ("platform>master", "master>sub", "sub>customer")
    assert found.open == ((1, "platform", "sub2"), (2, "sub2", "customer"))
    with pytest.raises(BillingError, match="handed_over_since"):
        rechain(legs(), edges, START, START, charged=("sub>customer",))


@pytest.mark.parametrize(
    "known",
    [
        [*legs(until=day("2026-04-01")), *legs(start=day("2026-04-01"))],
        legs(start=day("2026-03-20")),
    ],
)
def test_days_that_are_another_partys_business_stay(known):
    """TB-061: nothing changes hands on a day before the last change of hands."""
    with pytest.raises(BillingError, match="handed_over_since"):
        rechain(known, (("platform", "customer"),), day("2026-03-15"), START)


def test_a_second_change_on_one_day_is_refused():
    """TB-061: what opened on the day would have no days at all."""
    known = [*legs(until=day("2026-03-15")), *legs(start=day("2026-03-15"))]
    with pytest.raises(BillingError, match="handed_over_since"):
        rechain(known, (("platform", "customer"),), day("2026-03-15"), START)


@pytest.mark.parametrize(
    ("when", "credit", "first"),
    [
        ("2026-03-01", [], ["310.00"]),  # the last day of February is the old partner's last
        # 31 March days at 10.00: 17 of them from the 15th on, one on the 31st.
        ("2026-03-15", ["-170.00"], ["170.00", "310.00"]),
        ("2026-03-31", ["-10.00"], ["10.00", "310.00"]),
    ],
)
def test_the_unused_advance_on_the_1st_15th_31st(when, credit, first):
    """TB-061: credited by the old seller at what was debited, charged by the new one."""
    facts = terms(recurring(price=per_unit("310")))
    old = target(facts, day("2026-04-01"), LegWindow(until=day(when)))
    new = target(facts, day("2026-04-01"), LegWindow(start=day(when)))
    assert [str(one.amount) for one in old if one.entry == "credit"] == credit
    # The new partner's first month is charged; April is charged on its first day.
    expected = first if when != "2026-03-01" else ["310.00", "310.00"]
    assert [str(one.amount) for one in new] == expected


NODES = ("a", "b", "c", "d")


@st.composite
def stories(draw):
    """A calendar in days whose prices come to whole cents a day, and transfers in order."""
    count = draw(st.integers(2, 31))
    cents = draw(st.integers(1, 500))
    moves = sorted(draw(st.sets(st.integers(1, 150), max_size=6)))
    paths = [
        draw(st.lists(st.sampled_from(NODES), unique=True, max_size=4)) for _move in [0, *moves]
    ]
    return count, cents, moves, paths


def edges_of(path):
    way = ["platform", *path, "customer"]
    return tuple(zip(way, way[1:], strict=False))


@given(stories(), st.lists(st.tuples(st.integers(0, 149), st.integers(1, 9)), max_size=8))
def test_random_trees_and_transfers(story, calls):
    """TB-061, R-36: chains stay whole, shares add up to the cent, credits stay below debits."""
    count, cents, moves, paths = story
    price = D(cents * count) / 100
    facts = terms(
        recurring("base", per_unit(str(price))),
        recurring("late", per_unit(str(price)), timing="arrears"),
        metered("calls", per_unit("0.07"), aggregation="sum"),
        Component("setup", "one_off", per_unit("99"), quantity=D(1)),
        start=str(FIRST),
        interval="day",
        interval_count=count,
        usage=[
            UsageEvent(f"{n}", at(str(FIRST + timedelta(days=offset))), D(value), "calls")
            for n, (offset, value) in enumerate(calls)
        ],
    )
    known = legs(edges_of(paths[0]), FIRST)
    for move, path in zip(moves, paths[1:], strict=True):
        when = FIRST + timedelta(days=move)
        plan = rechain(known, edges_of(path), when, FIRST)
        known = [
            Leg(leg.id, leg.seller, leg.buyer, leg.start, when) if leg.id in plan.close else leg
            for leg in known
        ]
        known += [
            Leg(f"{seller}>{buyer} {when}", seller, buyer, when) for _, seller, buyer in plan.open
        ]
    assert check_chain(known, "platform", "customer", FIRST, None) == ()
    # On a boundary, where what is in arrears is due whoever it is split between.
    as_of = str(FIRST + timedelta(days=count * (160 // count + 1)))
    whole = total(facts, as_of)
    margin = defaultdict(D)
    for leg in known:
        charges = target(facts, day(as_of), LegWindow(leg.start, leg.until))
        for code in ("base", "late", "calls", "setup"):
            running = [one.amount for one in charges if one.component == code]
            assert all(sum(running[: n + 1]) >= 0 for n in range(len(running)))
        paid = sum((one.amount for one in charges), D(0))
        margin[leg.seller] += paid
        margin[leg.buyer] -= paid
    # At equal prices nobody on the way keeps or loses a cent.
    assert margin.pop("platform") == whole
    assert margin.pop("customer") == -whole
    assert not any(margin.values())


def test_a_level_carries_over():
    """TB-061: usage belongs to the tenant; both legs see the level that the month began with."""
    facts = terms(metered(price=per_unit("31")), usage=used(("2025-12-01", "1")))
    old = total(facts, "2026-02-01", LegWindow(until=day("2026-01-15")))
    new = total(facts, "2026-02-01", LegWindow(start=day("2026-01-15")))
    assert (old, new) == (D("14.00"), D("17.00"))
