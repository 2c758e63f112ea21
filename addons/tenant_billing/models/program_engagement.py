from odoo import api, fields, models


class ProgramEngagement(models.Model):
    _inherit = "program.engagement"

    tenant_id = fields.Many2one("hosting.tenant", index=True, ondelete="restrict")

    @api.constrains("deal_id", "project_id", "tenant_id")
    def _check_subject(self):
        return super()._check_subject()

    @api.model
    def _subject_fields(self):
        return [*super()._subject_fields(), "tenant_id"]
