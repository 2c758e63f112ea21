from odoo import api, fields, models
from odoo.exceptions import UserError

# What its checks looked at, and what was released.
AS_IT_WENT_OUT = frozenset(
    ("tenant_ids", "change_id", "version", "content", "rollback_plan", "rollback_tested_on",
     "rollback_result", "program_node_id")
)  # fmt: skip


class HostingRelease(models.Model):
    """A release for tenants: with a way back that was tried before it goes out (PG-129)."""

    _name = "hosting.release"
    _description = "Release"
    _inherit = [
        "mail.thread",
        "program.node.mixin",
        "governance.owned.mixin",
        "governance.gated.mixin",
    ]
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
    change_id = fields.Many2one(
        "governance.change.request",
        string="Carries out",
        ondelete="restrict",
        index=True,
        help="The change of production that it carries out: its approval, its gate and its "
        "production window are the release's too.",
    )
    window_id = fields.Many2one(related="change_id.window_id")
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
            release._check_sender()
            if release.state != "planned":
                raise UserError(self.env._("“%(release)s” is out already.", release=release.name))
            release._check_goes_out()
            release._move("released", fields.Date.context_today(release))
        return True

    def _check_sender(self):
        """Who holds the release right sends out, or whom it names; the platform always may.

        :raise UserError: naming who may
        """
        self.ensure_one()
        self.check_access("read")
        self.browse().check_access("write")
        scope = self.env["program.isolation"]._scope()
        # Safe: names the parties of a release that its reader may not send out.
        release = self.sudo()
        node = release.program_node_id
        if scope.kind in ("platform", "system"):
            return
        release._check_has_tenants()
        tenants = release.tenant_ids
        found = self.env["program.right"]._releasers(node, [one.partner_id for one in tenants])
        if lacking := [one for one, who in zip(tenants, found, strict=True) if not who]:
            raise UserError(
                self.env._(
                    "“%(release)s” cannot go out: %(node)s holds no release right that runs for "
                    "%(tenants)s. Have one granted (Partners → Rights), or ask the platform to "
                    "send it out.",
                    release=release.name,
                    node=node.name,
                    tenants=", ".join(one.display_name for one in lacking),
                )
            )
        senders = found[0]
        for who in found:
            senders &= who
        if not senders:
            raise UserError(
                self.env._(
                    "“%(release)s” is for customers whose release rights name different "
                    "approvers. Make one release for each approver, or ask the platform to send "
                    "it out.",
                    release=release.name,
                )
            )
        if scope.node_id not in senders.ids:
            raise UserError(
                self.env._(
                    "“%(release)s” is sent out by %(senders)s: the release right of %(node)s says "
                    "so. Ask them.",
                    release=release.name,
                    senders=", ".join(senders.mapped("name")),
                    node=node.name,
                )
            )

    def _check_has_tenants(self):
        # Safe: whether there are any.
        if not self.sudo().tenant_ids:
            raise UserError(
                self.env._(
                    "“%(release)s” cannot go out: it names no tenant. Choose at least one (field "
                    "“Tenants”).",
                    release=self.name,
                )
            )

    # The door.

    def _gate_fields(self):
        return frozenset(("state",))

    def _gate_check(self):
        # Safe: the outcome is checked whoever moved the record, the superuser included.
        for release in self.sudo().filtered(lambda one: one.state == "released"):
            release._check_goes_out()

    @api.model_create_multi
    def create(self, vals_list):
        releases = super().create(vals_list)
        releases._gate_check()
        return releases

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(AS_IT_WENT_OUT):
            for release in self.filtered(lambda one: one.state != "planned"):
                raise UserError(
                    self.env._(
                        "“%(release)s” is out: its tenants, version, content, change request and "
                        "way back stay as they went out. Plan another release.",
                        release=release.name,
                    )
                )
        return super().write(vals)

    def _check_goes_out(self):
        """:raise UserError: what a release needs that goes out, one thing after the other"""
        self.ensure_one()
        self._check_has_tenants()
        if not self.is_safe:
            raise UserError(
                self.env._(
                    "“%(release)s” cannot go out: it needs a plan of the way back, and a test "
                    "of it that worked.",
                    release=self.name,
                )
            )
        # Safe: whether the change of one's own release lets it out.
        change = self.sudo().change_id
        if not change or not change.is_production:
            raise UserError(
                self.env._(
                    "“%(release)s” cannot go out: it names no change request that touches "
                    "production. Choose the one that it carries out (field “Carries out”).",
                    release=self.name,
                )
            )
        if strangers := self.sudo().tenant_ids - self._tenants_of(change):
            raise UserError(
                self.env._(
                    "“%(release)s” goes to %(tenants)s, which %(change)s is not about. Take them "
                    "out, or name a change request that covers them.",
                    release=self.name,
                    tenants=", ".join(strangers.mapped("display_name")),
                    change=change.display_name,
                )
            )
        self.env["governance.gate"].sudo()._of("change")._guard(change, self.name)
        if change.state not in ("started", "done"):
            raise UserError(
                self.env._(
                    "%(change)s is not in work, so its release cannot go out.",
                    change=change.display_name,
                )
            )
        change.window_id._require(change, self.name)

    def _tenants_of(self, change):
        """Those of the release's tenants that a change is about: the one that it names, those of
        its project or deal, else all of its partner."""
        tenants, subject = self.sudo().tenant_ids, change._subject()
        if subject._name == "hosting.tenant":
            return tenants & subject
        if subject._name == "project.project":
            return tenants.filtered(lambda one: one.project_id == subject)
        if subject._name == "program.deal":
            return tenants.filtered(
                lambda one: subject in one.deal_id | one.project_id.program_deal_id
            )
        node = change.program_node_id
        if node.is_root:
            return tenants
        return tenants.filtered(lambda one: one.program_node_id == node)

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
