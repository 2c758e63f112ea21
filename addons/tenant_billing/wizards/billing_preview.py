from odoo import fields, models

from ..adapters.preview import line_values


class BillingPreview(models.TransientModel):
    """What the next three periods of a subscription will cost, by the engine of the run."""

    _name = "billing.preview"
    _description = "Next invoices"

    subscription_id = fields.Many2one("billing.subscription", readonly=True)
    line_ids = fields.One2many("billing.preview.line", "preview_id", readonly=True)


class BillingPreviewLine(models.TransientModel):
    _name = "billing.preview.line"
    _description = "Charge to come"
    _order = "billing_day, id"

    preview_id = fields.Many2one("billing.preview", ondelete="cascade")
    change_id = fields.Many2one("billing.subscription.change", ondelete="cascade")
    party = fields.Char(string="Seller → buyer")
    component = fields.Char()
    billing_day = fields.Date()
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="Until")
    quantity = fields.Float()
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary()


class BillingSubscription(models.Model):
    _inherit = "billing.subscription"

    def action_preview(self):
        """Show the charges of the next three periods on the legs that the user is party to."""
        self.ensure_one()
        day = self.env["billing.run"]._clock().date()
        values = []
        # A search, since the cache of `leg_ids` may hold what the system has read.
        legs = self.env["billing.leg"].search([("subscription_id", "=", self.id)])
        # Safe: the search above gave the user's own legs alone.
        own = legs.sudo().subscription_id
        names = {item.code: item.component_id.name for item in own.item_ids}
        for leg in legs.sudo():
            values += [
                line_values(leg, booking, names, day)
                for booking in own._preview(leg, day, legs=legs.sudo())
            ]
        preview = self.env["billing.preview"].create(
            {"subscription_id": self.id, "line_ids": [(0, 0, each) for each in values]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next invoices"),
            "res_model": "billing.preview",
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }
