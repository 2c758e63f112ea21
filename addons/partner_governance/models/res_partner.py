from odoo import api, models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "program.node.mixin"]

    @api.model
    def _commercial_fields(self):
        """People of a company belong to the node that the company belongs to."""
        return super()._commercial_fields() + ["program_node_id"]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("parent_id") and not vals.get("program_node_id"):
                # Safe: a child takes the node of its own parent.
                parent = self.sudo().browse(vals["parent_id"])
                vals["program_node_id"] = parent.program_node_id.id
        return super().create(vals_list)
