from odoo import fields, models


class GovernanceRefusal(models.TransientModel):
    """Asks for the reason of a refusal."""

    _name = "governance.refusal"
    _description = "Refuse a signature"

    approval_id = fields.Many2one("governance.approval", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        self.approval_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
