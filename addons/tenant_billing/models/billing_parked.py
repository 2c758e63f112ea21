from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .billing_route import ROUTES


@contextmanager
def blamed_on(seller):
    """Remember whose prices, taxes or rates an error is about: its reason is for that seller."""
    try:
        yield
    except UserError as error:
        # Who is named already stands nearer to what is wrong.
        if not getattr(error, "billing_seller_id", False):
            error.billing_seller_id = seller.id
        raise


class BillingParked(models.Model):
    """What is parked of a seller's own contracts and documents, with the reason, which says what
    to do; the run's own list is the platform's."""

    _name = "billing.parked"
    _description = "Parked item of a seller"
    _auto = False
    _order = "first_at, id"
    _rec_name = "reason"

    seller_id = fields.Many2one("program.partner", readonly=True)
    phase = fields.Selection(
        selection=lambda self: self.env["billing.run.failure"]._fields["phase"].selection,
        string="Stopped at",
        readonly=True,
    )
    subscription_id = fields.Many2one("billing.subscription", readonly=True)
    statement_id = fields.Many2one("billing.statement", readonly=True)
    referral_id = fields.Many2one("billing.referral", readonly=True)
    buyer_id = fields.Many2one("program.partner", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    billing_day = fields.Date(readonly=True)
    route = fields.Selection(ROUTES, string="In the books", readonly=True)
    reason = fields.Text(string="What to put right", readonly=True)
    first_at = fields.Datetime(string="Parked since", readonly=True)
    attempts = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT failure.id, failure.seller_id, failure.phase, failure.subscription_id,
                      failure.statement_id, failure.referral_id, failure.buyer_id,
                      failure.customer_id, failure.currency_id, failure.billing_day,
                      failure.route, failure.reason, failure.first_at, failure.attempts
                 FROM billing_run_failure failure
                WHERE failure.state = 'open' AND failure.seller_id IS NOT NULL""",
            to_flush=self.env["billing.run.failure"]._fields["state"],
        )

    def action_retry(self):
        """Bill it now; what fails again is parked again, with what is wrong now."""
        if not self.env.user.has_group("partner_governance.group_partner_finance"):
            raise AccessError(self.env._("Finance retries what is parked."))
        self.check_access("read")
        # Safe: items of the reader's own sales; a run bills only what is due anyway.
        return self.sudo()._failures()._retry()

    def _failures(self):
        return self.env["billing.run.failure"].browse(self.ids)

    def action_open_fact(self):
        """Lead to what is to be put right: the subscription, or the draft."""
        self.ensure_one()
        record = self.statement_id or self.subscription_id or self.referral_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name if record else "billing.charge",
            "view_mode": "form" if record else "list,form",
            "res_id": record.id,
            "domain": []
            if record
            else [
                ("statement_id", "=", False),
                ("seller_id", "=", self.seller_id.id),
                ("buyer_id", "=", self.buyer_id.id),
                ("customer_id", "=", self.customer_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("billing_day", "=", self.billing_day),
                ("route", "=", self.route),
            ],
        }


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    parked_reason = fields.Text(
        compute="_compute_parked_reason",
        help="To the seller of the contract that cannot be billed, and to nobody else.",
    )

    @api.depends("problem")
    @api.depends_context("uid")
    def _compute_parked_reason(self):
        Parked = self.env["billing.parked"]
        reasons = {}
        # By the reader's own rights: money of other contracts stays hidden.
        if Parked.has_access("read"):
            for item in Parked.search([("subscription_id", "in", self.ids)]):
                reasons.setdefault(item.subscription_id.id, item.reason)
        for one in self:
            one.parked_reason = reasons.get(one.id, False)
