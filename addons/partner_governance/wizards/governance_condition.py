from odoo import fields, models


class GovernanceCondition(models.TransientModel):
    """Approves with a condition: what, by whom, until when."""

    _name = "governance.condition"
    _description = "Approve with a condition"

    approval_id = fields.Many2one("governance.approval", required=True)
    name = fields.Char(string="Condition", required=True)
    user_id = fields.Many2one("res.users", string="Owner", required=True)
    due_date = fields.Date(
        string="Due",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
    )

    def action_approve(self):
        """Sign, and make the passage hang on the condition."""
        self.ensure_one()
        self.approval_id._approve_with_condition(self.name, self.user_id, self.due_date)
        return {"type": "ir.actions.act_window_close"}
