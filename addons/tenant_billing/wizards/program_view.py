from odoo import api, models


class ProgramView(models.TransientModel):
    """Tenants are operations: shown to who views as a partner, without what they cost."""

    _inherit = "program.view"

    @api.model
    def _kinds(self):
        return [*super()._kinds(), ("hosting.tenant", {"state": "state", "user_id": "user_id"})]
