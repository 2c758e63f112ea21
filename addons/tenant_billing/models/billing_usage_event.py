import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..engine import cloudevents
from ..engine.zones import local_day, midnight

BACK = timedelta(days=400)
AHEAD = timedelta(minutes=10)


class BillingUsageEvent(models.Model):
    """A measurement on a tenant. Rows come in through `_ingest` alone."""

    _name = "billing.usage.event"
    _description = "Usage event"
    _order = "occurred_at desc, id desc"

    key_id = fields.Many2one("billing.usage.key", required=True, ondelete="restrict")
    tenant_id = fields.Many2one("hosting.tenant", required=True, ondelete="restrict")
    program_node_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    environment_id = fields.Many2one("hosting.environment", ondelete="restrict")
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    dimensions = fields.Json()
    dimensions_key = fields.Char(required=True, default="")
    occurred_at = fields.Datetime(required=True)
    local_day = fields.Date(required=True)
    day_end = fields.Datetime(required=True)
    value = fields.Float(digits=(24, 9))
    label = fields.Char(help="Where different values count: the value.")

    _by_tenant = models.Index("(tenant_id, meter_id, local_day)")
    _by_time = models.Index("(tenant_id, occurred_at)")

    @api.model
    def _ingest(self, events):
        """Take decoded CloudEvents for the current user, who must reach their tenants.

        :return: one ``{"id", "status", "error"}`` each; status is accepted, duplicate, conflict
            or rejected
        """
        now = datetime.now(UTC)
        ahead = timedelta(days=3660) if self.env["billing.run"]._future_allowed() else AHEAD
        answers, reports = [], []
        for event in events:
            answer = {"id": cloudevents.identity(event), "status": "accepted", "error": None}
            answers.append(answer)
            try:
                reports.append((answer, cloudevents.read(event, now, ahead, BACK)))
            except cloudevents.Rejected as error:
                answer.update(status="rejected", error=str(error))
        self._take(self._resolve(reports))
        return answers

    def _resolve(self, reports):
        """Rows for the reports whose tenant and meter the user reaches."""
        names = {report.tenant for _, report in reports}
        tenants = defaultdict(self.env["hosting.tenant"].browse)
        found = self.env["hosting.tenant"].search(
            ["|", ("usage_uuid", "in", list(names)), ("reference", "in", list(names))]
        )
        # What is reported is billed: to see a tenant is not enough.
        for tenant in found._filtered_access("write"):
            tenants[tenant.reference] |= tenant
            tenants[tenant.usage_uuid] = tenant
        meters = {meter.code: meter for meter in self.env["billing.meter"].search([])}
        # Safe: environments and zones of tenants that the user was just found to reach.
        environments = {
            (each.tenant_id.id, name): each.id
            for each in self.env["hosting.environment"]
            .sudo()
            .search(
                [("tenant_id", "in", [tenant.id for each in tenants.values() for tenant in each])]
            )
            for name in (each.kind, each.name)
        }
        zones = self._zones([tenant.id for each in tenants.values() for tenant in each])
        rows = []
        for answer, report in reports:
            tenant, meter = tenants.get(report.tenant), meters.get(report.meter)
            error = None
            if not tenant or len(tenant) != 1:
                error = "data.tenant names no tenant that this key may report"
            elif not meter:
                error = "data.meter names no meter"
            elif (meter.aggregation != "unique_count") and report.value is None:
                error = "data.value must be a number"
            elif report.environment and (tenant.id, report.environment) not in environments:
                error = "data.environment names no environment of the tenant"
            if error:
                answer.update(status="rejected", error=error)
                continue
            zone = zones.get(tenant.id, "UTC")
            day = local_day(report.at, zone)
            rows.append(
                {
                    "answer": answer,
                    "report": report,
                    "tenant": tenant,
                    "meter": meter,
                    "environment": environments.get((tenant.id, report.environment)),
                    "day": day,
                    "day_end": midnight(day + timedelta(days=1), zone),
                }
            )
        return rows

    @api.model
    def _zones(self, tenant_ids):
        # Safe: the time zone of tenants in reach.
        groups = (
            self.env["billing.subscription"]
            .sudo()
            .search([("tenant_id", "in", tenant_ids), ("state", "!=", "draft")], order="id")
        )
        return {each.tenant_id.id: each.timezone for each in groups}

    def _take(self, rows):
        """Insert what is new; tell repeats from conflicts."""
        # Safe: the root stands for the system itself.
        reporter = (
            self.env["program.node.mixin"]._default_program_node()
            or self.env["program.partner"].sudo()._root()
        )
        known = self._known(reporter, rows)
        fresh = []
        for row in rows:
            report = row["report"]
            digest = known.setdefault((report.source, report.id), None)
            if digest is None:
                known[report.source, report.id] = report.digest
                fresh.append(row)
            else:
                row["answer"]["status"] = "duplicate" if digest == report.digest else "conflict"
                if digest != report.digest:
                    row["answer"]["error"] = "this id was reported with another payload"
        if not fresh:
            return
        try:
            with self.env.cr.savepoint():
                self._insert(reporter, fresh)
        except UniqueViolation as error:
            # Somebody else reported one of them since this transaction began and cannot be seen
            # from here: the whole request is done again, and then tells repeat from conflict.
            raise ConcurrencyError("usage reported twice at one time") from error
        self.env["billing.usage.bucket"]._roll_up(
            {(row["tenant"].id, row["meter"].id, row["day"]) for row in fresh}
        )

    def _known(self, reporter, rows):
        idents = tuple({(row["report"].source, row["report"].id) for row in rows})
        if not idents:
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT source, event_id, payload_hash FROM billing_usage_key
                    WHERE reporter_id = %s AND (source, event_id) IN %s""",
                reporter.id,
                idents,
            )
        )
        return {(source, ident): digest for source, ident, digest in found}

    def _insert(self, reporter, rows):
        """Keys and events in one statement."""
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s::int, %s::int, %s::int, %s::int, %s::jsonb, %s, %s::timestamp, "
                "%s::date, %s::timestamp, %s::numeric, %s)",
                row["report"].source,
                row["report"].id,
                row["report"].digest,
                row["tenant"].id,
                row["tenant"].sudo().program_node_id.id,
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
        self.env.cr.execute(
            SQL(
                """
                WITH data (source, event_id, payload_hash, tenant_id, program_node_id,
                           environment_id, meter_id, dimensions, dimensions_key, occurred_at,
                           local_day, day_end, value, label) AS (VALUES %s),
                key AS (
                    INSERT INTO billing_usage_key
                           (reporter_id, source, event_id, payload_hash, create_uid, create_date)
                    SELECT %s, source, event_id, payload_hash, %s, now() AT TIME ZONE 'UTC'
                      FROM data RETURNING id, source, event_id)
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
                self.env.uid,
                self.env.uid,
            )
        )
        self.invalidate_model()
