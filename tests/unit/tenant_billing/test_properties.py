"""What holds for any facts: the money of the ledger (TB-033, R-19, R-25, R-71)."""

import os
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing_strategies import FIRST, LAST, ZONES, components, days, facts, subscriptions
from cp.tenant_billing.engine.ledger import Booked, book
from cp.tenant_billing.engine.periods import Calendar
from cp.tenant_billing.engine.rating import (
    Change,
    LegWindow,
    Price,
    Subscription,
    Terms,
    target,
)
from cp.tenant_billing.engine.timeline import Timeline
from cp.tenant_billing.engine.zones import local_day
from hypothesis import assume, given, settings
from hypothesis import strategies as st

END = LAST + timedelta(days=400)  # longer than any period begun by LAST, in facts that end
few = settings(max_examples=int(os.environ.get("BILLING_EXAMPLES", "15")))


def summed(charges) -> dict:
    sums = defaultdict(Decimal)
    for charge in charges:
        sums[charge.component] += charge.amount
    return {code: amount for code, amount in sums.items() if amount}


def booked(ledger, charges):
    return [*ledger, *(Booked(row.key, row.revision, row.amount) for row in book(charges, ledger))]


@few
@given(facts(), days)
def test_keys_are_unique_and_rows_are_in_order(terms, as_of):
    """B-08, R-71: one row per component, entry and start, whatever changes on a day."""
    charges = target(terms, as_of)
    assert len({charge.key for charge in charges}) == len(charges)
    assert [charge.due for charge in charges] == sorted(charge.due for charge in charges)
    for charge in charges:
        assert charge.due <= as_of
        assert charge.full_start <= charge.period_start < charge.period_end <= charge.full_end
        assert charge.amount == round(charge.amount, terms.decimal_places)
        assert (charge.amount < 0) == (charge.entry == "credit")


@few
@given(facts(), days, st.data())
def test_a_change_that_changes_no_amount_changes_no_total(terms, as_of, data):
    """R-19: stating again what holds already does nothing, wherever it stands."""
    stated = [change for change in terms.changes if not change.end]
    assume(stated)
    again = data.draw(st.sampled_from(stated))
    later = [c.at for c in stated if c.component == again.component and c.at > again.at]
    when = data.draw(st.dates(again.at, min([*later, LAST + timedelta(days=1)])))
    assume(all(c is again or c.component != again.component or c.at != again.at for c in stated))
    assume(when not in later)
    more = (*terms.changes, replace(again, at=when, sequence=99))
    assert target(replace(terms, changes=more), as_of) == target(terms, as_of)


@few
@given(facts(), st.data())
def test_the_order_in_which_facts_arrive_cannot_move_a_cent(terms, data):
    """R-15, R-16, R-23, R-25, R-71: runs on any days in between, each with what was known."""
    changes = data.draw(st.permutations(terms.changes))
    events = data.draw(st.permutations(terms.usage))
    ledger = []
    for as_of in data.draw(st.lists(days, max_size=4)):
        known = replace(
            terms,
            changes=tuple(changes[: data.draw(st.integers(0, len(changes)))]),
            usage=tuple(events[: data.draw(st.integers(0, len(events)))]),
        )
        ledger = booked(ledger, target(known, as_of))
    final = target(replace(terms, changes=tuple(changes), usage=tuple(events)), LAST)
    assert final == target(terms, LAST)
    ledger = booked(ledger, final)
    sums = defaultdict(Decimal)
    for row in ledger:
        sums[row.key] += row.amount
    assert {key: amount for key, amount in sums.items() if amount} == {
        charge.key: charge.amount for charge in final
    }


@few
@given(facts(), days)
def test_a_second_run_books_nothing(terms, as_of):
    """TB-033, R-22: nor do the same facts sent again."""
    ledger = booked([], target(terms, as_of))
    again = replace(terms, usage=terms.usage * 2, changes=terms.changes * 2)
    assert book(target(again, as_of), ledger) == ()


@few
@given(facts(), days, days)
def test_a_later_day_leaves_earlier_rows_alone_but_for_late_facts(terms, one, other):
    """R-15, B-03: with nothing new before it, a closed row is never touched again."""
    earlier, later = sorted((one, other))
    old = replace(
        terms,
        changes=tuple(change for change in terms.changes if change.at <= earlier),
    )
    after = {charge.key: charge for charge in target(old, later)}
    for charge in target(old, earlier):
        assert after[charge.key] == charge


@few
@given(facts(("advance",)), days)
def test_credits_never_exceed_debits(terms, as_of):
    """B-08, B-09, R-71: at no moment has a component given back more than it took."""
    charges = target(terms, as_of)
    for part in terms.components:
        balance = Decimal(0)
        for charge in charges:
            if charge.component == part.code:
                balance += charge.amount
                assert balance >= 0


def by_the_day(terms: Terms, part, first: date, stop: date) -> Decimal:
    """The oracle: each day costs its own rate over the days of its full period."""
    changes = [c for c in terms.changes if c.component == part.code]
    timeline = Timeline(part, changes, terms.free, terms.discounts)
    cost = Decimal(0)
    for period in terms.subscription.calendar.periods(first, stop):
        for number in range(period.days):
            day = period.start + timedelta(days=number)
            if first <= day < stop:
                cost += timeline.at(day).rate / period.full_days
    return cost


def slack(terms: Terms, stop: date) -> Decimal:
    """What rounding may add up to: half a unit a row, and a credit passes on its debit's
    half. Rows that round to zero count too, so periods are counted, not charges."""
    periods = sum(1 for _ in terms.subscription.calendar.periods(FIRST, stop))
    cuts = len(terms.changes) + 2 * len(terms.free) + 2 * len(terms.discounts)
    return Decimal(1).scaleb(-terms.decimal_places) * (periods + 2 * cuts + 3)


@few
@given(facts(("advance", "arrears")))
def test_parts_sum_to_the_whole(terms):
    """R-19: charges, credits and splits together cost what the days cost one by one."""
    stop = terms.subscription.end or LAST
    terms = replace(
        terms,
        subscription=replace(terms.subscription, end=stop),
        changes=tuple(change for change in terms.changes if not change.end),
    )
    charges = target(terms, END)
    for part in terms.components:
        own = sum(charge.amount for charge in charges if charge.component == part.code)
        oracle = by_the_day(terms, part, terms.subscription.start, stop)
        assert abs(own - oracle) <= slack(terms, stop)


@few
@given(facts(("advance", "arrears", "one_off")), days)
def test_two_legs_cost_what_one_would(terms, handover):
    """TB-061: split on any day, to within the rounding of each row."""
    whole, old, new = (target(terms, END, leg) for leg in legs_around(handover))
    assert all(charge.period_start >= handover for charge in new)
    assert all(charge.due <= handover for charge in old)
    for part in terms.components:
        apart = summed(old).get(part.code, 0) + summed(new).get(part.code, 0)
        # Whole periods round alike on both sides; only that of the hand-over can differ.
        cuts = len(terms.changes) + 2 * len(terms.free) + 2 * len(terms.discounts)
        limit = Decimal(1).scaleb(-terms.decimal_places) * (4 + 2 * cuts)
        assert abs(apart - summed(whole).get(part.code, 0)) <= limit


def legs_around(day: date) -> tuple[LegWindow, LegWindow, LegWindow]:
    return LegWindow(), LegWindow(until=day), LegWindow(start=day)


@few
@given(facts(("advance", "arrears")), days)
def test_two_legs_cover_each_day_once(terms, handover):
    """TB-061, R-71: between them, exactly the days that one leg would charge."""
    price = Price("per_unit", Decimal(10000))
    terms = replace(
        terms,
        components=tuple(
            # No bound, so that no day costs nothing.
            replace(
                part,
                price=price,
                quantity=Decimal(1),
                included=Decimal(0),
                minimum=None,
                maximum=None,
            )
            for part in terms.components
        ),
        changes=tuple(
            change if change.end else Change(change.at, change.component, Decimal(1 + number))
            for number, change in enumerate(terms.changes)
        ),
    )
    whole, old, new = (days_of(target(terms, END, leg)) for leg in legs_around(handover))
    for part in terms.components:
        assert sorted(old[part.code] + new[part.code]) == sorted(whole[part.code])
        assert len(set(whole[part.code])) == len(whole[part.code])


def days_of(charges) -> dict[str, list[date]]:
    """Days charged and not credited, by component."""
    found: dict[str, list[date]] = defaultdict(list)
    for charge in charges:
        span = [charge.period_start + timedelta(days=n) for n in range(charge.days)]
        if charge.entry == "charge":
            found[charge.component] += span
        else:
            for day in span:
                found[charge.component].remove(day)
    return found


@few
@given(facts(("count",)), days)
def test_two_legs_share_every_count_once(terms, handover):
    """TB-032, TB-061: the quantities of both legs are those of the whole."""
    price = Price("per_unit", Decimal(1000))
    free = tuple(
        replace(part, price=price, included=Decimal(0), minimum=None, maximum=None)
        for part in terms.components
    )
    terms = replace(terms, components=free, changes=(), discounts=(), free=())
    whole, old, new = (
        sum(summed(target(terms, END, leg)).values()) for leg in legs_around(handover)
    )
    assert old + new == whole


@few
@given(facts(("advance", "arrears")), days)
def test_an_end_costs_the_same_stated_or_changed(terms, end):
    """B-09, B-15: to within the rounding of the credit."""
    plain = replace(
        terms,
        subscription=replace(terms.subscription, end=None),
        changes=tuple(change for change in terms.changes if not change.end),
    )
    assume(end >= plain.subscription.start)
    stated = replace(plain, subscription=replace(plain.subscription, end=end))
    ending = Change(end, None, end=True)
    changed = replace(plain, changes=(*plain.changes, ending))
    one, other = summed(target(stated, END)), summed(target(changed, END))
    for part in terms.components:
        # A charge cut at the end rounds once, a full one and its credit twice; so does each
        # change in the last period.
        cuts = len(plain.changes) + 2 * len(plain.free) + 2 * len(plain.discounts)
        limit = Decimal(1).scaleb(-terms.decimal_places) * (2 + 2 * cuts)
        assert abs(one.get(part.code, 0) - other.get(part.code, 0)) <= limit


@few
@given(subscriptions(), st.sampled_from(ZONES))
def test_periods_tile_time(subscription, name):
    """R-17, R-18: no gap, no overlap, in days and in instants; every day finds its period."""
    calendar = subscription.calendar
    periods = list(calendar.periods(calendar.start, LAST))
    assert periods[0].start == calendar.start
    assert periods[-1].start <= LAST < periods[-1].end
    for period, after in zip(periods, periods[1:], strict=False):
        assert period.end == after.start
        assert period.full_end == after.full_start
        assert period.instants(name)[1] == after.instants(name)[0]
    for period in periods:
        start, end = period.instants(name)
        assert start < end
        assert local_day(start, name) == period.start
        assert local_day(end - timedelta(microseconds=1), name) < period.end
        for day in (period.start, period.end - timedelta(days=1)):
            assert calendar.period_at(day) == period
        assert period.full_start <= period.start < period.end == period.full_end


@few
@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(1, 31), st.integers(1, 13))
def test_boundaries_do_not_drift(start, anchor, count):
    """B-01: each falls on the anchor, or on the last day of a shorter month."""
    calendar = Calendar(start, "month", count, anchor)
    for number in range(30):
        boundary = calendar.boundary(number)
        assert boundary.day == anchor or (boundary + timedelta(days=1)).day == 1
        assert boundary.day <= anchor
    assert calendar.boundary(-1) < start <= calendar.boundary(0)


@few
@given(components("c"), st.integers(0, 80))
def test_days_outside_the_subscription_are_never_charged(part, length):
    """TB-066, B-09"""
    subscription_end = FIRST + timedelta(days=length)
    terms = Terms(Subscription(FIRST, subscription_end), (part,))
    for charge in target(terms, END):
        assert FIRST <= charge.period_start < charge.period_end <= subscription_end
