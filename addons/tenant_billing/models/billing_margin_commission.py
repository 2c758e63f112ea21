from odoo import fields, models
from odoo.tools import SQL


class BillingMargin(models.Model):
    """Commissions are a cost of the seller and revenue of who earned them (TB-030, TB-059)."""

    _inherit = "billing.margin"
    _depends = {
        "billing.commission": [
            "referral_id",
            "statement_id",
            "seller_id",
            "payee_id",
            "currency_id",
            "booked_on",
            "amount",
        ],
        "billing.referral": ["subscription_id"],
        "billing.statement": ["customer_id"],
    }

    source = fields.Selection(
        selection_add=[
            ("commission", "Commission to pay"),
            ("earned", "Commission earned"),
        ]
    )

    def _costs(self):
        return SQL(
            "%(costs)s UNION ALL %(paid)s UNION ALL %(earned)s",
            costs=super()._costs(),
            paid=self._commissions(SQL("seller_id"), "commission"),
            earned=self._commissions(SQL("payee_id"), "earned"),
        )

    def _commissions(self, node, source):
        """In the currency of the node's own company, as purchases are."""
        amount = SQL("round(c.amount * COALESCE(r.factor, 0), 2)")
        earned = source == "earned"
        return SQL(
            """
            SELECT c.id::bigint * %(sign)s * 4 + 3, c.%(node)s, o.currency_id, c.due, b.tenant_id,
                   f.subscription_id, NULL::int, s.customer_id, NULL, 'own',
                   CASE WHEN r.factor IS NULL THEN 'no_rate' ELSE %(source)s END,
                   %(revenue)s, %(cost)s
              FROM (SELECT k.*, k.booked_on AS due FROM billing_commission k) c
              JOIN billing_referral f ON f.id = c.referral_id
              JOIN billing_subscription b ON b.id = f.subscription_id
              JOIN billing_statement s ON s.id = c.statement_id
              JOIN program_partner n ON n.id = c.%(node)s
              JOIN res_company o ON o.id = n.company_id
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN c.currency_id = o.currency_id THEN 1
                               ELSE %(into)s / %(from)s END AS factor) r
            """,
            sign=-1 if earned else 1,
            node=node,
            source=source,
            revenue=amount if earned else SQL("0"),
            cost=SQL("0") if earned else amount,
            into=self._rate(SQL("o.currency_id")),
            **{"from": self._rate(SQL("c.currency_id"))},
        )
