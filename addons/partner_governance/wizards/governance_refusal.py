from odoo import fields, models


class GovernanceRefusal(models.TransientModel):
    """Asks for the reason of a refusal, or for the question of somebody who is not sure yet."""

    _name = "governance.refusal"
    _description = "Refuse a signature or ask back"

    approval_id = fields.Many2one("governance.approval", required=True)
    reason = fields.Char(string="In one sentence", required=True)

    def action_refuse(self):
        self.approval_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_ask(self):
        self.approval_id.action_ask(self.reason)
        return {"type": "ir.actions.act_window_close"}
