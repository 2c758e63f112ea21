from odoo import api, models
from odoo.exceptions import ValidationError


class ProgramPartner(models.Model):
    _inherit = "program.partner"

    def _lacks_tenancy(self):
        """Whether the node's commercial model has no tenants of its own (PG-007): somebody above
        it sells the hosting to the customers that it brings, and has their tenants."""
        return bool(self.upline_id and self.commercial_model_id) and not self.has_tenancy


class HostingTenant(models.Model):
    """A tenant belongs to a partner whose model has tenants of its own (PG-007)."""

    _inherit = "hosting.tenant"

    @api.constrains("program_node_id")
    def _check_tenancy(self):
        for tenant in self:
            # Safe: the model of the partner itself, and who it works for.
            node = tenant.sudo().program_node_id
            if node._lacks_tenancy():
                raise ValidationError(
                    self.env._(
                        "%(node)s has no tenants of its own: its commercial model is "
                        "“%(model)s”. This one belongs to %(owner)s, which contracts with the "
                        "customer.",
                        node=node.name,
                        model=node.commercial_model_id.name,
                        owner=self.env["billing.subscription"]._contract_seller(node).name,
                    )
                )

    def _settle_owners(self):
        """Tenants that a partner without tenants of its own has brought belong to who contracts
        with their customers; again it changes nothing. Runs as the system."""
        for tenant in self:
            node = tenant.subscription_ids[:1].program_node_id or tenant.program_node_id
            owner = self.env["billing.subscription"]._contract_seller(node)
            if node._lacks_tenancy() and tenant.program_node_id != owner:
                tenant._give_to(owner)


class GovernanceUpgrade(models.AbstractModel):
    _inherit = "governance.upgrade"

    @api.model
    def _settle_tenants(self):
        """Tenants of older databases that stand with a partner that may have none."""
        self.env["hosting.tenant"].search(
            [
                ("program_node_id.upline_id", "!=", False),
                ("program_node_id.commercial_model_id.has_tenancy", "=", False),
            ]
        )._settle_owners()
