from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ProgramSandbox(models.Model):
    """A partner's own place to practise, asked for, until a day (PG-059)."""

    _name = "program.sandbox"
    _description = "Sandbox"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.reference.mixin"]
    _order = "id desc"
    _reference_prefix = "SB-"
    _rec_name = "reference"

    program_node_id = fields.Many2one(required=True, readonly=True)
    purpose = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users", string="Asked by", default=lambda self: self.env.uid, ondelete="restrict"
    )
    days = fields.Integer(string="For (days)", default=60)
    url = fields.Char(string="Address", readonly=True)
    state = fields.Selection(
        [("asked", "Asked for"), ("running", "Running"), ("ended", "Ended")],
        default="asked",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        copy=False,
    )
    started_on = fields.Date(readonly=True, copy=False)
    expires_on = fields.Date(readonly=True, tracking=True, index=True, copy=False)
    is_expired = fields.Boolean(
        string="Expired", compute="_compute_is_expired", search="_search_is_expired"
    )
    attempt_ids = fields.One2many("program.lab.attempt", "sandbox_id", string="Labs tried here")
    use_count = fields.Integer(string="Labs tried", compute="_compute_use")
    last_used_on = fields.Datetime(compute="_compute_use")

    @api.depends("attempt_ids")
    def _compute_use(self):
        groups = self.env["program.lab.attempt"]._read_group(
            [("sandbox_id", "in", self.ids)], ["sandbox_id"], ["__count", "write_date:max"]
        )
        found = {sandbox.id: (count, last) for sandbox, count, last in groups}
        for sandbox in self:
            sandbox.use_count, sandbox.last_used_on = found.get(sandbox.id, (0, False))

    @api.depends("state", "expires_on")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for sandbox in self:
            sandbox.is_expired = bool(
                sandbox.state == "running" and sandbox.expires_on and sandbox.expires_on <= today
            )

    @api.model
    def _search_is_expired(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "=", "running"), ("expires_on", "<=", today)]

    @api.model_create_multi
    def create(self, vals_list):
        sandboxes = super().create(vals_list)
        sandboxes.program_node_id._onboarding_guard("offers")
        sandboxes._check_limit()
        return sandboxes

    def _check_limit(self):
        """As many asked for and running as the partner's tier gives, by one query."""
        # Safe: a number of sandboxes of the partner for which the caller has asked one.
        rows = self.sudo()._read_group(
            [
                ("program_node_id", "in", self.program_node_id.ids),
                ("state", "in", ("asked", "running")),
            ],
            ["program_node_id"],
            ["__count"],
        )
        for node, count in rows:
            limit = node._tier_benefit("sandbox_limit")
            if count > limit:
                raise UserError(
                    self.env._(
                        "Sandboxes that the tier of %(node)s gives: %(limit)s. As many are asked "
                        "for or running. End one of them, or reach the next tier.",
                        node=node.name,
                        limit=limit,
                    )
                )

    def action_start(self):
        """The upline or the platform gives it, for the days asked."""
        for sandbox in self:
            sandbox._check_giver()
            if sandbox.state != "asked":
                raise UserError(self.env._("%(what)s runs or has ended.", what=sandbox.reference))
            today = fields.Date.context_today(self)
            # Safe: who may give it has been checked; the state has no other way in.
            sandbox.sudo().write(
                {
                    "state": "running",
                    "started_on": today,
                    "expires_on": today + timedelta(days=max(1, sandbox.days)),
                }
            )
            sandbox.sudo()._sandbox_provision()
        return True

    def action_extend(self):
        """As many days again, from today."""
        for sandbox in self:
            sandbox._check_giver()
            if sandbox.state != "running":
                raise UserError(self.env._("%(what)s does not run.", what=sandbox.reference))
            today = fields.Date.context_today(self)
            # Safe: as above.
            sandbox.sudo().expires_on = today + timedelta(days=max(1, sandbox.days))
        return True

    def action_end(self):
        for sandbox in self:
            if not self.env["program.isolation"]._is_of_own_node(sandbox, "program_node_id"):
                sandbox._check_giver()
            # Safe: its own partner or whoever gave it ends it.
            sandbox.sudo().state = "ended"
            sandbox.sudo()._sandbox_close()
        return True

    def _check_giver(self):
        self.ensure_one()
        self.check_access("read")
        if self.env.su:
            return
        # Safe: compares whose sandbox it is with the caller's own binding.
        node, scope = self.sudo().program_node_id, self.env["program.isolation"]._scope()
        if scope.node_id not in (node.upline_id.id, node._root().id) or (
            not self.env.user.has_groups(
                "partner_governance.group_partner_manager,partner_governance.group_platform_staff"
            )
        ):
            raise AccessError(
                self.env._("Sandboxes are given by managers of the upline or the platform.")
            )

    def _sandbox_provision(self):
        """Hook: make the tenant of a sandbox that was given."""

    def _sandbox_close(self):
        """Hook: take the tenant of an ended sandbox away."""

    @api.model
    def _cron_expire(self):
        """End what has expired."""
        self.search([("is_expired", "=", True)]).action_end()
