from odoo import api, fields, models


class ProgramModelProposal(models.TransientModel):
    """Whoever asks for an OEM programme is warned where little recurs yet (TB-031)."""

    _inherit = "program.model.proposal"

    oem_warning = fields.Char(compute="_compute_oem_warning")

    @api.depends("node_id", "commercial_model_id")
    def _compute_oem_warning(self):
        for wizard in self:
            node = wizard.node_id._origin
            asked = node.new({"commercial_model_id": wizard.commercial_model_id.id}, origin=node)
            wizard.oem_warning = asked.oem_warning if node else False
