from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceDecision(models.Model):
    """What was decided, by whom, when, between which options; closed for good (PG-116)."""

    _name = "governance.decision"
    _description = "Decision"
    _inherit = ["mail.thread", "governance.subject.mixin"]
    _order = "decided_on desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(string="What is decided", required=True)
    options = fields.Text(string="Options considered", help="One a line, the chosen one too.")
    reason = fields.Text(string="Why this one")
    decided_on = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env.user,
    )
    attendees = fields.Char(help="Who was there.")
    link = fields.Char(help="Address of minutes, drawing or document.")
    corrects_id = fields.Many2one(
        "governance.decision",
        string="Corrects",
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'closed')]",
    )
    correction_ids = fields.One2many("governance.decision", "corrects_id", string="Corrected by")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        index=True,
        readonly=True,
        copy=False,
    )
    closed_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    def action_close(self):
        for decision in self:
            decision.check_access("write")
            decision._refuse_closed()
            if not decision.reason or not decision.options:
                raise UserError(
                    self.env._(
                        "“%(what)s”: say which options there were and why this one was taken, "
                        "before it is closed for good.",
                        what=decision.name,
                    )
                )
            # Safe: the caller may write the decision; closing has no other way in.
            decision.sudo().write(
                {
                    "state": "closed",
                    "closed_at": fields.Datetime.now(),
                    "closed_by_id": self.env.uid,
                }
            )
            self.env["governance.event"]._record(
                "decision_closed",
                decision,
                node=decision.program_node_id,
                old="open",
                new="closed",
                reason=decision.name,
            )
        return True

    def action_correct(self):
        """A new decision that refers to this one; this one stays as it is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct a decision"),
            "res_model": self._name,
            "view_mode": "form",
            "context": {
                "default_corrects_id": self.id,
                "default_name": self.name,
                "default_res_model": self.res_model,
                "default_res_id": self.res_id,
            },
        }

    def write(self, vals):
        if any(not name.startswith(("message_", "activity_")) for name in vals):
            self._refuse_closed()
        return super().write(vals)

    def _refuse_closed(self):
        """:raise UserError: whoever asks, the system's own code too"""
        for decision in self:
            if decision.state == "closed":
                raise UserError(
                    self.env._(
                        "“%(what)s” is closed and stays as it was decided. Record a new decision "
                        "that corrects it.",
                        what=decision.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A decision is never deleted: correct it by a new one."))
