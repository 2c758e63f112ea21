from odoo import fields, models


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    tenant_ids = fields.One2many("hosting.tenant", "deal_id", string="Tenants")

    def action_offer_hosting(self):
        """Make a hosting offer filled from the deal, and open it."""
        self.ensure_one()
        offer = self.env["billing.offer"].create(self.env["billing.offer"]._prefill(self))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hosting offer"),
            "res_model": "billing.offer",
            "res_id": offer.id,
            "view_mode": "form",
        }
