from odoo import api, fields, models


class BillingLeg(models.Model):
    """One seller → buyer edge of a subscription, on its own prices, from a day until a day.

    The tree is read when a leg is opened and never afterwards.
    """

    _name = "billing.leg"
    _description = "Contract leg"
    _inherit = ["billing.billed.mixin"]
    _order = "subscription_id, date_from, sequence, id"

    subscription_id = fields.Many2one(
        "billing.subscription", required=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id", store=True, index=True)
    sequence = fields.Integer(help="Place in the chain: 1 is the platform's.")
    seller_id = fields.Many2one(
        "program.partner", required=True, index=True, ondelete="restrict", readonly=True
    )
    # None on a side leg, which has terms of its own.
    price_book_id = fields.Many2one(
        "billing.price.book", index=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict", readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_until = fields.Date(string="Until", readonly=True, help="First day not on this leg.")
    opening_day = fields.Date(readonly=True, help="Nothing before this day is charged.")
    trial_until = fields.Date(readonly=True, help="First day that is charged after the trial.")
    discount_ids = fields.One2many("billing.discount", "leg_id")
    is_own = fields.Boolean(compute="_compute_is_own", help="The reader is its seller.")
    charge_ids = fields.One2many("billing.charge", "leg_id")

    _one_buyer = models.Constraint(
        "CHECK ((buyer_id IS NULL) <> (customer_id IS NULL))",
        "A leg has one buyer: a partner or a customer.",
    )
    _not_to_itself = models.Constraint("CHECK (seller_id <> buyer_id)", "Nobody sells to itself.")
    _days = models.Constraint(
        "CHECK (date_until IS NULL OR date_until > date_from)", "A leg ends after it begins."
    )

    @api.depends("seller_id", "buyer_name")
    def _compute_display_name(self):
        for leg in self:
            # Safe: the seller's name is known to whoever may read the leg.
            leg.display_name = f"{leg.sudo().seller_id.name} → {leg.buyer_name}"

    @api.depends("seller_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        scope = self.env["program.isolation"]._scope()
        for leg in self:
            leg.is_own = scope.kind == "system" or leg.seller_id.id == scope.node_id

    def action_add_discount(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discount"),
            "res_model": "billing.discount",
            "view_mode": "form",
            "target": "new",
            "context": {"default_leg_id": self.id},
        }

    def _contact(self):
        """The company that the seller bills: the buyer's, or the customer."""
        return self.buyer_id.partner_id or self.customer_id.commercial_partner_id

    def _layout(self):
        """Layout of documents: a customer reads every charge, a partner sums (TRADE 4)."""
        return "partner" if self.buyer_id else "customer"
