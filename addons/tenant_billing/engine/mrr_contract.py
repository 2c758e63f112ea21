"""What a contract is worth per month on a day (TB-059); ``mrr`` says what that figure is made of
and names what moves it."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from .money import ONE, ZERO, exact, round_money
from .periods import Calendar
from .terms import LegWindow, Subscription, Terms
from .timeline import State, Timeline, span_of

# 365.25 days a year are 30.4375 days a month.
_MONTH = Decimal("30.4375")
_MONTHS = {"month": ONE, "year": Decimal(12), "day": 1 / _MONTH, "week": 7 / _MONTH}


def months_a_period(subscription: Subscription | Calendar) -> Decimal:
    """Months in one full period: 12 of a yearly plan, less than one of days and weeks."""
    with exact():
        return _MONTHS[subscription.interval] * subscription.interval_count


@dataclass(frozen=True)
class Contract:
    """A leg as its seller counts it. ``account`` is what the seller has or loses as one.
    ``net`` is the share of a price that is no tax, ``rate`` and ``company_places`` are of the
    seller's own currency."""

    leg: Hashable
    seller: Hashable
    account: Hashable
    subscription: Hashable
    terms: Terms
    window: LegWindow = LegWindow()
    rate: Decimal = ONE
    company_places: int = 2
    net: Decimal = ONE

    @cached_property
    def first(self) -> date:
        return max(self.terms.subscription.start, self.window.start or date.min)

    @cached_property
    def stop(self) -> date:
        return min(self._served_until, self.window.until or date.max)

    @cached_property
    def _served_until(self) -> date:
        """First day on which nobody serves the subscription."""
        ends = [each.at for each in self.terms.changes if each.end and each.component is None]
        return min([self.terms.subscription.end or date.max, *ends])

    @property
    def handed_over(self) -> bool:
        """It stops because another contract takes its place."""
        return self.stop < self._served_until

    @property
    def taken_over(self) -> bool:
        """It began in place of another one."""
        return self.first > self.terms.subscription.start

    def follows(self, other: "Contract") -> bool:
        """It took the place of ``other``, of the same seller."""
        return (
            other.handed_over
            and other.subscription == self.subscription
            and other.stop <= self.first
            and other.terms.currency == self.terms.currency
        )

    @cached_property
    def _parts(self) -> tuple[tuple[Timeline, date, date], ...]:
        """Timeline, first day and stop of each recurring component."""
        terms, found = self.terms, []
        for component in terms.components:
            if component.kind != "recurring" or component.commitment:
                continue
            known = [each for each in terms.changes if each.component in (None, component.code)]
            ends = [each for each in known if each.end]
            changes = [each for each in known if each.component]
            timeline = Timeline(component, changes, terms.free, terms.discounts)
            window = LegWindow(self.window.start, self.window.until)
            span = span_of(component, terms.subscription, ends, date.max, window)
            found.append((timeline, span.first, span.stop))
        return tuple(found)

    def states(self, day: date) -> tuple[State | None, ...]:
        """The state of each recurring component on a day, None where it is not there."""
        return tuple(
            timeline.at(day) if first <= day < stop else None
            for timeline, first, stop in self._parts
        )

    def days(self, until: date) -> set[date]:
        """Days up to and including ``until`` on which the figure may move."""
        days = {self.first, self.stop}
        for timeline, first, stop in self._parts:
            days.update((first, stop), timeline.days)
        return {day for day in days if self.first <= day <= min(self.stop, until)}

    def rounded(self, rate: Decimal) -> Decimal:
        """MRR of a cost per period."""
        with exact():
            monthly = rate * self.net / months_a_period(self.terms.subscription)
        return round_money(monthly, self.terms.decimal_places)

    def in_company(self, amount: Decimal) -> Decimal:
        with exact():
            return round_money(amount * self.rate, self.company_places)


def mrr(contract: Contract, day: date) -> Decimal:
    """MRR of a contract on a day, rounded to its currency; 0 before and after it."""
    if not contract.first <= day < contract.stop:
        return ZERO
    with exact():
        return contract.rounded(sum((cost(each) for each in contract.states(day)), ZERO))


def cost(state: State | None) -> Decimal:
    return state.rate if state else ZERO
