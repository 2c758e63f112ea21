from odoo import api, fields, models
from odoo.tools import SQL

from ..adapters.prices import decimal
from ..engine.deferred import schedule
from .billing_mrr_bridge import money
from .billing_plan_component import STREAMS

BATCH = 2000
COPIED = ("seller_id", "buyer_id", "customer_id", "tenant_id", "subscription_id")


class BillingRecognition(models.Model):
    """A month of a charge in advance: what of it is revenue of the month, and what is deferred
    at its end, in the currency of the seller's company, without tax (TB-059). Made once of each
    row of the ledger; a later credit is a row of its own."""

    _name = "billing.recognition"
    _description = "Deferred revenue"
    _inherit = ["billing.report.mixin"]
    _order = "month, id"
    _rec_name = "charge_id"
    _report_balances = ("deferred",)

    charge_id = fields.Many2one("billing.charge", required=True, ondelete="restrict", readonly=True)
    seller_id = fields.Many2one(
        "program.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    buyer_id = fields.Many2one(
        "program.partner", string="Partner", ondelete="restrict", readonly=True
    )
    customer_id = fields.Many2one("res.partner", ondelete="restrict", readonly=True)
    tenant_id = fields.Many2one("hosting.tenant", ondelete="restrict", readonly=True)
    subscription_id = fields.Many2one("billing.subscription", ondelete="restrict", readonly=True)
    stream = fields.Selection(STREAMS, required=True, readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", required=True, ondelete="restrict", readonly=True
    )
    month = fields.Date(required=True, index=True, readonly=True, help="Its first day.")
    billed = money("Billed in advance")
    recognised = money("Recognised")
    deferred = money("Deferred at the month's end", help="A balance: only of single months.")

    _month_uniq = models.UniqueIndex("(charge_id, month)", "This month is worked out already.")

    @api.model
    def _cron(self):
        """Lay out what the ledger has got since."""
        while charges := self._missing(BATCH):
            self._lay_out(charges)
            left = self.env["ir.cron"]._commit_progress(len(charges))
            if not left:
                return

    @api.model
    def _rebuild(self):
        """Lay out what is missing, in this transaction."""
        while charges := self._missing(BATCH):
            self._lay_out(charges)

    @api.model
    def _missing(self, limit):
        """Charges in advance that are not laid out yet."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id FROM billing_charge c
                     JOIN billing_plan_component p ON p.id = c.component_id
                    WHERE p.timing = 'advance' AND c.component_kind = 'recurring'
                      AND NOT EXISTS (SELECT FROM billing_recognition r WHERE r.charge_id = c.id)
                    ORDER BY c.id LIMIT %s""",
                limit,
                to_flush=self.env["billing.charge"]._fields["company_amount"],
            )
        )
        return self.env["billing.charge"].browse(ident for (ident,) in rows)

    @api.model
    def _lay_out(self, charges):
        self.create(
            [
                {
                    **{name: charge[name].id for name in COPIED},
                    "charge_id": charge.id,
                    "stream": charge.stream,
                    "company_currency_id": currency.id,
                    "month": one.month,
                    "billed": float(one.billed),
                    "recognised": float(one.recognised),
                    "deferred": float(one.deferred),
                }
                for charge in charges
                for currency in charge.seller_id.company_id.currency_id
                for one in schedule(
                    decimal(charge.company_amount),
                    charge.period_start,
                    charge.period_end,
                    charge.billing_day,
                    currency.decimal_places,
                )
            ]
        )
        self.env.flush_all()
