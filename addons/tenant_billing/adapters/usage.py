"""Usage for the engine: days where they are enough, events where they are not (DESIGN 4.6, 7)."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from ..engine.dimensions import matches
from ..engine.usage import LEVELS, UsageEvent
from ..engine.usage_days import Day, by_day, day_events, total
from ..engine.zones import UTC

BEGINNING = date(1970, 1, 1)
A_DAY = timedelta(days=1)


@dataclass
class Stream:
    """Usage of one meter with one set of dimensions: ``days``, or ``events`` in order of time
    ``(instant, value, label)``, where they were read. ``environment`` is a kind."""

    dimensions: dict
    environment: str | None
    days: list = field(default_factory=list)
    events: list = field(default_factory=list)


def read_usage(env, zones, meters, until, events=False, since=None):
    """Usage before the instant ``until`` (naive UTC), as ``{(tenant id, meter id): [Stream]}``.

    Two queries. Days are used where they are cut at the midnights that rating cuts at, nothing
    waits to be rolled up, and the aggregation allows it.

    :param zones: ``{tenant id: time zones of those who rate it}``
    :param meters: ``billing.meter`` records
    :param events: read events alone, to show or replay them
    :param since: ``{tenant id: local day}``: nothing before it but the level that each stream
        carries into it; default: everything
    """
    if not zones or not meters:
        return {}
    since = since or dict.fromkeys(zones, BEGINNING)
    found = {} if events else _days(env, since, meters, until)
    if events:
        wanted = {(tenant, meter) for tenant in zones for meter in meters.ids}
    else:
        wanted = _waiting(env, zones, meters) | {
            key for key, streams in found.items() if not _days_do(key, streams, zones, meters)
        }
    found.update(_events(env, wanted, until, since))
    return {key: list(streams.values()) for key, streams in found.items()}


def _days(env, since, meters, until):
    rows = env.execute_query(
        SQL(
            """WITH since AS (SELECT * FROM unnest(%s::int[], %s::date[]) AS s(tenant_id, day)),
                    wanted AS (
                        SELECT b.* FROM billing_usage_bucket b JOIN since s USING (tenant_id)
                         WHERE b.meter_id IN %s AND b.day <= %s AND b.day >= s.day
                        UNION ALL
                        (SELECT DISTINCT ON (b.tenant_id, b.meter_id, b.environment_id,
                                             b.dimensions_key) b.*
                           FROM billing_usage_bucket b JOIN since s USING (tenant_id)
                          WHERE b.meter_id IN %s AND b.day < s.day
                          ORDER BY b.tenant_id, b.meter_id, b.environment_id, b.dimensions_key,
                                   b.day DESC))
               SELECT b.tenant_id, b.meter_id, b.environment_id, b.dimensions_key, b.dimensions,
                      e.kind, b.day, b.first_at, b.last_at, b.day_end, b.sum::text, b.max::text,
                      b.last::text, b.seconds_value::text
                 FROM wanted b
                 LEFT JOIN hosting_environment e ON e.id = b.environment_id
                ORDER BY b.day""",
            list(since),
            list(since.values()),
            tuple(meters.ids),
            until.date(),
            tuple(meters.ids),
            to_flush=env["billing.usage.bucket"]._fields["sum"],
        )
    )
    found = defaultdict(dict)
    for tenant, meter, environment, key, dimensions, kind, day, first, last, end, *numbers in rows:
        stream = found[tenant, meter].setdefault((environment, key), Stream(dimensions or {}, kind))
        stream.days.append(
            Day(day, *(each and each.replace(tzinfo=UTC) for each in (first, last, end)),
                *map(Decimal, numbers))
        )  # fmt: skip
    return found


def _waiting(env, zones, meters):
    rows = env.execute_query(
        SQL(
            """SELECT DISTINCT tenant_id, meter_id FROM billing_usage_pending
                WHERE tenant_id IN %s AND meter_id IN %s""",
            tuple(zones),
            tuple(meters.ids),
        )
    )
    return set(rows)


def _days_do(key, streams, zones, meters):
    tenant, meter = key
    if not by_day(meters.browse(meter).aggregation, len(streams)):
        return False
    return all(
        day.first_at and day.is_day_of(zone)
        for stream in streams.values()
        for day in stream.days
        for zone in zones[tenant]
    )


def _events(env, wanted, until, since):
    if not wanted:
        return {}
    # A day early: local days begin up to 14 hours before those of UTC.
    early = {tenant: max(day, BEGINNING + A_DAY) - A_DAY for tenant, day in since.items()}
    # Of two values at one instant the higher one stands, in whatever order they came.
    rows = env.execute_query(
        SQL(
            """WITH since AS (SELECT * FROM unnest(%s::int[], %s::date[]) AS s(tenant_id, day)),
                    wanted AS (
                        SELECT v.* FROM billing_usage_event v JOIN since s USING (tenant_id)
                         WHERE (v.tenant_id, v.meter_id) IN %s AND v.occurred_at < %s
                           AND v.occurred_at >= s.day
                        UNION ALL
                        (SELECT DISTINCT ON (v.tenant_id, v.meter_id, v.environment_id,
                                             v.dimensions_key) v.*
                           FROM billing_usage_event v JOIN since s USING (tenant_id)
                          WHERE (v.tenant_id, v.meter_id) IN %s AND v.occurred_at < s.day
                          ORDER BY v.tenant_id, v.meter_id, v.environment_id, v.dimensions_key,
                                   v.occurred_at DESC, v.value DESC, v.id DESC))
               SELECT v.tenant_id, v.meter_id, v.environment_id, v.dimensions_key, v.dimensions,
                      e.kind, v.occurred_at, v.value::text, v.label
                 FROM wanted v
                 LEFT JOIN hosting_environment e ON e.id = v.environment_id
                ORDER BY v.occurred_at, v.value, v.id""",
            list(early),
            list(early.values()),
            tuple(wanted),
            until,
            tuple(wanted),
            to_flush=env["billing.usage.event"]._fields["value"],
        )
    )
    found = defaultdict(dict)
    for tenant, meter, environment, key, dimensions, kind, at, value, label in rows:
        stream = found[tenant, meter].setdefault((environment, key), Stream(dimensions or {}, kind))
        stream.events.append((at.replace(tzinfo=UTC), value, label))
    return found


def component_events(code, aggregation, wanted, streams):
    """The engine's events of one component: the streams that its filter takes, levels added up."""
    chosen = [one for one in streams if matches(wanted, one.dimensions, one.environment)]
    read = [_stream_events(code, aggregation, stream) for stream in chosen]
    if aggregation in LEVELS:
        events = total(read)
    else:
        events = [event for stream in read for event in stream]
    events.sort(key=lambda event: event.at)
    return [replace(event, id=f"{code}/{number:09}") for number, event in enumerate(events)]


def _stream_events(code, aggregation, stream):
    if stream.days:
        return day_events(aggregation, stream.days, code)
    labelled = aggregation == "unique_count"
    return [
        UsageEvent(f"{number:09}", at, label if labelled else Decimal(value), code)
        for number, (at, value, label) in enumerate(stream.events)
        if (label if labelled else value) is not None
    ]
