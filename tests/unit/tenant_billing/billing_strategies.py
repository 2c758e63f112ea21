"""Random facts for the property tests of the billing engine."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing_builders import D, at, flat, package, per_unit, tiered
from cp.tenant_billing.engine.rating import (
    Change,
    Component,
    Discount,
    Free,
    Subscription,
    Terms,
    UsageEvent,
)
from hypothesis import strategies as st

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)
FIRST = date(2023, 12, 20)
LAST = FIRST + timedelta(days=140)
days = st.dates(FIRST, LAST)
cents = st.integers(0, 20000).map(lambda number: Decimal(number) / 100)
quantities = st.sampled_from(["0", "1", "2", "3", "7.5", "10", "11", "25"]).map(D)
prices = st.one_of(
    cents.map(lambda amount: flat(str(amount))),
    cents.map(lambda amount: per_unit(str(amount))),
    cents.map(lambda amount: package(str(amount), "3")),
    cents.map(lambda amount: tiered("graduated", ("10", str(amount), "1"), (None, "0.333"))),
    cents.map(lambda amount: tiered("volume", ("10", str(amount)), (None, "0.333", "2"))),
)
minimums = st.one_of(st.none(), cents)


@st.composite
def components(draw, code: str, kinds=("advance", "arrears", "level", "count", "one_off")):
    kind = draw(st.sampled_from(kinds))
    common = {
        "price": draw(prices),
        "included": draw(st.sampled_from([D(0), D(2)])),
        "minimum": draw(minimums),
        "maximum": draw(st.one_of(st.none(), st.none(), cents)),
    }
    if kind in ("level", "count"):
        choices = {
            "level": ("max", "last", "time_weighted_average"),
            "count": ("sum", "unique_count"),
        }
        aggregation = draw(st.sampled_from(choices[kind]))
        return Component(code, "metered", aggregation=aggregation, **common)
    name = "one_off" if kind == "one_off" else "recurring"
    timing = "advance" if kind == "advance" else "arrears"
    return Component(code, name, timing=timing, quantity=draw(quantities), **common)


@st.composite
def changes(draw, parts: list[Component], most: int = 6) -> tuple[Change, ...]:
    found = []
    for number in range(draw(st.integers(0, most))):
        part = draw(st.sampled_from(parts))
        change = Change(draw(days), part.code, sequence=number)
        terms = {"price": prices, "included": quantities, "minimum": minimums}
        if part.kind != "metered":
            terms["quantity"] = quantities
        names = draw(st.lists(st.sampled_from(sorted(terms)), min_size=1, unique=True))
        found.append(replace(change, **{name: draw(terms[name]) for name in names}))
    if draw(st.booleans()):
        code = draw(st.sampled_from([None, parts[0].code]))
        refund = draw(st.booleans())
        found.append(Change(draw(days), code, end=True, sequence=len(found), refund=refund))
    return tuple(found)


@st.composite
def usage(draw, parts: list[Component], most: int = 12) -> tuple[UsageEvent, ...]:
    metered = [part.code for part in parts if part.kind == "metered"]
    if not metered:
        return ()
    return tuple(
        UsageEvent(
            f"e{number}",
            at(str(draw(days))) + timedelta(hours=draw(st.integers(0, 23))),
            draw(quantities),
            draw(st.sampled_from(metered)),
        )
        for number in range(draw(st.integers(0, most)))
    )


@st.composite
def subscriptions(draw) -> Subscription:
    start = draw(st.dates(FIRST, FIRST + timedelta(days=40)))
    length = draw(st.one_of(st.none(), st.integers(0, 120)))
    interval = draw(st.sampled_from(["day", "week", "month", "month", "year"]))
    return Subscription(
        start,
        None if length is None else start + timedelta(days=length),
        draw(st.sampled_from([1, 15, 28, 29, 30, 31, start.day])),
        draw(st.sampled_from(ZONES)),
        interval,
        1 if interval == "year" else draw(st.integers(1, 3)),
    )


@st.composite
def spans(draw) -> dict:
    """Trials, pauses and discounts; none in half of the cases."""
    found = {"free": [], "discounts": []}
    for name in draw(st.sampled_from([(), (), (), ("free",), ("discounts",), tuple(found)])):
        start, length = draw(days), draw(st.one_of(st.none(), st.integers(1, 60)))
        until = None if length is None else start + timedelta(days=length)
        percent = D(draw(st.integers(0, 100)))
        found[name].append(
            Free(start, until) if name == "free" else Discount(percent, start, until)
        )
    return {name: tuple(members) for name, members in found.items()}


@st.composite
def facts(draw, kinds=("advance", "arrears", "level", "count", "one_off")) -> Terms:
    parts = [draw(components(f"c{number}", kinds)) for number in range(draw(st.integers(1, 2)))]
    return Terms(
        draw(subscriptions()),
        tuple(parts),
        draw(changes(parts)),
        draw(usage(parts)),
        decimal_places=draw(st.sampled_from([0, 2, 2, 3])),
        **draw(spans()),
    )
