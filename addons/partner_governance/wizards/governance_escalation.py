from odoo import fields, models
from odoo.exceptions import UserError


class GovernanceEscalation(models.TransientModel):
    """Asks why something is escalated, and by when an answer is needed (PG-043)."""

    _name = "governance.escalation"
    _description = "Escalate"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    reason = fields.Char(required=True)
    due_date = fields.Date(
        string="Answer by",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=2),
    )

    def action_escalate(self):
        self.ensure_one()
        model = self.env[self.res_model] if self.res_model in self.env else None
        if model is None or not hasattr(model, "_escalate"):
            raise UserError(
                self.env._("Escalate from a deal, a project, a review or a change request.")
            )
        # `_escalate` asks for the right to read what is escalated.
        action = model.browse(self.res_id)._escalate(self.reason, self.due_date)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                # Safe: the name of who is asked, told to who asks.
                "message": self.env._(
                    "%(person)s at %(node)s has it now.",
                    person=action.sudo().user_id.name,
                    node=action.sudo().escalated_node_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
