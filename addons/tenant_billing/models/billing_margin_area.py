from odoo import fields, models
from odoo.tools import SQL

# What a master earns, beside what it sells to customers of its own (TB-029).
AREAS = [
    ("margin", "Platform margin"),
    ("enablement", "Enablement fees"),
    ("shared", "Shared services"),
    ("operations", "Cloud operations"),
    ("customers", "Own customers"),
]


class BillingMargin(models.Model):
    """Revenue and cost by business: a tenant belongs to whom the node sells it to, what is no
    tenant's to its stream (TB-029)."""

    _inherit = "billing.margin"

    area = fields.Selection(AREAS, string="Business", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT q.*,
                   CASE WHEN q.tenant_id IS NOT NULL AND q.buyer_id IS NOT NULL THEN 'margin'
                        WHEN q.tenant_id IS NOT NULL THEN 'customers'
                        WHEN q.stream IN ('fee', 'enablement') THEN 'enablement'
                        WHEN q.stream IN ('shared', 'margin') THEN q.stream
                        ELSE 'operations' END AS area
              FROM (%s) q
            """,
            super()._table_query,
        )
