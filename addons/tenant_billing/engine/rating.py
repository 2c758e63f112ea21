"""The target of a leg: every charge due, as if all facts had been known from the start.

A pure function of facts and a day (DESIGN 4.3 and 6; Kill Bill's recomputation "since
beginning of time", B-03, B-08, B-15). What was booked before plays no part here: `ledger`
books the difference.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from .advance import advance_charges
from .arrears import arrears_charges
from .charges import Charge, Key
from .errors import BillingError
from .money import ZERO, exact, round_money
from .periods import Period
from .portfolio import Spending
from .pricing import Price, Tier
from .terms import (
    KEEP,
    Change,
    Component,
    Discount,
    Free,
    LegWindow,
    Opening,
    Subscription,
    Terms,
    check_terms,
)
from .timeline import Span, Timeline, span_of
from .usage import Series, UsageEvent, dedupe
from .zones import zone

__all__ = [
    "KEEP",
    "Change",
    "Charge",
    "Component",
    "Discount",
    "Free",
    "Key",
    "LegWindow",
    "Opening",
    "Period",
    "Price",
    "Subscription",
    "Terms",
    "Tier",
    "UsageEvent",
    "target",
]

_ALWAYS = LegWindow()


def target(terms: Terms, as_of: date, leg: LegWindow | None = None) -> tuple[Charge, ...]:
    """Charges and credits due up to and including ``as_of`` on one leg (default: one leg from
    beginning to end), ordered by due day, component, start, credits first. Zero amounts are
    left out. Every key occurs once.

    Raises ``BillingError`` with a code of `check_terms`, `zone` or `Calendar`, and
    ``duplicate_key`` where the engine would break its own promise.
    """
    check_terms(terms)
    zone(terms.subscription.timezone)
    leg = leg or _ALWAYS
    changes = defaultdict(list)
    for change in terms.changes:
        if change.at <= as_of:
            changes[change.component].append(change)
    usage = defaultdict(list)
    for event in dedupe(terms.usage):
        usage[event.component].append(event)
    rows: list[tuple[tuple, Charge]] = []
    with exact():
        for position, component in enumerate(terms.components):
            # What is done once is neither tried out nor paused.
            free = () if component.kind == "one_off" else terms.free
            timeline = Timeline(component, changes[component.code], free, terms.discounts)
            known = (*changes[None], *changes[component.code])
            ends = [change for change in known if change.end]
            span = span_of(component, terms.subscription, ends, as_of, leg)
            if component.kind == "one_off":
                charges = _one_off(component, terms, timeline, span, as_of)
            elif component.timing == "advance":
                charges = advance_charges(component, terms, timeline, span, as_of, leg.openings)
            else:
                series = _measured(component, terms, usage)
                charges = arrears_charges(component, terms, timeline, span, as_of, series)
            for charge in charges:
                if charge.amount:
                    order = (charge.due, position, charge.period_start, charge.entry == "charge")
                    rows.append((order, charge))
    rows.sort(key=lambda row: row[0])
    _check_keys(rows)
    return tuple(charge for _, charge in rows)


def _measured(component: Component, terms: Terms, usage: dict):
    """What a component in arrears is measured by: its own usage, or a whole portfolio."""
    if component.code in terms.portfolio:
        return terms.portfolio[component.code]
    return Spending() if component.commitment else Series(usage[component.code])


def recurring_rate(terms: Terms, day: date) -> Decimal:
    """What the recurring components cost in one full period at the terms of ``day``, unrounded;
    a component that has not begun or has ended costs nothing, nor does a commitment, which is
    charged elsewhere first."""
    total = ZERO
    with exact():
        for component in terms.components:
            if component.kind != "recurring" or component.commitment:
                continue
            changes = [change for change in terms.changes if change.component == component.code]
            ends = [change.at for change in changes if change.end]
            if day < (component.start or date.min) or min(ends, default=date.max) <= day:
                continue
            timeline = Timeline(component, changes, terms.free, terms.discounts)
            total += timeline.at(day).rate
    return total


def _one_off(component: Component, terms: Terms, timeline: Timeline, span: Span, as_of: date):
    """Once, on the first day, by the leg that is valid then."""
    day = span.whole_first
    if span.first > day or span.stop <= day or day > as_of:
        return
    state = timeline.at(day)
    tomorrow = day + timedelta(days=1)
    yield Charge(
        component=component.code,
        kind=component.kind,
        entry="charge",
        period_start=day,
        period_end=tomorrow,
        full_start=day,
        full_end=tomorrow,
        due=day,
        quantity=state.quantity,
        billable=max(state.quantity - state.included, ZERO),
        included=state.included,
        model=state.price.model,
        amount=round_money(state.rate, terms.decimal_places),
        reason="one_off",
        discount=state.discount,
    )


def _check_keys(rows: list[tuple[tuple, Charge]]) -> None:
    seen: set[Key] = set()
    for _, charge in rows:
        if charge.key in seen:
            raise BillingError("duplicate_key", key=tuple(charge.key))
        seen.add(charge.key)
