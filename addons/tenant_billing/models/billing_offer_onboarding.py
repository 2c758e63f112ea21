from odoo import api, models


class BillingOffer(models.Model):
    """A partner makes hosting offers once its technical readiness is closed (TRADE 7)."""

    _inherit = "billing.offer"

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create(vals_list)
        offers.program_node_id._onboarding_guard("offers")
        return offers
