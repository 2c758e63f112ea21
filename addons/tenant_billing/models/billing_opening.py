from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BillingOpening(models.Model):
    """What an earlier system charged in advance on a contract that was taken over: never
    invoiced here, but a later change credits against it (TB-066)."""

    _name = "billing.opening"
    _description = "Opening charge"
    _order = "leg_id, date_from, id"
    _rec_name = "code"

    leg_id = fields.Many2one("billing.leg", required=True, index=True, ondelete="restrict")
    seller_id = fields.Many2one(related="leg_id.seller_id", store=True, index=True)
    buyer_id = fields.Many2one(related="leg_id.buyer_id", store=True, index=True)
    currency_id = fields.Many2one(related="leg_id.currency_id")
    code = fields.Char(string="Component", required=True)
    date_from = fields.Date(string="From", required=True)
    date_until = fields.Date(string="Until", required=True, help="First day not covered.")
    amount = fields.Monetary(required=True)

    _days = models.Constraint("CHECK (date_until > date_from)", "It ends after it begins.")

    @api.constrains("code", "leg_id")
    def _check_code(self):
        for opening in self:
            known = opening.leg_id.subscription_id.item_ids.filtered(
                lambda item: item.component_id.timing == "advance"
            )
            if opening.code not in known.mapped("code"):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is not charged in advance on this subscription.",
                        code=opening.code,
                    )
                )


class BillingLeg(models.Model):
    _inherit = "billing.leg"

    opening_ids = fields.One2many("billing.opening", "leg_id", readonly=True)

    def _take_over(self, day, openings=()):
        """Nothing before ``day`` is charged; ``openings``: values of ``billing.opening`` that an
        earlier system billed beyond it. Runs as the system, before the first run.

        :raises ValidationError: a contract that is charged here already
        """
        self.ensure_one()
        if self.charge_ids:
            raise ValidationError(
                self.env._("%(leg)s is charged here already.", leg=self.display_name)
            )
        self.opening_day = day
        self.opening_ids.unlink()
        self.env["billing.opening"].create([{**values, "leg_id": self.id} for values in openings])
