"""Reported usage: what its names mean for the current user, and its rows (DESIGN 4.6)."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo.tools import SQL

from ..engine.cloudevents import Rejected
from ..engine.zones import local_day, midnight


@dataclass
class Directory:
    """What names in reports mean: tenants by usage id and reference (several where it is not
    theirs alone), meters by code, environments by (tenant id, kind or name), time zones."""

    tenants: dict
    meters: dict
    environments: dict
    zones: dict

    def row(self, report):
        """The report with what it names.

        :raises Rejected:
        """
        tenant, meter = self.tenants.get(report.tenant), self.meters.get(report.meter)
        if not tenant or len(tenant) != 1:
            raise Rejected("usage_tenant", "data.tenant")
        if not meter:
            raise Rejected("usage_meter", "data.meter")
        if meter.aggregation != "unique_count" and report.value is None:
            raise Rejected("usage_not_number", "data.value")
        environment = self.environments.get((tenant.id, report.environment))
        if report.environment and not environment:
            raise Rejected("usage_environment", "data.environment")
        zone = self.zones.get(tenant.id, "UTC")
        day = local_day(report.at, zone)
        return {
            "report": report,
            "tenant": tenant,
            "meter": meter,
            "environment": environment,
            "day": day,
            "day_end": midnight(day + timedelta(days=1), zone),
        }


def read_directory(env, reports):
    """The directory of what the current user may report among the names of ``reports``."""
    names = list({report.tenant for report in reports})
    found = env["hosting.tenant"].search(
        ["|", ("usage_uuid", "in", names), ("reference", "in", names)]
    )
    tenants = defaultdict(env["hosting.tenant"].browse)
    allowed = found._may_report_usage()
    for tenant in allowed:
        tenants[tenant.reference] |= tenant
    for tenant in allowed:
        tenants[tenant.usage_uuid] = tenant
    # Safe: environments of tenants that the user was just found to report.
    environments = env["hosting.environment"].sudo().search([("tenant_id", "in", allowed.ids)])
    return Directory(
        tenants=dict(tenants),
        meters={meter.code: meter for meter in env["billing.meter"].search([])},
        environments=_environments(environments),
        zones=zones(env, allowed.ids),
    )


def _environments(environments):
    """Ids by (tenant id, name), and by kind where the tenant has one of it."""
    of_kind = environments.grouped(lambda each: (each.tenant_id.id, each.kind))
    found = {key: those.id for key, those in of_kind.items() if len(those) == 1}
    return found | {(each.tenant_id.id, each.name): each.id for each in environments}


def zones(env, tenant_ids):
    """Time zone of each tenant's newest subscription that has begun."""
    # Safe: the time zone of tenants in reach.
    found = env["billing.subscription"].sudo().search(
        [("tenant_id", "in", tenant_ids), ("state", "!=", "draft")], order="id"
    )  # fmt: skip
    return {one.tenant_id.id: one.timezone for one in found}


def known_digests(env, reporter, rows):
    """Digests of the reports that were taken before, by (source, id)."""
    if not rows:
        return {}
    sources, idents = zip(*((row["report"].source, row["report"].id) for row in rows), strict=True)
    found = env.execute_query(
        SQL(
            """SELECT source, event_id, payload_hash FROM billing_usage_key
                WHERE reporter_id = %s AND (source, event_id) IN (
                      SELECT * FROM unnest(%s::varchar[], %s::varchar[]))""",
            reporter.id,
            list(sources),
            list(idents),
        )
    )
    return {(source, ident): digest for source, ident, digest in found}


def insert(env, reporter, rows):
    """Keys, events, and what is to be rolled up.

    :raises UniqueViolation: somebody else reported one of them since the transaction began
    """
    values = SQL(", ").join(
        SQL(
            "(%s, %s, %s, %s::int, %s::int, %s::int, %s::int, %s::jsonb, %s, %s::timestamp, "
            "%s::date, %s::timestamp, %s::numeric, %s)",
            row["report"].source,
            row["report"].id,
            row["report"].digest,
            row["tenant"].id,
            row["tenant"].program_node_id.id,
            row["environment"],
            row["meter"].id,
            json.dumps(row["report"].dimensions) if row["report"].dimensions else None,
            row["report"].dimensions_key,
            row["report"].at.replace(tzinfo=None),
            row["day"],
            row["day_end"].replace(tzinfo=None),
            row["report"].value,
            row["report"].label,
        )
        for row in rows
    )
    env.cr.execute(
        SQL(
            """
            WITH data (source, event_id, payload_hash, tenant_id, program_node_id,
                       environment_id, meter_id, dimensions, dimensions_key, occurred_at,
                       local_day, day_end, value, label) AS (VALUES %s),
            key AS (
                INSERT INTO billing_usage_key
                       (reporter_id, source, event_id, payload_hash, create_uid, create_date)
                SELECT %s, source, event_id, payload_hash, %s, now() AT TIME ZONE 'UTC'
                  FROM data RETURNING id, source, event_id),
            pending AS (
                INSERT INTO billing_usage_pending (tenant_id, meter_id, day)
                SELECT DISTINCT tenant_id, meter_id, local_day FROM data)
            INSERT INTO billing_usage_event
                   (key_id, tenant_id, program_node_id, environment_id, meter_id, dimensions,
                    dimensions_key, occurred_at, local_day, day_end, value, label,
                    create_uid, create_date)
            SELECT key.id, tenant_id, program_node_id, environment_id, meter_id, dimensions,
                   dimensions_key, occurred_at, local_day, day_end, value, label,
                   %s, now() AT TIME ZONE 'UTC'
              FROM data JOIN key USING (source, event_id)
            """,
            values,
            reporter.id,
            env.uid,
            env.uid,
        )
    )
