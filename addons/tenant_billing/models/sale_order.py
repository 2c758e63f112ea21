from odoo import Command, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A hosting offer beside a quotation: the project is sold and invoiced by the quotation,
    hosting by its own subscription (TB-015, TB-070). No line of a quotation is ever hosting."""

    _inherit = "sale.order"

    hosting_offer_ids = fields.One2many(
        "billing.offer",
        "order_id",
        string="Hosting offers",
        groups="partner_governance.group_partner_sales,partner_governance.group_partner_finance",
    )

    def action_offer_hosting(self):
        """A hosting offer for this quotation's deal and customer; a note on the quotation says
        that it is offered apart."""
        self.ensure_one()
        self.check_access("write")
        # Safe: the deal of the user's own quotation, told by its presence alone.
        deal = self.sudo().program_deal_id
        if not deal:
            raise UserError(
                self.env._(
                    "%(order)s belongs to no opportunity, so its deal is not registered. Make the "
                    "quotation from an opportunity.",
                    order=self.name,
                )
            )
        action = deal.sudo(False).action_offer_hosting()
        offer = self.env["billing.offer"].browse(action["res_id"])
        offer.write({"order_id": self.id, "partner_id": self.partner_id.commercial_partner_id.id})
        if self.state in ("draft", "sent"):
            note = self.env._(
                "Hosting is offered apart in %(offer)s and invoiced by its own subscription.",
                offer=offer.reference,
            )
            self.order_line = [Command.create({"display_type": "line_note", "name": note})]
        return action

    def action_open_hosting_offers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hosting offers"),
            "res_model": "billing.offer",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
        }


class BillingOffer(models.Model):
    _inherit = "billing.offer"

    order_id = fields.Many2one(
        "sale.order", string="Quotation", index="btree_not_null", ondelete="restrict", copy=False
    )
