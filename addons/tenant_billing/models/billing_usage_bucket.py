from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.zones import UTC, local_day, midnight


class BillingUsageBucket(models.Model):
    """A day's usage of a tenant, rolled up from its events."""

    _name = "billing.usage.bucket"
    _description = "Usage of a day"
    _order = "day desc, tenant_id, meter_id"
    _log_access = False

    tenant_id = fields.Many2one("hosting.tenant", required=True, index=True, ondelete="restrict")
    program_node_id = fields.Many2one("program.partner", index=True, ondelete="restrict")
    environment_id = fields.Many2one("hosting.environment", ondelete="restrict")
    meter_id = fields.Many2one("billing.meter", required=True, ondelete="restrict")
    dimensions_key = fields.Char(string="Dimensions", required=True, default="")
    dimensions = fields.Json(string="Dimensions by name")
    day = fields.Date(required=True, help="Local day of the subscription.")
    day_end = fields.Datetime(help="Instant at which the day is over.")
    first_at = fields.Datetime()
    last_at = fields.Datetime()
    count = fields.Integer(string="Events")
    distinct_count = fields.Integer(string="Different values", aggregator=None)
    sum = fields.Float(digits=(24, 9))
    max = fields.Float(digits=(24, 9), aggregator="max")
    last = fields.Float(digits=(24, 9), aggregator=None)
    seconds_value = fields.Float(
        string="Seconds × value",
        digits=(24, 9),
        help="From the first event of the day to its end.",
    )

    _uniq = models.UniqueIndex(
        "(tenant_id, meter_id, day, COALESCE(environment_id, 0), dimensions_key)"
    )

    @api.model
    def _cron(self):
        """Roll up what came in, batch by batch, then cut days anew where a zone changed."""
        progress = self.env["ir.cron"]._commit_progress
        Pending = self.env["billing.usage.pending"]
        while done := self._roll_up_pending():
            left = Pending.search_count([])
            if not progress(done, remaining=left):
                return
        self._cut_anew()

    @api.model
    def _roll_up_pending(self, limit=2000):
        """Recompute the days that wait; returns how many rows of waiting were dealt with.

        Events and the note that they wait are written together, so whatever this transaction
        does not see yet leaves a note for the next one.
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM billing_usage_pending WHERE id IN (
                    SELECT id FROM billing_usage_pending ORDER BY id LIMIT %s)
                RETURNING tenant_id, meter_id, day
                """,
                limit,
            )
        )
        self._roll_up(set(rows))
        return len(rows)

    @api.model
    def _cut_anew(self, limit=50):
        """Give tenants whose subscription began in another time zone the days of that zone."""
        self.env["hosting.tenant"].flush_model(["usage_timezone"])
        self.env["billing.subscription"].flush_model(["tenant_id", "state", "timezone"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT tenant_id, timezone
                  FROM (SELECT DISTINCT ON (tenant_id) tenant_id, timezone
                          FROM billing_subscription
                         WHERE state <> 'draft' AND tenant_id IS NOT NULL
                         ORDER BY tenant_id, id DESC) s
                  JOIN hosting_tenant t ON t.id = s.tenant_id
                 WHERE t.usage_timezone <> s.timezone
                 LIMIT %s
                """,
                limit,
            )
        )
        for tenant_id, timezone in rows:
            self._cut_tenant(self.env["hosting.tenant"].browse(tenant_id), timezone)
        return len(rows)

    def _cut_tenant(self, tenant, timezone):
        ((first, last),) = self.env.execute_query(
            SQL(
                """SELECT min(occurred_at), max(occurred_at) FROM billing_usage_event
                    WHERE tenant_id = %s""",
                tenant.id,
            )
        )
        if first:
            day = local_day(first.replace(tzinfo=UTC), timezone)
            end = local_day(last.replace(tzinfo=UTC), timezone)
            days = [day + timedelta(days=number) for number in range((end - day).days + 1)]
            cuts = [
                (one, midnight(one, timezone), midnight(one + timedelta(days=1), timezone))
                for one in days
            ]
            self._cut_events(tenant, cuts)
        # Safe: a stored detail of the system.
        tenant.sudo().usage_timezone = timezone

    def _cut_events(self, tenant, cuts):
        values = SQL(", ").join(
            SQL("(%s::date, %s::timestamp, %s::timestamp)", day, start.replace(tzinfo=None),
                end.replace(tzinfo=None))
            for day, start, end in cuts
        )  # fmt: skip
        self.env.cr.execute(
            SQL(
                """
                UPDATE billing_usage_event e SET local_day = d.day, day_end = d.day_end
                  FROM (VALUES %s) d (day, day_start, day_end)
                 WHERE e.tenant_id = %s AND e.occurred_at >= d.day_start
                   AND e.occurred_at < d.day_end
                   AND (e.local_day <> d.day OR e.day_end <> d.day_end)
                """,
                values,
                tenant.id,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM billing_usage_bucket WHERE tenant_id = %s", tenant.id))
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT tenant_id, meter_id, local_day FROM billing_usage_event
                    WHERE tenant_id = %s""",
                tenant.id,
            )
        )
        self._roll_up(set(self.env.cr.fetchall()))

    @api.model
    def _roll_up(self, keys):
        """Recompute the buckets ``{(tenant id, meter id, day)}`` from their events."""
        if not keys:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO billing_usage_bucket
                       (tenant_id, program_node_id, environment_id, meter_id, dimensions_key,
                        dimensions, day, day_end, first_at, last_at, count, distinct_count, sum,
                        max, last, seconds_value)
                SELECT tenant_id, max(program_node_id), environment_id, meter_id, dimensions_key,
                       (array_agg(dimensions))[1], local_day, max(day_end), min(occurred_at),
                       max(occurred_at), count(*), count(DISTINCT label), COALESCE(sum(value), 0),
                       COALESCE(max(value), 0),
                       COALESCE((array_agg(value ORDER BY occurred_at DESC, value DESC))[1], 0),
                       COALESCE(sum(value * EXTRACT(EPOCH FROM until - occurred_at)), 0)
                  FROM (SELECT e.*, COALESCE(lead(occurred_at) OVER (
                                   PARTITION BY tenant_id, environment_id, meter_id,
                                                dimensions_key, local_day
                                   ORDER BY occurred_at, value, id), day_end) AS until
                          FROM billing_usage_event e
                         WHERE (tenant_id, meter_id, local_day) IN (
                               SELECT * FROM unnest(%s::int[], %s::int[], %s::date[]))) e
                 GROUP BY tenant_id, environment_id, meter_id, dimensions_key, local_day
                ON CONFLICT (tenant_id, meter_id, day, COALESCE(environment_id, 0), dimensions_key)
                DO UPDATE SET count = EXCLUDED.count, distinct_count = EXCLUDED.distinct_count,
                              sum = EXCLUDED.sum, max = EXCLUDED.max, last = EXCLUDED.last,
                              seconds_value = EXCLUDED.seconds_value,
                              first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at,
                              day_end = EXCLUDED.day_end
                """,
                *map(list, zip(*keys, strict=True)),
            )
        )
        self.invalidate_model()
