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
        """:raise UserError: the deal is not won"""
        if self.state != "won":
            raise UserError(
                self.env._(
                    "%(deal)s is not won yet: a tenant is requested once it is.",
                    deal=self.display_name,
                )
            )
