from odoo import models
from odoo.exceptions import UserError


class ProgramDeal(models.Model):
    _inherit = "program.deal"

    def action_provision(self):
        """Request the tenant of a won deal: the one that the accepted offer has made, else a
        new one after its name is confirmed."""
        self.ensure_one()
        self._check_may_provision()
        tenant = self.tenant_ids[:1]
        if tenant:
            return tenant.action_provision()
        wizard = self.env["hosting.provision"].create(
            {"deal_id": self.id, "name": self.company_name}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request tenant"),
            "res_model": "hosting.provision",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_may_provision(self):
        """:raise UserError: the deal is not won, or its tenant is somebody else's to request"""
        if self.state != "won":
            raise UserError(
                self.env._(
                    "%(deal)s is not won yet: a tenant is requested once it is.",
                    deal=self.display_name,
                )
            )
        # Safe: names to the partner who contracts with its customer.
        node = self.sudo().program_node_id
        owner = self.env["billing.subscription"]._contract_seller(node)
        scope = self.env["program.isolation"]._scope()
        if owner != node and scope.fenced and scope.node_id != owner.id:
            raise UserError(
                self.env._(
                    "%(node)s has no tenants of its own: %(owner)s, which contracts with the "
                    "customer, requests and runs this one.",
                    node=node.name,
                    owner=owner.name,
                )
            )
