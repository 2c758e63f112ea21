from odoo import fields, models
from odoo.tools import SQL

from .billing_plan_component import STREAMS

# What a master earns, beside what it sells to customers of its own (002: TB-029).
AREAS = [
    ("margin", "Platform margin"),
    ("enablement", "Enablement fees"),
    ("shared", "Shared services"),
    ("operations", "Cloud operations"),
    ("customers", "Own customers"),
]


class BillingStreamReport(models.Model):
    """Revenue, cost and margin of one node by stream and month: what it charged, and what it was
    charged for the same business (TB-020 … TB-029). Nobody reads another node's."""

    _name = "billing.stream.report"
    _description = "Revenue by stream"
    _auto = False
    _order = "month desc, stream"
    _rec_name = "stream"

    _depends = {
        "billing.charge": [
            "seller_id", "buyer_id", "customer_id", "tenant_id", "subscription_id", "currency_id",
            "stream", "component_kind", "due", "amount",
        ],
        "billing.charge.split": ["charge_id", "stream", "amount"],
        "billing.leg": ["subscription_id", "seller_id", "buyer_id"],
    }  # fmt: skip

    program_node_id = fields.Many2one("program.partner", string="Of", readonly=True)
    month = fields.Date(readonly=True)
    area = fields.Selection(AREAS, readonly=True)
    stream = fields.Selection(STREAMS, readonly=True)
    component_kind = fields.Selection(
        [("recurring", "Recurring"), ("metered", "Metered"), ("one_off", "One-off")],
        string="Kind",
        readonly=True,
    )
    buyer_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    customer_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    tenant_id = fields.Many2one("hosting.tenant", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    revenue = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        """Sales and purchases of each node. A purchase for a tenant belongs to whom the node sells
        that tenant to; what is no tenant's belongs to its stream."""
        return SQL(
            """
            SELECT row_number() OVER () AS id, side.*, side.revenue - side.cost AS margin
              FROM (
                SELECT c.seller_id AS program_node_id, date_trunc('month', c.due)::date AS month,
                       CASE WHEN c.buyer_id IS NULL THEN 'customers'
                            WHEN c.tenant_id IS NOT NULL THEN 'margin'
                            ELSE %(fees)s END AS area,
                       COALESCE(s.stream, c.stream) AS stream, c.component_kind, c.buyer_id,
                       c.customer_id, c.tenant_id, c.currency_id,
                       COALESCE(s.amount, c.amount) AS revenue, 0 AS cost
                  FROM billing_charge c
                  LEFT JOIN billing_charge_split s ON s.charge_id = c.id
                UNION ALL
                SELECT c.buyer_id, date_trunc('month', c.due)::date,
                       CASE WHEN c.tenant_id IS NULL THEN %(fees)s
                            WHEN sold.buyer_id IS NULL THEN 'customers' ELSE 'margin' END,
                       c.stream, c.component_kind, sold.buyer_id, sold.customer_id, c.tenant_id,
                       c.currency_id, 0, c.amount
                  FROM billing_charge c
                  LEFT JOIN LATERAL (
                       SELECT l.buyer_id, l.customer_id FROM billing_leg l
                        WHERE l.subscription_id = c.subscription_id AND l.seller_id = c.buyer_id
                        ORDER BY (l.date_from <= c.period_start) DESC, l.date_from DESC, l.id DESC
                        LIMIT 1) sold ON TRUE
                 WHERE c.buyer_id IS NOT NULL) side
            """,
            fees=SQL(
                """CASE c.stream WHEN 'enablement' THEN 'enablement' WHEN 'fee' THEN 'enablement'
                                 WHEN 'shared' THEN 'shared' WHEN 'margin' THEN 'margin'
                                 ELSE 'operations' END"""
            ),
        )
