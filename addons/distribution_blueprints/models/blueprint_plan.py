from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..adapters import desired
from ..engine.apply import needs_approval
from ..exceptions import message

LIFE = timedelta(hours=24)


class BlueprintPlan(models.Model):
    """What applying a version would do to a tenant, bound to the state it was made from."""

    _name = "blueprint.plan"
    _description = "Plan"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    connection_id = fields.Many2one(
        "hosting.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    tenant_id = fields.Many2one(
        related="connection_id.tenant_id", store=True, index=True, ondelete="restrict"
    )
    program_node_id = fields.Many2one(
        related="connection_id.program_node_id", store=True, index=True, ondelete="restrict"
    )
    version_id = fields.Many2one(
        "blueprint.version", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", string="Planned by", readonly=True)
    state = fields.Selection(
        [
            ("open", "To apply"),
            ("blocked", "Blocked"),
            ("empty", "Nothing to do"),
            ("applying", "Being applied"),
            ("applied", "Applied"),
            ("spent", "Ended early"),
            ("stale", "Out of date"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    fingerprint = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many("blueprint.plan.line", "plan_id")
    run_ids = fields.One2many("blueprint.run", "plan_id")
    summary = fields.Char(compute="_compute_summary")
    waiting_count = fields.Integer(string="Wait for approval", compute="_compute_summary")
    lacks_rights = fields.Boolean(compute="_compute_summary")

    @api.depends("version_id", "tenant_id")
    def _compute_name(self):
        for plan in self:
            plan.name = f"{plan.version_id.display_name} → {plan.tenant_id.display_name}"

    @api.depends("line_ids.action", "line_ids.approved")
    def _compute_summary(self):
        for plan in self:
            labels = dict(plan.line_ids._fields["action"]._description_selection(self.env))
            counts = {}
            for line in plan.line_ids:
                counts[line.action] = counts.get(line.action, 0) + 1
            plan.summary = ", ".join(f"{labels[name]}: {n}" for name, n in counts.items())
            waiting = plan.line_ids.filtered(lambda x: x.needs_approval and not x.approved)
            plan.waiting_count = len(waiting)
            plan.lacks_rights = any(line.reason == "access_denied" for line in plan.line_ids)

    @api.model
    def _store(self, connection, version, plan):
        """The engine's ``Plan`` as a record; earlier open plans of the connection are replaced."""
        earlier = [("connection_id", "=", connection.id), ("state", "in", ("open", "blocked"))]
        self.search(earlier).state = "stale"
        state = "empty" if plan.is_empty else "blocked" if plan.blocked else "open"
        return self.create(
            {
                "connection_id": connection.id,
                "version_id": version.id,
                "user_id": self.env.uid,
                "state": state,
                "fingerprint": plan.fingerprint,
                "expires_at": fields.Datetime.now() + LIFE,
                "line_ids": [
                    Command.create({"sequence": number, **self._line_values(line)})
                    for number, line in enumerate(plan.lines)
                ],
            }
        )

    @api.model
    def _line_values(self, line):
        before, after = desired.change_texts(line.changes)
        return {
            "key": line.key,
            "kind": line.kind,
            "res_model": line.model,
            "record_ref": line.record_id or 0,
            "action": line.action,
            "before": before,
            "after": after,
            "changes_json": desired.change_rows(line.changes),
            "reason": line.reason,
            "detail": line.detail,
            "risk": line.risk,
            "who": line.who,
            "changed_at": line.when,
            "needs_approval": needs_approval(line),
        }

    def _check_may_deliver(self):
        """:raise AccessError: not in delivery, or the tenant is not the user's to work on"""
        self.tenant_id._check_may_deliver()

    def action_approve_all(self):
        self.line_ids.filtered(lambda x: x.needs_approval and not x.approved).action_approve()
        return True

    def action_grant_rights(self):
        """Give the key the rights that the version needs, then plan again."""
        self.ensure_one()
        self._check_may_deliver()
        self.connection_id._grant_rights(self.version_id)
        return self.connection_id._action_plan(self.version_id)

    def action_plan_again(self):
        self.ensure_one()
        return self.connection_id._action_plan(self.version_id)

    def action_apply(self):
        """Start a run of this plan after the commit; its page shows how far it is.

        :raise UserError: expired, spent or blocked, or another run is under way
        """
        self.ensure_one()
        self._check_may_deliver()
        if self.state == "blocked":
            lines = self.line_ids.filtered(lambda line: line.action == "blocked")
            detail = "; ".join(f"{line.key}: {line.reason_text}" for line in lines)
            raise UserError(message(self.env, "plan_blocked", detail=detail))
        if self.state != "open":
            raise UserError(message(self.env, "plan_spent"))
        if self.expires_at < fields.Datetime.now():
            raise UserError(message(self.env, "plan_expired"))
        # Safe: checked above; runs have no other way in.
        run = self.env["blueprint.run"].sudo()._start(self.sudo())
        return {
            "type": "ir.actions.act_window",
            "res_model": "blueprint.run",
            "res_id": run.id,
            "view_mode": "form",
        }
