from odoo import api, fields, models
from odoo.exceptions import UserError


class HostingTenant(models.Model):
    """A customer's Odoo: whose it is, what it follows, where it stands. No money on it."""

    _name = "hosting.tenant"
    _description = "Tenant"
    _inherit = ["mail.thread", "mail.activity.mixin", "program.reference.mixin"]
    _order = "id desc"
    _reference_prefix = "T-"
    _rec_names_search = ["name", "reference"]
    # Whoever sees the tenant of its branch may comment on it.
    _mail_post_access = "read"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index=True, ondelete="restrict", tracking=True
    )
    deal_id = fields.Many2one("program.deal", index=True, ondelete="restrict")
    project_id = fields.Many2one("project.project", index=True, ondelete="restrict")
    profile_id = fields.Many2one("hosting.profile", ondelete="restrict", tracking=True)
    deployment = fields.Selection(related="profile_id.deployment", store=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("provisioned", "Provisioned"),
            ("live", "Live"),
            ("suspended", "Suspended"),
            ("terminated", "Terminated"),
        ],
        default="requested",
        required=True,
        tracking=True,
        copy=False,
        index=True,
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user, tracking=True
    )
    go_live_date = fields.Date(tracking=True, copy=False)
    # The day may be a plan; this says that it happened.
    has_gone_live = fields.Boolean(compute="_compute_has_gone_live", store=True)
    environment_ids = fields.One2many("hosting.environment", "tenant_id")
    engagement_ids = fields.One2many("program.engagement", "tenant_id", string="Engagements")

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for tenant in self:
            tenant.display_name = f"{tenant.reference or ''} {tenant.name or ''}".strip()

    @api.depends("state")
    def _compute_has_gone_live(self):
        for tenant in self:
            tenant.has_gone_live = tenant.has_gone_live or tenant.state == "live"

    def action_go_live(self):
        """The tenant works for its customer from today; upper addons start what follows."""
        for tenant in self:
            if tenant.state != "provisioned":
                raise UserError(
                    self.env._(
                        "%(tenant)s is not provisioned yet, so it cannot go live.",
                        tenant=tenant.display_name,
                    )
                )
            tenant.check_access("write")
            tenant._guard_go_live()
            # Safe: the caller may write the tenant; its state has no other way in.
            tenant.sudo().write(
                {
                    "state": "live",
                    "go_live_date": tenant.go_live_date or fields.Date.context_today(tenant),
                }
            )
        self._program_went_live()

    def _guard_go_live(self):
        """A tenant goes live behind the gates of the project that brings it there (PG-111); one
        without a project, such as a test tenant, has none.

        :raise GateClosed: naming what is missing
        """
        # Safe: what is missing is told at the milestone of the project by the same sentence.
        own = self.sudo()
        gates = own.env["governance.gate"]._of("go_live")
        for project in own.project_id or own.deal_id.project_ids:
            if project.program_deal_id:
                gates._guard(project, self.display_name)

    def _program_went_live(self):
        """Hook: what a go-live sets going. Upper addons extend it."""
