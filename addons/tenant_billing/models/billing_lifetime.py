from odoo import api, fields, models
from odoo.tools import SQL

from .billing_mrr_bridge import money


class BillingLifetime(models.Model):
    """What a contract has brought and what it is still bound to bring (TB-060).

    Value to date: its charges, without tax. Remainder: its MRR for the months from the last day
    charged (or today) to the end of its term, or of its stated or known end; none where it is
    not bound. In the currency of the seller's company.
    """

    _name = "billing.lifetime"
    _description = "Lifetime value"
    _inherit = ["billing.report.mixin"]
    _auto = False
    _order = "total desc, id"
    _rec_name = "account"
    _depends = {
        "billing.leg": [
            "seller_id",
            "buyer_id",
            "customer_id",
            "tenant_id",
            "subscription_id",
            "date_from",
            "date_until",
            "term_until",
        ],
        "billing.subscription": ["end_date", "ended_on"],
        "billing.charge": ["leg_id", "seller_id", "company_amount", "period_end", "kind"],
        "billing.mrr.movement": ["leg_id", "seller_id", "company_amount"],
        "program.partner": ["company_id", "name"],
        "res.company": ["currency_id"],
        "res.partner": ["complete_name"],
        "hosting.tenant": ["name", "reference"],
    }

    leg_id = fields.Many2one("billing.leg", string="Contract", readonly=True)
    seller_id = fields.Many2one("program.partner", readonly=True)
    buyer_id = fields.Many2one("program.partner", string="Partner", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    tenant_id = fields.Many2one("hosting.tenant", readonly=True)
    subscription_id = fields.Many2one("billing.subscription", readonly=True)
    account = fields.Char(readonly=True, help="The customer, or of a partner the tenant.")
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date(string="Since", readonly=True)
    bound_until = fields.Date(
        "Bound until", readonly=True, help="First day not bound; empty: not bound."
    )
    mrr = money("MRR")
    value = money("Value to date")
    remainder = money("Contracted remainder")
    total = money("Lifetime value")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, id AS leg_id, seller_id, buyer_id, customer_id, tenant_id, subscription_id,
                   account, company_currency_id, date_from, bound_until, mrr, value, remainder,
                   value + remainder AS total
              FROM (
                SELECT l.id, l.seller_id, l.buyer_id, l.customer_id, l.tenant_id,
                       l.subscription_id, l.date_from, b.until AS bound_until,
                       o.currency_id AS company_currency_id,
                       COALESCE(p.complete_name, t.reference || ' ' || t.name, n.name) AS account,
                       COALESCE(m.mrr, 0) AS mrr, COALESCE(c.value, 0) AS value,
                       round(COALESCE(m.mrr, 0) * greatest(
                           b.until - greatest(%(today)s, c.charged_until), 0) / 30.4375, 2)
                           AS remainder
                  FROM billing_leg l
                  JOIN billing_subscription s ON s.id = l.subscription_id
                  JOIN program_partner own ON own.id = l.seller_id
                  JOIN res_company o ON o.id = own.company_id
                  LEFT JOIN res_partner p ON p.id = l.customer_id
                  LEFT JOIN hosting_tenant t ON t.id = l.tenant_id
                  LEFT JOIN program_partner n ON n.id = l.buyer_id
                 CROSS JOIN LATERAL (SELECT COALESCE(
                       least(l.date_until, s.end_date, s.ended_on), l.term_until) AS until) b
                  LEFT JOIN (
                       SELECT seller_id, leg_id, sum(company_amount) AS value,
                              max(period_end) FILTER (WHERE component_kind = 'recurring')
                                  AS charged_until
                         FROM billing_charge GROUP BY seller_id, leg_id) c
                    ON c.leg_id = l.id AND c.seller_id = l.seller_id
                  LEFT JOIN (
                       SELECT seller_id, leg_id, sum(company_amount) AS mrr
                         FROM billing_mrr_movement GROUP BY seller_id, leg_id) m
                    ON m.leg_id = l.id AND m.seller_id = l.seller_id) contracts
            """,
            today=self._report_today(),
        )


class LifetimeMixin(models.AbstractModel):
    """Shows the reader's own lifetime value of what it stands on."""

    _name = "billing.lifetime.mixin"
    _description = "Has a lifetime value"
    _lifetime_field = None

    lifetime_value = fields.Monetary(
        compute="_compute_lifetime_value",
        currency_field="lifetime_currency_id",
        groups="partner_governance.group_partner_finance",
        help="Charged so far and contracted from here on, on your own contracts.",
    )
    lifetime_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_lifetime_value",
        groups="partner_governance.group_partner_finance",
    )

    @api.depends_context("uid")
    def _compute_lifetime_value(self):
        """By what the reader may read of `billing.lifetime`; others see nothing."""
        found = {
            record.id: (total, currency)
            for record, currency, total in self.env["billing.lifetime"]._read_group(
                [(self._lifetime_field, "in", self.ids)],
                [self._lifetime_field, "company_currency_id"],
                ["total:sum"],
            )
        }
        for record in self:
            total, currency = found.get(record.id, (0, self.env.company.currency_id))
            record.lifetime_value = total
            record.lifetime_currency_id = currency

    def action_lifetime(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lifetime value of %(name)s", name=self.display_name),
            "res_model": "billing.lifetime",
            "view_mode": "list,pivot",
            "domain": [(self._lifetime_field, "=", self.id)],
        }


class BillingSubscription(models.Model):
    _name = "billing.subscription"
    _inherit = ["billing.subscription", "billing.lifetime.mixin"]
    _lifetime_field = "subscription_id"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "billing.lifetime.mixin"]
    _lifetime_field = "customer_id"
