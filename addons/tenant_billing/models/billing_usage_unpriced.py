from odoo import fields, models
from odoo.tools import SQL


class BillingUsageUnpriced(models.Model):
    """Usage that no running component prices, by month: kept, and shown here (DESIGN 4.6)."""

    _name = "billing.usage.unpriced"
    _description = "Usage without a price"
    _auto = False
    _order = "month desc, tenant_id, meter_id"

    _depends = {
        "billing.usage.bucket": ["tenant_id", "meter_id", "day", "sum", "max", "count"],
        "billing.subscription": ["tenant_id", "state", "start_date", "end_date", "ended_on"],
        "billing.subscription.item": ["component_id", "valid_from", "ends"],
        "billing.plan.component": ["kind", "meter_id", "dimension_values"],
        "hosting.environment": ["kind"],
        "hosting.tenant": ["program_node_id"],
    }

    tenant_id = fields.Many2one("hosting.tenant", readonly=True)
    program_node_id = fields.Many2one("program.partner", string="Programme partner", readonly=True)
    meter_id = fields.Many2one("billing.meter", readonly=True)
    environment_id = fields.Many2one("hosting.environment", readonly=True)
    dimensions_key = fields.Char(string="Dimensions", readonly=True)
    month = fields.Date(readonly=True)
    first_day = fields.Date(readonly=True)
    last_day = fields.Date(readonly=True)
    count = fields.Integer(string="Events", readonly=True)
    sum = fields.Float(digits=(24, 9), readonly=True)
    max = fields.Float(digits=(24, 9), readonly=True, aggregator="max")

    @property
    def _table_query(self):
        """Days that no metered component of a subscription running on that day takes."""
        return SQL(
            """
            SELECT min(b.id) AS id, b.tenant_id, t.program_node_id, b.meter_id, b.environment_id,
                   b.dimensions_key, date_trunc('month', b.day)::date AS month,
                   min(b.day) AS first_day, max(b.day) AS last_day,
                   sum(b.count)::int AS count, sum(b.sum) AS sum, max(b.max) AS max
              FROM billing_usage_bucket b
              JOIN hosting_tenant t ON t.id = b.tenant_id
              LEFT JOIN hosting_environment e ON e.id = b.environment_id
             WHERE NOT EXISTS (
                   SELECT FROM billing_subscription s
                     JOIN billing_subscription_item i ON i.subscription_id = s.id
                     JOIN billing_plan_component c ON c.id = i.component_id
                    WHERE s.tenant_id = b.tenant_id AND s.state <> 'draft'
                      AND s.start_date <= b.day
                      AND COALESCE(s.end_date, 'infinity') > b.day
                      AND COALESCE(s.ended_on, 'infinity') > b.day
                      AND c.kind = 'metered' AND c.meter_id = b.meter_id
                      AND i.valid_from <= b.day
                      AND NOT (
                          SELECT COALESCE(x.ends, FALSE) FROM billing_subscription_item x
                           WHERE x.subscription_id = s.id AND x.component_id = c.id
                             AND x.valid_from <= b.day
                           ORDER BY x.valid_from DESC, x.id DESC LIMIT 1)
                      AND NOT EXISTS (
                          SELECT FROM jsonb_each(c.dimension_values) f
                           WHERE NOT COALESCE(f.value @> to_jsonb(
                               CASE f.key WHEN 'environment' THEN e.kind
                                          ELSE b.dimensions ->> f.key END), FALSE)))
             GROUP BY b.tenant_id, t.program_node_id, b.meter_id, b.environment_id,
                      b.dimensions_key, date_trunc('month', b.day)
            """
        )
