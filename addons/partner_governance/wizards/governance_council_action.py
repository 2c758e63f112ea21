from odoo import fields, models


class GovernanceCouncilAction(models.TransientModel):
    """Give somebody a dated thing to do at a meeting."""

    _name = "governance.council.action"
    _description = "Action of a meeting"

    council_id = fields.Many2one("governance.council", required=True, ondelete="cascade")
    name = fields.Char(string="What to do", required=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user
    )
    due_date = fields.Date(
        string="Due",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=30),
    )
    note = fields.Text()

    def action_give(self):
        """The action belongs to the partner that it is about, so that both sides read it."""
        self.ensure_one()
        meeting = self.council_id
        meeting._check_host()
        node = meeting.reviewed_id
        if not node:
            # Safe: where the person works, whom the reader could choose.
            node = self.user_id.sudo().program_partner_id or meeting.program_node_id
        self.env["governance.action"]._from(
            meeting, self.name, self.user_id, self.due_date, node, self.note or ""
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
