from odoo import fields, models
from odoo.exceptions import UserError


class HostingProvision(models.TransientModel):
    """One name to confirm before a won deal's tenant is asked for."""

    _name = "hosting.provision"
    _description = "Request a tenant"

    deal_id = fields.Many2one("program.deal", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(string="Name of the tenant", required=True)

    def action_confirm(self):
        """Make the tenant's record and ask for its production environment."""
        self.ensure_one()
        deal = self.deal_id
        deal._check_may_provision()
        if deal.tenant_ids:
            raise UserError(self.env._("This deal has a tenant already."))
        # Safe: names the partner of the deal and who contracts with its customer.
        node = deal.sudo().program_node_id
        owner = self.env["billing.subscription"]._contract_seller(node)
        # Whose the tenant will be has been asked above; somebody else's deal it only reads.
        deal.check_access("write" if owner == node else "read")
        # Safe: the tenant belongs to the caller's own partner, or to who contracts with the
        # customer for the platform; whether its people may write it is asked below.
        tenant = (
            self.env["hosting.tenant"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "deal_id": deal.id,
                    "program_node_id": owner.id,
                }
            )
            .sudo(False)
        )
        tenant.action_provision()
        return {
            "type": "ir.actions.act_window",
            "res_model": "hosting.tenant",
            "res_id": tenant.id,
            "view_mode": "form",
        }
