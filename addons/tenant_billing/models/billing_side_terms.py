from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .billing_plan_component import STREAMS


class BillingSideTerms(models.Model):
    """What an engaged partner is paid by the one who engaged it (TB-027): offered with the
    engagement, fixed once that is accepted. The partner sees of money this alone."""

    _name = "billing.side.terms"
    _description = "Pay of an engagement"
    _rec_name = "engagement_id"

    engagement_id = fields.Many2one(
        "program.engagement", required=True, index=True, ondelete="restrict"
    )
    # The payer buys the services, the engaged partner sells them.
    buyer_id = fields.Many2one(related="engagement_id.owner_id", store=True, index=True)
    seller_id = fields.Many2one(related="engagement_id.partner_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("fixed", "Fixed, a period"),
            ("hours", "By the hour"),
            ("share", "Share of what you charge"),
        ],
        required=True,
        default="fixed",
    )
    amount = fields.Monetary(help="A full period, or an hour.")
    percent = fields.Float(string="Share (%)", digits=(5, 2))
    share_stream = fields.Selection(
        STREAMS, string="Share of", help="Stream of your own charges; empty: all of them."
    )
    stream = fields.Selection(
        STREAMS, required=True, default="operations", help="Stream of the partner's invoice."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    leg_ids = fields.One2many("billing.leg", "side_terms_id", readonly=True)
    hour_ids = fields.One2many("billing.side.hours", "terms_id")

    _engagement_uniq = models.Constraint(
        "UNIQUE (engagement_id)", "The pay of this engagement is agreed already."
    )
    _bounds = models.Constraint(
        "CHECK (amount >= 0 AND percent >= 0 AND percent <= 100)",
        "An amount is 0 or more, a share 0 to 100 percent.",
    )

    @api.constrains("engagement_id", "kind", "amount", "percent")
    def _check_engagement(self):
        for one in self:
            if not one.engagement_id.tenant_id:
                raise ValidationError(
                    self.env._("Only work on a tenant is paid by it: engage the partner for one.")
                )
            if not (one.percent if one.kind == "share" else one.amount):
                raise ValidationError(self.env._("Say how much is paid."))

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._check_payer()
        return found

    def write(self, vals):
        self._check_payer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_offered(self):
        self._check_payer()

    def _check_payer(self):
        """The payer offers; what was accepted stays."""
        scope = self.env["program.isolation"]._scope()
        for one in self.sudo():
            if scope.kind != "system" and one.engagement_id.owner_id.id != scope.node_id:
                raise AccessError(self.env._("Only who engaged the partner says what it pays."))
            if one.engagement_id.state != "offered" and not self.env.su:
                raise UserError(
                    self.env._("It was accepted: end the engagement and offer another.")
                )

    def _open(self, subscriptions):
        """Open the side legs on running subscriptions of the tenant. Runs as the system.

        A share is of each of them; a fixed amount and hours are paid once, so that the next
        subscription takes over only where the one before has ended.
        """
        for one in self:
            engagement = one.engagement_id
            until = engagement.date_until
            for subscription in subscriptions:
                start = max(engagement.date_from, subscription.start_date)
                if one.kind != "share":
                    ends = [leg._side_end() for leg in one.leg_ids]
                    if not all(ends):
                        break
                    start = max([start, *ends])
                ends = [day for day in (until, subscription.end_date) if day]
                if ends and min(ends) <= start:
                    continue
                self.env["billing.leg"].create(
                    {
                        "subscription_id": subscription.id,
                        "side_terms_id": one.id,
                        "sequence": 100,
                        "seller_id": one.seller_id.id,
                        "buyer_id": one.buyer_id.id,
                        "currency_id": one.currency_id.id,
                        "date_from": start,
                        "date_until": until,
                    }
                )

    def _open_running(self):
        """`_open` on what runs for the tenant, the oldest first."""
        for one in self:
            running = one.engagement_id.tenant_id.subscription_ids.filtered(
                lambda each: each.state in ("active", "suspended")
            )
            one._open(running.sorted(lambda each: (each.start_date, each.id)))
