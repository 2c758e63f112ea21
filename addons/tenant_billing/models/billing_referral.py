from odoo import api, fields, models

from ..adapters import commission as adapter


class BillingReferral(models.Model):
    """One customer that a referral partner brought, on the terms of the day it began."""

    _name = "billing.referral"
    _description = "Referral"
    _inherit = ["billing.commission.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict", readonly=True
    )
    seller_id = fields.Many2one(
        "program.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    payee_id = fields.Many2one(
        "program.partner",
        string="Referral partner",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    percent = fields.Float(readonly=True)
    stream_percents = fields.Text(readonly=True)
    cap = fields.Monetary(readonly=True)
    term_months = fields.Integer(readonly=True)
    currency_id = fields.Many2one(readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_until = fields.Date(string="Until", readonly=True, help="First day no longer paid for.")
    commission_ids = fields.One2many("billing.commission", "referral_id", readonly=True)
    earned = fields.Monetary(compute="_compute_earned")
    checked_on = fields.Date(readonly=True, help="Day up to which payments were looked at.")

    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)", "It ends after it begins."
    )

    @api.depends("commission_ids.amount")
    def _compute_earned(self):
        groups = self.env["billing.commission"]._read_group(
            [("referral_id", "in", self.ids)], ["referral_id"], ["amount:sum"]
        )
        sums = {one.id: amount for one, amount in groups}
        for one in self:
            one.earned = sums.get(one.id, 0)

    def _park(self, reason):
        """List what keeps a referral from being earned with what else is parked of its seller."""
        self.env["billing.run.failure"]._park(
            self.env["billing.run"],
            "commission",
            self.env._(
                "No commission for %(payee)s yet. %(reason)s",
                payee=self.payee_id.name,
                reason=reason,
            ),
            {
                "referral_id": self.id,
                "seller_id": self.seller_id.id,
                "customer_id": self.subscription_id.partner_id.id,
            },
        )


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    referral_ids = fields.One2many("billing.referral", "subscription_id", readonly=True)

    @api.model
    def _billed_by(self, contact, seller):
        """A customer that a referral partner knows and another company bills is a contact of no
        single company: core refuses invoices across companies."""
        if contact.company_id and contact.company_id != seller.company_id:
            contact.company_id = False

    def _open_chain(self, retail_book, day):
        if self.tenant_id:
            seller = self._contract_seller(self.program_node_id)
            self._billed_by(self.partner_id.commercial_partner_id, seller)
        legs = super()._open_chain(retail_book, day)
        self._roll_referral(day)
        return legs

    def _roll_referral(self, day):
        """Who is paid for having brought the customer, from ``day`` on: the tree is read here.

        Without terms of the seller nothing is paid. Runs as the system.
        """
        for one in self.filtered("tenant_id"):
            payee = one.program_node_id
            seller = self._contract_seller(payee)
            running = one.referral_ids.filtered(
                lambda each: not each.date_until or each.date_until > day
            )
            if running and (running.seller_id, running.payee_id) == (seller, payee):
                continue
            for each in running:
                each.date_until = max(day, each.date_from)
            terms = self.env["billing.referral.terms"].search(
                [("seller_id", "=", seller.id), ("payee_id", "=", payee.id)], limit=1
            )
            if terms and seller != payee:
                self.env["billing.referral"].create(adapter.referral_values(one, terms, day))


class BillingHandover(models.Model):
    _inherit = "billing.handover"

    def _carry_out(self):
        concerned = self._subscriptions()
        done = super()._carry_out()
        # Who works for another seller from now on has its customers' tenants there.
        concerned.tenant_id._settle_owners()
        concerned.filtered(lambda one: one.state != "ended")._roll_referral(self.day)
        return done
