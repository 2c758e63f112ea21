from odoo import fields, models


class ProgramOnboardingRefusal(models.TransientModel):
    """Asks what must change before an item's evidence is accepted."""

    _name = "program.onboarding.refusal"
    _description = "Refuse evidence"

    item_id = fields.Many2one("program.onboarding.item", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        self.item_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
