"""Usage of running periods, and what is included in them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ..engine.changes import standing
from ..engine.usage import COUNTS, Series
from ..engine.zones import local_day, midnight
from .campaign import own_versions, read_deferred
from .facts import read_prices, version
from .prices import decimal
from .terms import version_on
from .usage import component_events, read_usage


@dataclass(frozen=True)
class Use:
    """What a tenant used of a meter in the period from ``start``, and what its customer has
    included."""

    quantity: Decimal
    included: Decimal
    start: date
    timezone: str


def read_uses(thresholds, now):
    """``{(tenant id, meter id): Use}`` of tenants whose subscription runs at ``now`` (aware)."""
    env = thresholds.env
    running = env["billing.subscription"].search(
        [("tenant_id", "in", thresholds.tenant_id.ids), ("state", "in", ("active", "suspended"))],
        order="id",
    )
    today = {one: local_day(now, one.timezone) for one in running}
    by_tenant = {one.tenant_id.id: one for one in running if one.start_date <= today[one]}
    starts = {
        tenant_id: one._calendar().period_at(today[one]).start
        for tenant_id, one in by_tenant.items()
    }
    zones = {tenant_id: {one.timezone} for tenant_id, one in by_tenant.items()}
    usage = read_usage(env, zones, thresholds.meter_id, datetime.max, since=starts)
    included = _included(running, today)
    found = {}
    for tenant, meter in {(one.tenant_id, one.meter_id) for one in thresholds}:
        one = by_tenant.get(tenant.id)
        if not one:
            continue
        start = starts[tenant.id]
        tomorrow = today[one] + timedelta(days=1)
        bounds = midnight(start, one.timezone), midnight(tomorrow, one.timezone)
        streams = usage.get((tenant.id, meter.id), ())
        series = Series(component_events(meter.code, meter.aggregation, {}, streams))
        quantity = (
            series.counts(meter.aggregation, bounds)[0]
            if meter.aggregation in COUNTS
            else series.level(meter.aggregation, *bounds)
        )
        found[tenant.id, meter.id] = Use(
            quantity, included.get((one.id, meter.id), Decimal(0)), start, one.timezone
        )
    return found


def _included(subscriptions, days):
    """What the contract with the customer includes, by (subscription id, meter id).

    :param days: today, by subscription
    """
    legs = subscriptions.env["billing.leg"].search(
        [("subscription_id", "in", subscriptions.ids), ("customer_id", "!=", False)]
    )
    prices = read_prices(legs.price_book_id)
    deferred = read_deferred(legs, prices)
    found = defaultdict(Decimal)
    for leg in legs:
        one = leg.subscription_id
        today = days[one]
        if leg.date_from > today or (leg.date_until and leg.date_until <= today):
            continue
        known = [version(item) for item in one.item_ids.sorted("id")]
        for component in one.item_ids.component_id.filtered("meter_id"):
            there = standing(known, component.code, today)
            versions = prices.get((leg.price_book_id.id, component.code))
            if there and not there.ends and versions:
                price = version_on(own_versions(versions, deferred.get(leg.id)), today)
                found[one.id, component.meter_id.id] += decimal(price.included)
    return found
