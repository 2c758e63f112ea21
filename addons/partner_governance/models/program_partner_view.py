from odoo import models


class ProgramPartner(models.Model):
    """View as partner: operations, to read, shown to the partner afterwards."""

    _inherit = "program.partner"

    def action_view_as(self):
        self.ensure_one()
        view = self.env["program.view"]._look(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("As %(partner)s sees it", partner=self.name),
            "res_model": "program.view",
            "res_id": view.id,
            "view_mode": "form",
        }
