from odoo import api, fields, models
from odoo.exceptions import UserError


class HostingRelease(models.Model):
    """A release for tenants: with a way back that was tried before it goes out (PG-129)."""

    _name = "hosting.release"
    _description = "Release"
    _inherit = ["mail.thread", "program.node.mixin", "governance.owned.mixin"]
    _order = "planned_on desc, id desc"

    name = fields.Char(required=True, tracking=True)
    version = fields.Char(required=True)
    tenant_ids = fields.Many2many("hosting.tenant", string="Tenants")
    content = fields.Text(string="What is in it")
    planned_on = fields.Date(required=True)
    released_on = fields.Date(readonly=True, copy=False)
    rollback_plan = fields.Text(help="How a tenant goes back, step by step.")
    rollback_tested_on = fields.Date(string="Way back last tried", tracking=True, copy=False)
    rollback_result = fields.Selection(
        [("worked", "Worked"), ("failed", "Failed")], tracking=True, copy=False
    )
    change_id = fields.Many2one("governance.change.request", ondelete="restrict", index=True)
    state = fields.Selection(
        [("planned", "Planned"), ("released", "Released"), ("rolled_back", "Rolled back")],
        default="planned",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    is_safe = fields.Boolean(string="Way back tried", compute="_compute_is_safe", store=True)

    @api.depends("rollback_plan", "rollback_tested_on", "rollback_result")
    def _compute_is_safe(self):
        for release in self:
            release.is_safe = bool(
                release.rollback_plan
                and release.rollback_tested_on
                and release.rollback_result == "worked"
            )

    @api.constrains("tenant_ids", "program_node_id")
    def _check_tenants(self):
        for release in self:
            # Safe: compares whose records they are, tells nothing of them.
            owners = release.sudo().tenant_ids.program_node_id
            if release.program_node_id.is_root or owners <= release.program_node_id:
                continue
            raise UserError(
                self.env._("“%(release)s” may take your own tenants only.", release=release.name)
            )

    @api.constrains("rollback_tested_on")
    def _check_tested(self):
        today = fields.Date.context_today(self)
        if any(one.rollback_tested_on and one.rollback_tested_on > today for one in self):
            raise UserError(self.env._("The way back is recorded when it has been tried."))

    def action_release(self):
        for release in self:
            release.check_access("write")
            if release.state != "planned":
                raise UserError(self.env._("“%(release)s” is out already.", release=release.name))
            if not release.is_safe:
                raise UserError(
                    self.env._(
                        "“%(release)s” cannot go out: it needs a plan of the way back, and a test "
                        "of it that worked.",
                        release=release.name,
                    )
                )
            if release.change_id and release.change_id.state not in ("started", "done"):
                raise UserError(
                    self.env._(
                        "%(change)s is not in work, so its release cannot go out.",
                        change=release.change_id.display_name,
                    )
                )
            release._move("released", fields.Date.context_today(release))
        return True

    def action_roll_back(self):
        for release in self:
            release.check_access("write")
            if release.state != "released":
                raise UserError(self.env._("“%(release)s” is not out.", release=release.name))
            release._move("rolled_back", release.released_on)
        return True

    def _move(self, state, day):
        old = self.state
        # Safe: the caller may write the release, which has been checked; no other way in.
        self.sudo().write({"state": state, "released_on": day})
        self.env["governance.event"]._record(
            "release", self, node=self.program_node_id, old=old, new=state
        )
