from odoo import api, fields, models
from odoo.exceptions import UserError


class GovernanceNotice(models.Model):
    """A notice that was sent; it is kept as it was (PG-130)."""

    _name = "governance.notice"
    _description = "Notice sent"
    _inherit = ["governance.subject.mixin"]
    _order = "sent_at desc, id desc"

    name = fields.Char(string="Subject", required=True)
    plan_id = fields.Many2one("governance.communication.plan", index=True, ondelete="restrict")
    incident = fields.Char(string="Incident", help="Its reference.")
    happened_at = fields.Datetime(string="Known since")
    sent_at = fields.Datetime(required=True, default=fields.Datetime.now)
    sent_to = fields.Char(required=True)
    body = fields.Text(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Sent by",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    is_late = fields.Boolean(compute="_compute_is_late", store=True)

    @api.depends("happened_at", "sent_at", "plan_id.minutes")
    def _compute_is_late(self):
        for notice in self:
            limit = notice.plan_id.minutes
            late = notice.happened_at and notice.sent_at and limit
            seconds = (notice.sent_at - notice.happened_at).total_seconds() if late else 0
            notice.is_late = seconds > limit * 60

    def write(self, vals):
        if vals.keys() - {"is_late"}:
            raise UserError(
                self.env._("A notice that was sent is kept as it was. Send another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A notice that was sent is kept."))
