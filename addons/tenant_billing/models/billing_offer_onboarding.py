from odoo import api, models


class BillingOffer(models.Model):
    """A partner makes hosting offers once its technical readiness is closed (TRADE 7)."""

    _inherit = "billing.offer"

    @api.model_create_multi
    def create(self, vals_list):
        """Asked of who sells: a partner without tenants of its own brings a customer, in the name
        of the one that contracts with it, once it may register deals."""
        offers = super().create(vals_list)
        # Safe: compares who sells with whose offer it is.
        nodes = offers.sudo().program_node_id
        contract = self.env["billing.subscription"].sudo()._contract_seller
        sellers = nodes.browse().union(*(contract(node) for node in nodes))
        sellers._onboarding_guard("offers")
        (nodes - sellers)._onboarding_guard("deals")
        return offers
