from odoo import api, fields, models
from odoo.tools import SQL


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
    dimensions_key = fields.Char(required=True, default="")
    day = fields.Date(required=True, help="Local day of the subscription.")
    count = fields.Integer()
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
    def _roll_up(self, keys):
        """Recompute the buckets ``{(tenant id, meter id, day)}`` from their events."""
        if not keys:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO billing_usage_bucket
                       (tenant_id, program_node_id, environment_id, meter_id, dimensions_key, day,
                        count, sum, max, last, seconds_value)
                SELECT tenant_id, max(program_node_id), environment_id, meter_id, dimensions_key,
                       local_day, count(*), COALESCE(sum(value), 0), COALESCE(max(value), 0),
                       COALESCE((array_agg(value ORDER BY occurred_at DESC, id DESC))[1], 0),
                       COALESCE(sum(value * EXTRACT(EPOCH FROM until - occurred_at)), 0)
                  FROM (SELECT e.*, COALESCE(lead(occurred_at) OVER (
                                   PARTITION BY tenant_id, environment_id, meter_id,
                                                dimensions_key, local_day
                                   ORDER BY occurred_at, id), day_end) AS until
                          FROM billing_usage_event e
                         WHERE (tenant_id, meter_id, local_day) IN %s) e
                 GROUP BY tenant_id, environment_id, meter_id, dimensions_key, local_day
                ON CONFLICT (tenant_id, meter_id, day, COALESCE(environment_id, 0), dimensions_key)
                DO UPDATE SET count = EXCLUDED.count, sum = EXCLUDED.sum, max = EXCLUDED.max,
                              last = EXCLUDED.last, seconds_value = EXCLUDED.seconds_value
                """,
                tuple(keys),
            )
        )
        self.invalidate_model()
