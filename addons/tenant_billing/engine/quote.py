"""What a quote would charge: the invoices to come, by the target of the billing run (TB-070)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charges import Charge
from .money import ZERO, exact, round_money
from .periods import Calendar, Period
from .rating import target
from .terms import Component, Free, Terms
from .usage import COUNTS, UsageEvent
from .zones import midnight


@dataclass(frozen=True, slots=True)
class Invoice:
    """What is due on one day; ``by_component`` sums its charges by code."""

    day: date
    charges: tuple[Charge, ...]

    @property
    def amount(self) -> Decimal:
        with exact():
            return sum((charge.amount for charge in self.charges), ZERO)

    @property
    def by_component(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(lambda: ZERO)
        with exact():
            for charge in self.charges:
                found[charge.component] += charge.amount
        return dict(found)


def horizon(calendar: Calendar, periods: int) -> date:
    """The day on which the last of the first ``periods`` full periods has ended."""
    return calendar.boundary(periods)


def invoices(terms: Terms, until: date) -> tuple[Invoice, ...]:
    """Everything due up to and including ``until``, a day each.

    Raises ``BillingError`` as `target` does.
    """
    days: dict[date, list[Charge]] = {}
    for charge in target(terms, until):
        days.setdefault(charge.due, []).append(charge)
    return tuple(Invoice(day, tuple(charges)) for day, charges in sorted(days.items()))


def expected_usage(
    component: Component,
    quantity: Decimal,
    calendar: Calendar,
    timezone: str,
    until: date,
    free: Iterable[Free] = (),
) -> Iterator[UsageEvent]:
    """Events that measure ``quantity`` in each full period up to ``until``.

    A level holds from the first day on. A count comes in each period, of a period that is cut
    or partly free its share by days, so that a trial costs nothing and takes nothing.
    """
    if not quantity:
        return
    if component.aggregation not in COUNTS:
        at = midnight(calendar.start, timezone)
        yield UsageEvent(f"{component.code}-0", at, quantity, component.code)
        return
    ends = {span.until for span in free if span.until}
    for period in calendar.periods(calendar.start, until):
        for first, last in _parts(period, ends):
            with exact():
                share = round_money(quantity * (last - first).days / period.full_days, 6)
            at = midnight(first, timezone)
            yield UsageEvent(f"{component.code}-{first}", at, share, component.code)


def _parts(period: Period, cuts: Iterable[date]) -> Iterator[tuple[date, date]]:
    days = sorted({period.start, period.end, *(d for d in cuts if period.start < d < period.end)})
    yield from zip(days, days[1:], strict=False)
