"""Daily usage for the forecast of capacity."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo.tools import SQL

from ..engine.capacity import WINDOW_DAYS, filled
from ..engine.usage import LEVELS
from .prices import decimal

__all__ = ["decimal", "read_daily"]


def read_daily(capacities, today):
    """``{(tenant id, meter id): [(day, value)]}`` of the days that a forecast looks at.

    Of levels: the highest of each day, environments and dimensions added up, held over days
    without a report, and from before the window on. Of counts: the sum of each day that is over,
    0 where nothing was reported.
    """
    env = capacities.env
    if not capacities:
        return {}
    levels = {meter.id for meter in capacities.meter_id if meter.aggregation in LEVELS}
    rows = env.execute_query(
        SQL(
            """SELECT tenant_id, meter_id, COALESCE(environment_id, 0), dimensions_key, day,
                      max::text, last::text, sum::text
                 FROM billing_usage_bucket
                WHERE (tenant_id, meter_id) IN %s AND day > %s AND day <= %s
                ORDER BY day""",
            tuple({(one.tenant_id.id, one.meter_id.id) for one in capacities}),
            today - timedelta(days=WINDOW_DAYS),
            today,
            to_flush=env["billing.usage.bucket"]._fields["max"],
        )
    )
    streams = defaultdict(dict)
    for tenant, meter, environment, key, last in _before(capacities, today, levels):
        first = today - timedelta(days=WINDOW_DAYS - 1)
        streams[tenant, meter, environment, key][first] = Decimal(last)
    for tenant, meter, environment, key, day, most, last, total in rows:
        points = streams[tenant, meter, environment, key]
        if meter in levels:
            points[day] = Decimal(most)
            # What the day ended with holds from the next day on, until that is reported.
            points[day + timedelta(days=1)] = Decimal(last)
        elif day < today:
            points[day] = Decimal(total)
    totals = defaultdict(lambda: defaultdict(Decimal))
    wanted = {(one.tenant_id.id, one.meter_id.id) for one in capacities}
    for (tenant, meter, _environment, _key), points in streams.items():
        if (tenant, meter) not in wanted:
            continue
        points = dict(filled(points, today)) if meter in levels else points
        for day, value in points.items():
            totals[tenant, meter][day] += value
    for (_tenant, meter), points in totals.items():
        if meter not in levels:
            day = min(points)
            while day < today:
                points.setdefault(day, Decimal(0))
                day += timedelta(days=1)
    return {key: sorted(points.items()) for key, points in totals.items()}


def _before(capacities, today, levels):
    """The last level of each stream before the window: it holds until the next report."""
    if not levels:
        return []
    return capacities.env.execute_query(
        SQL(
            """SELECT DISTINCT ON (tenant_id, meter_id, COALESCE(environment_id, 0), dimensions_key)
                      tenant_id, meter_id, COALESCE(environment_id, 0), dimensions_key, last::text
                 FROM billing_usage_bucket
                WHERE tenant_id IN %s AND meter_id IN %s AND day <= %s
                ORDER BY tenant_id, meter_id, COALESCE(environment_id, 0), dimensions_key, day DESC
            """,
            tuple(capacities.tenant_id.ids),
            tuple(levels),
            today - timedelta(days=WINDOW_DAYS),
        )
    )
