from odoo import api, models


class ResUsers(models.Model):
    """Who leaves a partner's team hands over its tenants too."""

    _inherit = "res.users"

    @api.model
    def _program_work_fields(self):
        return [*super()._program_work_fields(), ("hosting.tenant", "user_id", [])]
