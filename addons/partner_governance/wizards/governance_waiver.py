from odoo import fields, models


class GovernanceWaiver(models.TransientModel):
    """Asks to pass a gate without its items: why, who answers for it, until when."""

    _name = "governance.waiver"
    _description = "Ask for a waiver"

    deal_id = fields.Many2one("program.deal", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    change_id = fields.Many2one("governance.change.request", readonly=True)
    gate_id = fields.Many2one("governance.gate", required=True)
    reason = fields.Char(required=True)
    owner_id = fields.Many2one(
        "res.users", string="Answers for it", required=True, default=lambda self: self.env.user
    )
    valid_until = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=30),
    )

    def action_ask(self):
        self.ensure_one()
        self.env["governance.review"]._ask_waiver(
            self.change_id or self.project_id or self.deal_id,
            self.gate_id,
            self.reason,
            self.owner_id,
            self.valid_until,
        )
        return {"type": "ir.actions.act_window_close"}
