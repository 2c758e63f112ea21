from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..adapters.prices import decimal
from ..engine.money import ZERO


class BillingOfferLine(models.Model):
    """One driver of an offer: quantity × rate, what is included, what more costs."""

    _name = "billing.offer.line"
    _description = "Line of a hosting offer"
    _inherit = ["billing.quote.line.mixin", "billing.draft.line.mixin"]
    _order = "offer_id, sequence, id"
    _rec_name = "code"

    offer_id = fields.Many2one("billing.offer", required=True, index=True, ondelete="cascade")
    program_node_id = fields.Many2one(related="offer_id.program_node_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    plan_id = fields.Many2one(related="offer_id.plan_id")
    component_id = fields.Many2one(
        "billing.plan.component",
        required=True,
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id)]",
    )
    code = fields.Char(related="component_id.code", store=True)
    kind = fields.Selection(related="component_id.kind")
    quantity = fields.Float(
        digits=(16, 6), default=1, help="Of metered components: what is expected, for the sum."
    )
    currency_id = fields.Many2one(related="offer_id.currency_id")
    subtotal = fields.Monetary(
        string="Per period", compute="_compute_subtotal", help="By the engine of the billing run."
    )

    _component_uniq = models.Constraint(
        "UNIQUE (offer_id, component_id)", "This component is on the offer already."
    )

    @api.depends(
        "quantity",
        "price_model",
        "amount",
        "package_size",
        "tiers",
        "tiers_text",
        "included",
        "minimum",
        "maximum",
        "currency_id",
    )
    def _compute_subtotal(self):
        for line in self:
            line.subtotal = line._rated(ZERO)

    def _discounted(self):
        """As the subtotal, less the discount of the offer."""
        return self._rated(decimal(self.offer_id.discount_percent))

    @api.onchange("component_id")
    def _onchange_component_id(self):
        if self.component_id:
            self.update(self.offer_id._line_values(self.component_id, self.offer_id.price_book_id))

    @api.constrains("component_id", "offer_id")
    def _check_plan(self):
        for line in self:
            if line.component_id.plan_id != line.offer_id.plan_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no component of the plan.", name=line.component_id.name
                    )
                )

    def _check_draft(self):
        if not self.env.su and any(offer.state != "draft" for offer in self.offer_id):
            raise ValidationError(
                self.env._("The customer has this offer. Take it back to draft to change it.")
            )
