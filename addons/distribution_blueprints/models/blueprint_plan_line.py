from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import message


class BlueprintPlanLine(models.Model):
    """What is to happen to one resource: before, after, risk, and whether a person agreed."""

    _name = "blueprint.plan.line"
    _description = "Line of a plan"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one("blueprint.plan", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    key = fields.Char(required=True)
    kind = fields.Char()
    res_model = fields.Char(string="Model")
    record_ref = fields.Integer(string="Id on the tenant")
    action = fields.Selection(
        [
            ("create", "Create"),
            ("update", "Update"),
            ("adopt", "Take over"),
            ("noop", "Nothing to do"),
            ("blocked", "Blocked"),
            ("forget", "Let go"),
            ("drift", "Drift: set back"),
            ("ask", "Deleted: make again?"),
        ],
        required=True,
    )
    before = fields.Text()
    after = fields.Text()
    changes_json = fields.Json()
    reason = fields.Char(string="Reason code")
    detail = fields.Char()
    risk = fields.Char(string="Risk code")
    reason_text = fields.Char(string="Why", compute="_compute_texts")
    risk_text = fields.Char(string="Risk", compute="_compute_texts")
    who = fields.Char(string="Changed by")
    changed_at = fields.Char()
    needs_approval = fields.Boolean()
    approved = fields.Boolean(readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    outcome = fields.Char(readonly=True, help="Why it was left out, after the run.")

    @api.depends("reason", "risk", "detail")
    def _compute_texts(self):
        for line in self:
            detail = line.detail or ""
            line.reason_text = (
                message(self.env, line.reason, key=line.key, detail=detail) if line.reason else ""
            )
            line.risk_text = message(self.env, line.risk) if line.risk else ""

    def action_approve(self):
        """Agree to a drift being set back, or to a grave change; the trail keeps who did."""
        for line in self:
            line.plan_id._check_may_deliver()
            if line.plan_id.state != "open" or not line.needs_approval:
                raise UserError(message(self.env, "plan_spent"))
            # Safe: checked above; the approval has no other way in.
            line.sudo().write({"approved": True, "approved_by_id": self.env.uid})
            self.env["governance.event"]._record(
                "blueprint_approval", line.plan_id.tenant_id,
                node=line.plan_id.program_node_id, new=f"{line.action} {line.key}",
                reason=line.risk or line.reason,
            )  # fmt: skip
        return True

    def action_withdraw(self):
        for line in self:
            line.plan_id._check_may_deliver()
            # Safe: as above.
            line.sudo().write({"approved": False, "approved_by_id": False})
        return True
