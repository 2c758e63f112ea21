from odoo import api, fields, models


class BillingBilledMixin(models.AbstractModel):
    """Has a buyer: a partner, or a customer of the seller."""

    _name = "billing.billed.mixin"
    _description = "Is billed to somebody"

    buyer_id = fields.Many2one("program.partner", index=True, ondelete="restrict", readonly=True)
    customer_id = fields.Many2one("res.partner", index=True, ondelete="restrict", readonly=True)
    buyer_name = fields.Char(string="Billed to", compute="_compute_buyer_name")

    @api.depends("buyer_id", "customer_id")
    def _compute_buyer_name(self):
        for record in self:
            # Safe: the name of a party of the record, which the reader may read.
            own = record.sudo()
            record.buyer_name = own.buyer_id.name or own.customer_id.name
