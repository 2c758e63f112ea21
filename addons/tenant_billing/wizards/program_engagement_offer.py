from odoo import fields, models


class ProgramEngagementOffer(models.TransientModel):
    _inherit = "program.engagement.offer"

    tenant_id = fields.Many2one("hosting.tenant")

    def _values(self):
        return {**super()._values(), "tenant_id": self.tenant_id.id}
