from odoo import api, models


class ProgramDeal(models.Model):
    """What this partner delivers and does not stands on its deals; where it says nothing, what
    its model says (PG-007, PG-014)."""

    _inherit = "program.deal"

    @api.depends("program_node_id")
    def _compute_service_scope(self):
        done = super()._compute_service_scope()
        for deal in self:
            # Safe: the statement of the deal's own partner.
            node = deal.sudo().program_node_id
            if node.service_scope:
                parts = [node.service_scope]
                if node.service_scope_out:
                    parts.append(self.env._("Not included: %(what)s", what=node.service_scope_out))
                deal.service_scope = "\n".join(parts)
        return done
