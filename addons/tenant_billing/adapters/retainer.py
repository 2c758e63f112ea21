"""From subscriptions and hours entered to the engine's retainer accounts (TB-022)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..engine.changes import standing
from ..engine.charges import prorated
from ..engine.money import exact, round_money
from ..engine.periods import Calendar
from ..engine.retainer import Entry, Grant, Rule, account
from ..engine.usage import UsageEvent
from ..engine.zones import midnight
from .prices import decimal

# Hours are kept to the hundredth.
PLACES = 2


@dataclass(frozen=True)
class Service:
    """When a retainer's hours are granted: ``versions`` of its component in the order in which
    they were added, ``pauses``, and the first day without it, None for none."""

    versions: tuple
    pauses: tuple
    until: object


def read_retained(subscriptions):
    """Hours that stand, by subscription id; an entry that was reversed is none."""
    found = defaultdict(list)
    for entry in subscriptions.env["billing.retainer.entry"].search(
        [("subscription_id", "in", subscriptions.ids), ("is_void", "=", False)], order="date, id"
    ):
        found[entry.subscription_id.id].append(Entry(entry.id, entry.date, decimal(entry.hours)))
    return found


def retainer_account(subscription, component, service, hours, last):
    """The engine's account of one retainer component, up to the period that holds ``last``."""
    rule = Rule(
        component.retainer_carry,
        decimal(component.retainer_cap),
        component.retainer_periods or None,
    )
    return account(_grants(subscription, component, service, last), hours, rule)


def _grants(subscription, component, service, last):
    calendar = Calendar(
        subscription.start_date,
        subscription.interval,
        subscription.interval_count,
        subscription.anchor_day or None,
    )
    ends = [day for day in (service.until, subscription.end_date) if day]
    stop = min(ends, default=None)
    for period in calendar.periods(subscription.start_date, last):
        if stop and period.start >= stop:
            return
        end = min(period.end, stop) if stop else period.end
        now = standing(service.versions, component.code, period.start)
        paused = any(
            first <= period.start and (not until or period.start < until)
            for first, until in service.pauses
        )
        hours = Decimal(0)
        if now and not now.ends and not paused:
            with exact():
                full = now.quantity * decimal(component.retainer_hours)
                days = (end - period.start).days
                hours = round_money(prorated(full, days, period.full_days), PLACES)
        yield Grant(period.start, end, hours)


def overage_events(subscription, component, service, hours):
    """Hours beyond the retainer as usage of ``component``, the metered one that prices them."""
    if not hours:
        return []
    source = component.overage_of_id
    last = max(max(entry.day for entry in hours), subscription.start_date)
    found = retainer_account(subscription, source, service, hours, last)
    return [
        UsageEvent(
            f"{component.code}/{entry.id:012}",
            midnight(entry.day, subscription.timezone),
            beyond,
            component.code,
        )
        for entry, beyond in found.overage
    ]
