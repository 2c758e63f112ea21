from odoo import api, models


class ResUsers(models.Model):
    """Who leaves a partner's team hands over its tenants too."""

    _inherit = "res.users"

    @api.model
    def _program_work_fields(self):
        return [*super()._program_work_fields(), ("hosting.tenant", "user_id", [])]


class ProgramView(models.TransientModel):
    """Tenants are operations: shown to who views as a partner, without what they cost."""

    _inherit = "program.view"

    @api.model
    def _kinds(self):
        return [*super()._kinds(), ("hosting.tenant", {"state": "state", "user_id": "user_id"})]
