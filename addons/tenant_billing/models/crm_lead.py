from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _program_won(self):
        """The won deal of an accepted offer: its tenant is requested, its subscription starts."""
        done = super()._program_won()
        # Safe: what follows from the customer's acceptance of the deal's own offer.
        offers = (
            self.env["billing.offer"]
            .sudo()
            .search([("deal_id", "in", self.program_deal_id.ids), ("state", "=", "accepted")])
        )
        offers._start()
        return done

    def action_offer_hosting(self):
        """A hosting offer for this opportunity's deal, filled in."""
        self.ensure_one()
        return self.program_deal_id.action_offer_hosting()
